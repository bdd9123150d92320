#include "io/store.hh"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "io/os_error.hh"
#include "io/refusal_error.hh"
#include "tests/support/kv_behaviour.hh"
#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr StoreOptions small{.map_bytes = 4 * limits::mib, .create = true};

class OpenedLmdb {
 public:
  Store& store() { return *store_; }
  void open_again() {
    store_.reset();
    store_ = open();
  }
  void take_copy() {
    const auto file = ::open((dir_.path() / "copy").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    ASSERT_GE(file, 0);
    store_->copy_to(file);
    ::close(file);
  }
  void put_copy_back() {
    store_.reset();
    fs::copy_file(dir_.path() / "copy", dir_.path() / "store" / "data.mdb",
                  fs::copy_options::overwrite_existing);
    store_ = open();
  }

 private:
  std::unique_ptr<Store> open() {
    return Store::open(dir_.path() / "store", {.map_bytes = 64 * limits::mib, .create = true});
  }

  TempDir dir_;
  std::unique_ptr<Store> store_ = open();
};

using Stores = testing::Types<OpenedLmdb>;
INSTANTIATE_TYPED_TEST_SUITE_P(Lmdb, KvBehaviour, Stores);

class StoreTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open(StoreOptions options = small) { return Store::open(dir(), options); }
  fs::path dir() const { return temp_.path() / "store"; }

  static void put(Store& store, std::string_view key, std::string_view value) {
    store.write([&](WriteTxn& txn) { txn.put(Table::records, key, value); });
  }

  // Replaces every occurrence in the data file; returns how many.
  int overwrite(const std::string& from, const std::string& to) {
    std::fstream file(dir() / "data.mdb", std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    int replaced = 0;
    for (std::size_t at = bytes.find(from); at != std::string::npos;
         at = bytes.find(from, at + 1)) {
      bytes.replace(at, to.size(), to);
      ++replaced;
    }
    file.seekp(0);
    file << bytes;
    return replaced;
  }

  static Code code_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const RefusalError& refused) {
      return refused.refusal().code;
    }
    ADD_FAILURE() << "nothing was refused";
    return Code::not_json;
  }

 private:
  TempDir temp_;
};

TEST_F(StoreTest, WhatWasWrittenIsThereAfterReopening) {
  put(*open(), "a", "1");
  const auto store = open({.map_bytes = 4 * limits::mib});
  EXPECT_EQ(store->read()->get(Table::records, "a"), "1");
}

TEST_F(StoreTest, OnlyItsOwnerMayReadIt) {
  const auto store = open();
  struct stat found {};
  ASSERT_EQ(::stat(dir().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
  ASSERT_EQ(::stat((dir() / "data.mdb").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST_F(StoreTest, MissingStoreIsRefused) {
  EXPECT_EQ(code_of([&] { open({}); }), Code::no_store);
  EXPECT_EQ(code_of([&] { open({.read_only = true}); }), Code::no_store);
  EXPECT_FALSE(fs::exists(dir()));
}

TEST_F(StoreTest, StoreThatWasNeverFinishedIsRefusedAndThenMade) {
  fs::create_directory(dir());
  std::ofstream(dir() / "data.mdb").close();
  EXPECT_EQ(code_of([&] { open({.read_only = true}); }), Code::no_store);
  put(*open(), "a", "1");
}

TEST_F(StoreTest, NewerFormatIsRefusedAndNamed) {
  open()->write(
      [](WriteTxn& txn) { txn.put(Table::meta, "format", Key().u64(limits::store_format + 1)); });
  EXPECT_EQ(code_of([&] { open(); }), Code::newer_format);
  EXPECT_EQ(code_of([&] { open({.read_only = true}); }), Code::newer_format);
}

TEST_F(StoreTest, StoreWithoutFormatIsDamaged) {
  open()->write([](WriteTxn& txn) { txn.erase(Table::meta, "format"); });
  EXPECT_THROW(open(), StoreDamaged);
}

TEST_F(StoreTest, ForeignFileIsNotTakenForAStore) {
  fs::create_directory(dir());
  std::ofstream(dir() / "data.mdb") << std::string(16384, 'x');
  EXPECT_THROW(open(), StoreDamaged);
}

TEST_F(StoreTest, ReadingOpenSeesWhatIsThere) {
  put(*open(), "a", "1");
  const auto store = open({.read_only = true});
  EXPECT_EQ(store->read()->get(Table::records, "a"), "1");
  EXPECT_GT(store->verify(), 0U);
}

TEST_F(StoreTest, DamagedValueIsNoticedAndItsKeyNotTold) {
  put(*open(), "secret-key", "value-that-is-damaged");
  ASSERT_GT(overwrite("value-that-is-damaged", "value-that-is-damageD"), 0);
  const auto store = open();
  try {
    (void)store->read()->get(Table::records, "secret-key");
    FAIL() << "the damage was not noticed";
  } catch (const StoreDamaged& damaged) {
    EXPECT_THAT(damaged.what(), HasSubstr("records"));
    EXPECT_THAT(damaged.what(), Not(HasSubstr("secret")));
    EXPECT_THAT(damaged.what(), Not(HasSubstr("value-that")));
  }
  EXPECT_THROW(store->verify(), StoreDamaged);
}

TEST_F(StoreTest, ValueUnderAnotherKeyIsDamage) {
  put(*open(), "one-of-the-keys", "value");
  ASSERT_GT(overwrite("one-of-the-keys", "one-of-the-keyz"), 0);
  EXPECT_THROW((void)open()->read()->get(Table::records, "one-of-the-keyz"), StoreDamaged);
}

TEST_F(StoreTest, FullMapKeepsNothingAndTheStoreWorksOn) {
  const auto store = open();
  put(*store, "a", "1");
  try {
    store->write([](WriteTxn& txn) {
      txn.put(Table::records, "b", "2");
      txn.put(Table::records, "c", std::string(8 * limits::mib, 'x'));
    });
    FAIL() << "a value larger than the map was stored";
  } catch (const StoreFull& full) {
    EXPECT_EQ(full.what, StoreFull::What::map);
  }
  EXPECT_EQ(store->read()->count(Table::records), 1U);
  put(*store, "d", "4");
  EXPECT_EQ(store->read()->get(Table::records, "d"), "4");
}

TEST_F(StoreTest, WorkThatCatchesAFullMapIsStillRolledBack) {
  const auto store = open();
  const auto catching = [](WriteTxn& txn) {
    txn.put(Table::records, "a", "1");
    try {
      txn.put(Table::records, "b", std::string(8 * limits::mib, 'x'));
    } catch (const StoreFull&) {
    }
    (void)txn.get(Table::records, "a");
  };
  EXPECT_THROW(store->write(catching), StoreFull);
  EXPECT_EQ(store->read()->count(Table::records), 0U);
}

// A limit on file sizes stops LMDB half-way through a write, as a full disk does.
TEST_F(StoreTest, FullDiskKeepsNothingAndTheStoreWorksOn) {
  const auto store = open({.map_bytes = 64 * limits::mib, .create = true});
  put(*store, "a", "1");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  for (const std::size_t room : {std::size_t{0}, std::size_t{100'000}}) {
    rlimit tight = before;
    tight.rlim_cur = fs::file_size(dir() / "data.mdb") + room;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    std::optional<StoreFull> full;
    try {
      put(*store, "b", std::string(4 * limits::mib, 'x'));
    } catch (const StoreFull& thrown) {
      full = thrown;
    }
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_TRUE(full);
    EXPECT_EQ(full->what, StoreFull::What::disk);
  }
  ::signal(SIGXFSZ, handler);

  EXPECT_EQ(store->read()->count(Table::records), 1U);
  put(*store, "b", std::string(4 * limits::mib, 'x'));
  EXPECT_EQ(store->read()->count(Table::records), 2U);
  store->verify();
}

TEST_F(StoreTest, LimitedAddressesGetASmallerMap) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers reserve more addresses than the limit set here";
#endif
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = 2048 * limits::mib;
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &tight), 0);
  {
    const auto store = open({.create = true});
    EXPECT_LT(store->usage().map_bytes, limits::map_bytes_default);
    put(*store, "a", "1");
  }
  EXPECT_EQ(open({.read_only = true})->read()->get(Table::records, "a"), "1");
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_EQ(open({})->usage().map_bytes, limits::map_bytes_default);
}

TEST_F(StoreTest, ErasedRoomIsRoomAgain) {
  const auto store = open({.map_bytes = 64 * limits::mib, .create = true});
  const std::size_t empty = store->usage().used_bytes;
  put(*store, "a", std::string(8 * limits::mib, 'x'));
  EXPECT_GT(store->usage().used_bytes, empty + 8 * limits::mib);
  store->write([](WriteTxn& txn) { txn.erase(Table::records, "a"); });
  EXPECT_LT(store->usage().used_bytes, empty + limits::mib);
  EXPECT_EQ(store->usage().map_bytes, 64 * limits::mib);
  EXPECT_GT(store->usage().free_disk_bytes, 0U);
}

TEST(StoreUsageTest, NewWorkNeedsAFifthOfTheMapAndSomeDisk) {
  const std::size_t mib = limits::mib;
  EXPECT_TRUE((StoreUsage{100 * mib, 79 * mib, 64 * mib}.accepts_new_work()));
  EXPECT_FALSE((StoreUsage{100 * mib, 81 * mib, 64 * mib}.accepts_new_work()));
  EXPECT_FALSE((StoreUsage{100 * mib, 0, 64 * mib - 1}.accepts_new_work()));
}

using StoreDeathTest = StoreTest;

TEST_F(StoreDeathTest, SecondOpeningInOneProcessIsABug) {
  const auto store = open();
  EXPECT_DEATH((void)Store::open(dir() / ".." / "store", {}), "twice");
}

TEST_F(StoreDeathTest, WritingAStoreOpenedForReadingIsABug) {
  put(*open(), "a", "1");
  const auto store = open({.read_only = true});
  EXPECT_DEATH(put(*store, "a", "2"), "opened for reading");
}

TEST_F(StoreDeathTest, KeyThatLmdbCannotHoldIsABug) {
  EXPECT_DEATH(put(*open(), "", "1"), "empty");
  EXPECT_DEATH(put(*open(), std::string(512, 'k'), "1"), "longer");
}

TEST_F(StoreDeathTest, UseInAForkedProcessIsABug) {
  const auto store = open();
  EXPECT_DEATH((void)store->read(), "forked");
}

}  // namespace
}  // namespace titip
