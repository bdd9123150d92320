#include "io/backup_file.hh"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "io/refusal_error.hh"
#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

namespace fs = std::filesystem;

constexpr TimeMs made_at = 1'700'000'000'000;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

class BackupFileTest : public testing::Test {
 protected:
  BackupFileTest() { hub_.fill(7); }

  // Pairs that a torn snapshot would break: every transaction writes one in each of two tables.
  void put(std::uint64_t first, std::uint64_t count) {
    for (auto n = first; n < first + count; ++n) {
      store_->write([&](WriteTxn& txn) {
        txn.put(Table::journal, Key().u64(n), "event " + std::to_string(n));
        txn.put(Table::records, Key().u64(n), std::string(600, 'r'));
      });
    }
  }
  BackupSeal back_up(const fs::path& file) {
    return write_backup(*store_, file, made_at, hub_, [](Store& copy) { copy.verify(); });
  }
  fs::path path(const char* name) const { return temp_.path() / name; }

  static std::optional<Refusal> refused(const std::function<void()>& call) {
    try {
      call();
    } catch (const RefusalError& error) {
      return error.refusal();
    }
    return std::nullopt;
  }
  static void expect_bad(const std::function<void()>& call, const std::string& what) {
    const auto refusal = refused(call);
    ASSERT_TRUE(refusal) << what;
    EXPECT_EQ(refusal->code, Code::bad_backup) << what;
  }

  TempDir temp_;
  CurveKey hub_{};
  std::unique_ptr<Store> store_ =
      Store::open(temp_.path() / "store", {.map_bytes = 64 * limits::mib, .create = true});
};

TEST_F(BackupFileTest, HoldsTheStoreAndSaysWhoseItIs) {
  put(1, 50);
  const auto seal = back_up(path("b"));
  EXPECT_EQ(check_backup(path("b")), seal);
  EXPECT_EQ(seal.hub, hub_);
  EXPECT_EQ(seal.made_at, made_at);
  EXPECT_EQ(fs::file_size(path("b")), seal.store_bytes + 80);
  struct stat found {};
  ASSERT_EQ(::stat(path("b").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  EXPECT_FALSE(fs::exists(path("b.part")));
  const auto copy = open_backup(path("b"));
  EXPECT_EQ(copy->read()->count(Table::journal), 50u);
  EXPECT_EQ(copy->read()->get(Table::journal, Key().u64(7)), "event 7");
}

TEST_F(BackupFileTest, IsASnapshotWhileAWriterWrites) {
  put(1, 200);
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> last = 200;
  std::thread writer([&] {
    while (!stop) {
      put(last + 1, 1);
      ++last;
    }
  });
  for (int i = 0; i < 10; ++i) {
    const auto file = path(("b" + std::to_string(i)).c_str());
    const std::uint64_t before = last;
    back_up(file);
    const auto copy = open_backup(file);
    const auto held = copy->read()->count(Table::journal);
    EXPECT_GE(held, before);
    EXPECT_EQ(copy->read()->count(Table::records), held);
    EXPECT_TRUE(copy->read()->get(Table::journal, Key().u64(held)));
  }
  stop = true;
  writer.join();
  EXPECT_EQ(store_->read()->count(Table::journal), last);
}

TEST_F(BackupFileTest, OneChangedByteAnywhereIsRefused) {
  put(1, 20);
  back_up(path("b"));
  const auto whole = read_file(path("b"));
  std::vector<std::size_t> places{0, 16, 4095, 4096, whole.size() / 2};
  for (std::size_t at = 0; at < whole.size(); at += 997) places.push_back(at);
  for (std::size_t back = 1; back <= 81; ++back) places.push_back(whole.size() - back);
  for (const auto at : places) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    write_file(path("damaged"), bytes);
    expect_bad([&] { check_backup(path("damaged")); }, "at " + std::to_string(at));
    expect_bad([&] { unpack_backup(path("damaged"), path("out")); }, "at " + std::to_string(at));
    fs::remove(path("out"));
  }
}

TEST_F(BackupFileTest, WhatIsCutOrLengthenedOrSomethingElseIsRefused) {
  put(1, 20);
  back_up(path("b"));
  const auto whole = read_file(path("b"));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{79}, std::size_t{80}, std::size_t{4096},
        whole.size() - 4096, whole.size() - 80, whole.size() - 1}) {
    write_file(path("cut"), whole.substr(0, size));
    expect_bad([&] { check_backup(path("cut")); }, "cut to " + std::to_string(size));
  }
  write_file(path("longer"), whole + "\n");
  expect_bad([&] { check_backup(path("longer")); }, "longer");
  write_file(path("headless"), whole.substr(4096));
  expect_bad([&] { check_backup(path("headless")); }, "headless");
  expect_bad([&] { check_backup(path("store") / "data.mdb"); }, "a store");
  expect_bad([&] { check_backup(temp_.path()); }, "a directory");
  const auto none = refused([&] { check_backup(path("none")); });
  ASSERT_TRUE(none);
  EXPECT_EQ(none->code, Code::no_file);
}

TEST_F(BackupFileTest, NothingIsOverwritten) {
  put(1, 5);
  write_file(path("b"), "mine");
  const auto exists = refused([&] { back_up(path("b")); });
  ASSERT_TRUE(exists);
  EXPECT_EQ(exists->code, Code::file_exists);
  EXPECT_EQ(read_file(path("b")), "mine");
  EXPECT_FALSE(fs::exists(path("b.part")));
  const auto nowhere = refused([&] { back_up(path("nowhere") / "b"); });
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(nowhere->code, Code::no_file);
}

TEST_F(BackupFileTest, WhatAKilledBackupLeftBehindIsInNobodysWay) {
  put(1, 5);
  write_file(path("b.part"), std::string(100'000, 'x'));
  back_up(path("b"));
  EXPECT_EQ(open_backup(path("b"))->read()->count(Table::journal), 5u);
  EXPECT_FALSE(fs::exists(path("b.part")));
}

TEST_F(BackupFileTest, NothingStaysWhenItDoesNotVerify) {
  put(1, 5);
  EXPECT_THROW(write_backup(*store_, path("b"), made_at, hub_,
                            [](Store&) { throw StoreDamaged("damaged"); }),
               StoreDamaged);
  EXPECT_FALSE(fs::exists(path("b")));
  EXPECT_FALSE(fs::exists(path("b.part")));
}

TEST_F(BackupFileTest, NothingStaysWhenTheDiskIsFull) {
  put(1, 500);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  const auto limited = [&](rlim_t bytes, const std::function<void()>& call) {
    const rlimit limit{bytes, before.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    const auto refusal = refused(call);
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    return refusal;
  };
  const auto full = limited(64 * 1024, [&] { back_up(path("b")); });
  ASSERT_TRUE(full);
  EXPECT_EQ(full->code, Code::disk_full);
  EXPECT_FALSE(fs::exists(path("b")));
  EXPECT_FALSE(fs::exists(path("b.part")));
  const auto seal = back_up(path("whole"));
  // The seal alone does not fit.
  const auto nearly = limited(seal.store_bytes, [&] { back_up(path("c")); });
  ASSERT_TRUE(nearly);
  EXPECT_EQ(nearly->code, Code::disk_full);
  EXPECT_FALSE(fs::exists(path("c.part")));
  const auto unpacked = limited(64 * 1024, [&] { unpack_backup(path("whole"), path("data.mdb")); });
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->code, Code::disk_full);
}

TEST_F(BackupFileTest, IsUnpackedIntoAStoreThatIsWrittenAgain) {
  put(1, 30);
  back_up(path("b"));
  fs::create_directory(path("again"));
  unpack_backup(path("b"), path("again") / "data.mdb");
  const auto again = Store::open(path("again"), {.map_bytes = 64 * limits::mib});
  EXPECT_EQ(again->read()->count(Table::journal), 30u);
  again->write([](WriteTxn& txn) { txn.put(Table::journal, Key().u64(31), "event 31"); });
  EXPECT_EQ(again->verify(), store_->verify() + 1);
}

}  // namespace
}  // namespace titip
