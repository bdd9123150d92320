#include "io/writer.hh"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

// Holds the writer thread inside a job until the test lets it go on.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_until_reached() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return reached_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool open_ = false;
};

class WriterTest : public testing::Test {
 protected:
  void start() {
    writer_.emplace(*store_, loop_.get_executor(),
                    [this](std::exception_ptr why) { failure_ = why; });
  }

  // Keeps the writer busy, so that what is submitted meanwhile comes as one group.
  void hold() {
    writer_->submit({.work = [this](WriteTxn&) { gate_.pass(); }, .done = {}});
    gate_.wait_until_reached();
  }

  WriteJob put(const std::string& key, const std::string& value) {
    return {.work = [=](WriteTxn& txn) { txn.put(Table::records, key, value); },
            .done =
                [this, key](std::optional<StoreFull> full) {
                  EXPECT_EQ(std::this_thread::get_id(), test_thread_);
                  answers_.push_back(key + (full ? " full" : " saved"));
                }};
  }

  std::uint64_t count() { return store_->read()->count(Table::records); }

  TempDir dir_;
  std::unique_ptr<Store> store_ =
      Store::open(dir_.path() / "store", {.map_bytes = 4 * limits::mib, .create = true});
  boost::asio::io_context loop_;
  std::thread::id test_thread_ = std::this_thread::get_id();
  Gate gate_;
  std::exception_ptr failure_;
  std::vector<std::string> answers_;
  std::optional<Writer> writer_;
};

TEST_F(WriterTest, DoneRunsOnTheLoopAfterTheCommit) {
  start();
  bool durable = false;
  writer_->submit({.work = [](WriteTxn& txn) { txn.put(Table::records, "a", "1"); },
                   .done =
                       [&](std::optional<StoreFull> full) {
                         EXPECT_FALSE(full);
                         durable = store_->read()->get(Table::records, "a") == "1";
                       }});
  loop_.run();
  EXPECT_TRUE(durable);
  EXPECT_EQ(writer_->waiting(), 0U);
}

TEST_F(WriterTest, FinishedCountsJobsAndStandsStillWhileOneIsStuck) {
  start();
  EXPECT_EQ(writer_->finished(), 0U);
  hold();
  writer_->submit(put("a", "1"));
  EXPECT_EQ(writer_->finished(), 0U);
  EXPECT_EQ(writer_->waiting(), 2U);
  gate_.open();
  loop_.run();
  EXPECT_EQ(writer_->finished(), 2U);
  EXPECT_EQ(writer_->waiting(), 0U);
}

TEST_F(WriterTest, JobsRunAndAnswerInTheOrderSubmitted) {
  start();
  std::vector<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    writer_->submit(put(std::to_string(i), "x"));
    expected.push_back(std::to_string(i) + " saved");
  }
  loop_.run();
  EXPECT_EQ(answers_, expected);
  EXPECT_EQ(count(), 3000U);
}

TEST_F(WriterTest, WhatWaitsIsOneTransaction) {
  start();
  hold();
  int seen_by_last = 0;
  for (int i = 0; i < 10; ++i) {
    writer_->submit({.work =
                         [&, i](WriteTxn& txn) {
                           txn.put(Table::records, std::to_string(i), "x");
                           // Another snapshot sees nothing of the group before its commit.
                           seen_by_last = static_cast<int>(store_->read()->count(Table::records));
                         },
                     .done = {}});
  }
  EXPECT_EQ(writer_->waiting(), 11U);
  gate_.open();
  loop_.run();
  EXPECT_EQ(seen_by_last, 0);
  EXPECT_EQ(count(), 10U);
}

TEST_F(WriterTest, LargeGroupIsCutIntoSeveralTransactions) {
  store_.reset();
  store_ = Store::open(dir_.path() / "store", {.map_bytes = 64 * limits::mib});
  start();
  hold();
  std::uint64_t seen_by_last = 0;
  for (int i = 0; i < 6; ++i) {
    writer_->submit({.work =
                         [&, i](WriteTxn& txn) {
                           txn.put(Table::records, std::to_string(i),
                                   std::string(limits::mib, 'x'));
                           seen_by_last = store_->read()->count(Table::records);
                         },
                     .done = {}});
  }
  gate_.open();
  loop_.run();
  EXPECT_EQ(seen_by_last, 4U);
}

TEST_F(WriterTest, OnlyTheJobsThatDoNotFitAreRefused) {
  start();
  hold();
  const std::string large(8 * limits::mib, 'x');
  writer_->submit(put("a", "1"));
  writer_->submit(put("b", large));
  writer_->submit(put("c", "3"));
  writer_->submit(put("d", large));
  writer_->submit(put("e", "5"));
  gate_.open();
  loop_.run();
  EXPECT_EQ(answers_,
            (std::vector<std::string>{"a saved", "b full", "c saved", "d full", "e saved"}));
  EXPECT_EQ(count(), 3U);
  EXPECT_FALSE(failure_);
}

TEST_F(WriterTest, LoneJobThatDoesNotFitIsRefused) {
  start();
  writer_->submit(put("a", std::string(8 * limits::mib, 'x')));
  loop_.run();
  EXPECT_EQ(answers_, std::vector<std::string>{"a full"});
}

// A store whose transactions cannot even begin while it is full.
class FullStore : public Store {
 public:
  explicit FullStore(Store& store) : store_(store) {}

  std::unique_ptr<ReadTxn> read() override { return store_.read(); }
  void write(const std::function<void(WriteTxn&)>& work) override {
    if (refusals > 0) {
      --refusals;
      throw StoreFull{StoreFull::What::disk};
    }
    store_.write(work);
  }
  StoreUsage usage() const override { return store_.usage(); }
  void check_readers() override { store_.check_readers(); }
  std::uint64_t verify() override { return store_.verify(); }

  std::atomic<int> refusals = 0;

 private:
  Store& store_;
};

TEST_F(WriterTest, FullBeforeAnyJobRanAnswersOneJobEachTime) {
  FullStore full(*store_);
  writer_.emplace(full, loop_.get_executor(), [this](std::exception_ptr why) { failure_ = why; });
  hold();
  for (const auto* key : {"a", "b", "c"}) writer_->submit(put(key, "1"));
  full.refusals = 2;  // the one that holds it is under way
  gate_.open();
  loop_.run();
  EXPECT_EQ(answers_, (std::vector<std::string>{"a full", "b full", "c saved"}));
  EXPECT_EQ(count(), 1U);
  EXPECT_FALSE(failure_);
}

TEST_F(WriterTest, FailureIsToldAndNothingRunsAfterIt) {
  start();
  hold();
  writer_->submit(put("a", "1"));
  writer_->submit({.work = [](WriteTxn&) { throw StoreDamaged("a test"); }, .done = {}});
  writer_->submit(put("b", "2"));
  gate_.open();
  loop_.run();
  ASSERT_TRUE(failure_);
  EXPECT_THROW(std::rethrow_exception(failure_), StoreDamaged);
  writer_->submit(put("c", "3"));
  loop_.restart();
  loop_.run();
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(count(), 0U);
}

TEST_F(WriterTest, EndingCommitsWhatWaitsWithoutAnswering) {
  start();
  hold();
  for (int i = 0; i < 2000; ++i) writer_->submit(put(std::to_string(i), "x"));
  gate_.open();
  writer_.reset();
  loop_.run();
  EXPECT_EQ(count(), 2000U);
  EXPECT_TRUE(answers_.empty());
}

TEST_F(WriterTest, WriterMayEndInsideAnAnswer) {
  start();
  hold();
  writer_->submit({.work = [](WriteTxn& txn) { txn.put(Table::records, "a", "1"); },
                   .done = [this](std::optional<StoreFull>) { writer_.reset(); }});
  writer_->submit(put("b", "2"));
  gate_.open();
  loop_.run();
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(count(), 2U);
}

TEST_F(WriterTest, JobsComeFromAnyThreadWhileOthersRead) {
  start();
  constexpr int threads = 4;
  constexpr int jobs = 200;
  int answered = 0;
  {
    std::vector<std::jthread> submitters;
    for (int t = 0; t < threads; ++t) {
      submitters.emplace_back([&, t] {
        for (int i = 0; i < jobs; ++i) {
          writer_->submit({.work =
                               [=](WriteTxn& txn) {
                                 txn.put(Table::records,
                                         Key().u64(static_cast<std::uint64_t>(t * jobs + i)), "x");
                               },
                           .done = [&](std::optional<StoreFull>) { ++answered; }});
          const auto snapshot = store_->read();
          std::uint64_t entries = 0;
          snapshot->scan(Table::records, "", [&](const Entry&) { return ++entries < 50; });
          EXPECT_GE(snapshot->count(Table::records), entries);
          (void)writer_->waiting();
        }
      });
    }
  }
  loop_.run();
  EXPECT_EQ(answered, threads * jobs);
  EXPECT_EQ(count(), static_cast<std::uint64_t>(threads * jobs));
}

}  // namespace
}  // namespace titip
