// What is left in a store when the process that used it is killed.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "io/data_dir.hh"
#include "io/store.hh"
#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

namespace fs = std::filesystem;

constexpr StoreOptions create{.map_bytes = 64 * limits::mib, .create = true};

// A forked process that reports numbers through a pipe until it is killed.
class Child {
 public:
  using Report = std::function<void(std::uint64_t)>;

  explicit Child(const std::function<void(const Report&)>& work) {
    if (::pipe(pipe_.data()) != 0) ADD_FAILURE() << "no pipe";
    process_ = ::fork();
    if (process_ != 0) {
      ::close(pipe_[1]);
      return;
    }
    work([this](std::uint64_t number) {
      if (::write(pipe_[1], &number, sizeof number) != sizeof number) ::_exit(1);
    });
    while (true) ::pause();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill();
    ::close(pipe_[0]);
  }

  // The next number it reported; 0: it has ended.
  std::uint64_t next() {
    std::uint64_t number = 0;
    return ::read(pipe_[0], &number, sizeof number) == sizeof number ? number : 0;
  }

  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  std::array<int, 2> pipe_{};
  pid_t process_ = 0;
};

// Commits four journal entries and a head that counts them, over and over.
void keep_writing(const fs::path& directory, const Child::Report& report) {
  const auto store = Store::open(directory, create);
  for (std::uint64_t round = 1;; ++round) {
    store->write([&](WriteTxn& txn) {
      const auto head = txn.get(Table::meta, "head");
      std::uint64_t seq = head ? key_u64(*head, 0) : 0;
      for (int i = 0; i < 4; ++i)
        txn.append(Table::journal, Key().u64(++seq), std::string(300, 'e'));
      txn.put(Table::meta, "head", Key().u64(seq));
    });
    report(round * 4);
  }
}

std::uint64_t head_of(Store& store) {
  const auto txn = store.read();
  const auto head = txn->get(Table::meta, "head");
  return head ? key_u64(*head, 0) : 0;
}

TEST(StoreCrashTest, NothingReportedIsLostWhenTheWriterIsKilled) {
  const TempDir temp;
  const fs::path directory = temp.path() / "store";
  std::uint64_t before = 0;
  for (std::uint64_t rounds = 1; rounds <= 12; ++rounds) {
    std::uint64_t reported = 0;
    {
      Child child([&](const Child::Report& report) { keep_writing(directory, report); });
      for (std::uint64_t i = 0; i < rounds * 7; ++i) reported = child.next();
      child.kill();
      while (const std::uint64_t later = child.next()) reported = later;
    }
    ASSERT_GT(reported, 0U);
    const auto store = Store::open(directory, create);
    const std::uint64_t head = head_of(*store);
    EXPECT_GE(head, before + reported);
    EXPECT_EQ(store->read()->count(Table::journal), head) << "half a transaction was kept";
    EXPECT_EQ(store->verify(), head + 2);  // and its head and format
    before = head;
  }
}

TEST(StoreCrashTest, AnotherProcessReadsWhileOneWritesAndAfterItWasKilled) {
  const TempDir temp;
  const fs::path directory = temp.path() / "store";
  Child child([&](const Child::Report& report) { keep_writing(directory, report); });
  std::uint64_t reported = child.next();
  for (int opened = 0; opened < 5; ++opened) {
    const auto store = Store::open(directory, {.read_only = true});
    for (int i = 0; i < 10; ++i) reported = child.next();
    EXPECT_GE(head_of(*store), reported);
  }
  child.kill();
  const auto store = Store::open(directory, {.read_only = true});
  EXPECT_EQ(store->read()->count(Table::journal), head_of(*store));
}

TEST(StoreCrashTest, SlotOfADeadReaderIsFreed) {
  const TempDir temp;
  const fs::path directory = temp.path() / "store";
  const StoreOptions small{.map_bytes = 2 * limits::mib, .create = true};
  Store::open(directory, small);
  Child child([&](const Child::Report& report) {
    const auto store = Store::open(directory, {.read_only = true});
    const auto snapshot = store->read();
    report(1);
    while (true) ::pause();
  });
  ASSERT_EQ(child.next(), 1U);
  const auto store = Store::open(directory, small);
  child.kill();

  const auto overwrite_often = [&] {
    for (int i = 0; i < 100; ++i) {
      store->write([](WriteTxn& txn) { txn.put(Table::records, "a", std::string(100'000, 'x')); });
    }
  };
  EXPECT_THROW(overwrite_often(), StoreFull);  // its snapshot holds every page
  store->check_readers();
  EXPECT_NO_THROW(overwrite_often());
}

TEST(StoreCrashTest, LockOfAKilledWriterIsFree) {
  const TempDir temp;
  Child child([&](const Child::Report& report) {
    const auto lock = WriterLock::try_take(temp.path());
    report(lock ? 1 : 2);
    while (true) ::pause();
  });
  ASSERT_EQ(child.next(), 1U);
  EXPECT_FALSE(WriterLock::try_take(temp.path()));
  child.kill();
  EXPECT_TRUE(WriterLock::try_take(temp.path()));
}

}  // namespace
}  // namespace titip
