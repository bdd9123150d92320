#include "io/writer.hh"

#include <pthread.h>

#include <atomic>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace titip {

namespace {

constexpr std::size_t group_jobs_max = 1024;
constexpr std::size_t group_bytes_max =
    4 * limits::mib;  // of keys and values; dirty pages are in memory

// Passes everything on and counts the bytes written.
class CountingTxn final : public WriteTxn {
 public:
  explicit CountingTxn(WriteTxn& txn) : txn_(txn) {}

  std::optional<std::string_view> get(Table table, std::string_view key) const override {
    return txn_.get(table, key);
  }
  void scan(Table table, std::string_view first, const Visit& visit) const override {
    txn_.scan(table, first, visit);
  }
  void scan_back(Table table, std::string_view last, const Visit& visit) const override {
    txn_.scan_back(table, last, visit);
  }
  std::uint64_t count(Table table) const override { return txn_.count(table); }
  void put(Table table, std::string_view key, std::string_view value) override {
    bytes_ += key.size() + value.size();
    txn_.put(table, key, value);
  }
  void append(Table table, std::string_view key, std::string_view value) override {
    bytes_ += key.size() + value.size();
    txn_.append(table, key, value);
  }
  bool erase(Table table, std::string_view key) override {
    bytes_ += key.size();
    return txn_.erase(table, key);
  }

  std::size_t bytes() const { return bytes_; }

 private:
  WriteTxn& txn_;
  std::size_t bytes_ = 0;
};

// A job in the writer's hands.
struct Held {
  WriteJob job;
  boost::asio::any_io_executor work;  // counts as work of the loop, so that run() waits for `done`
  std::optional<StoreFull> full;
};
using Group = std::vector<Held>;

Group cut(Group& group, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) {
    return std::make_move_iterator(group.begin() + static_cast<std::ptrdiff_t>(i));
  };
  return {at(begin), at(end)};
}

}  // namespace

struct Writer::Impl {
  Impl(Store& store_to_write, boost::asio::any_io_executor its_loop,
       std::function<void(std::exception_ptr)> when_failed)
      : store(store_to_write), loop(std::move(its_loop)), failed(std::move(when_failed)) {}

  void submit(WriteJob job);
  void run(const std::stop_token& stop);
  Group take(const std::stop_token& stop);
  std::size_t commit_from(Group& group, std::size_t begin);
  void commit_alone(Held& held);
  void answer(Group committed);
  void give_up(std::exception_ptr why, Group dropped);

  Store& store;
  boost::asio::any_io_executor loop;
  std::function<void(std::exception_ptr)> failed;
  // Shared with what was posted to the loop, which may run after the writer has ended.
  std::shared_ptr<std::atomic<bool>> ended = std::make_shared<std::atomic<bool>>(false);

  mutable std::mutex mutex;
  std::condition_variable_any wake;
  std::deque<Held> queue;      // under mutex
  std::size_t running = 0;     // under mutex; taken from the queue and not yet durable
  std::uint64_t finished = 0;  // under mutex; jobs
  bool broken = false;         // under mutex
  std::jthread thread;         // last: it uses all of the above
};

void Writer::Impl::submit(WriteJob job) {
  Held held{std::move(job),
            boost::asio::prefer(loop, boost::asio::execution::outstanding_work.tracked),
            std::nullopt};
  {
    const std::lock_guard lock(mutex);
    if (broken) return;
    queue.push_back(std::move(held));
  }
  wake.notify_one();
}

void Writer::Impl::run(const std::stop_token& stop) {
  for (Group group = take(stop); !group.empty(); group = take(stop)) {
    std::size_t begin = 0;
    try {
      while (begin < group.size()) {
        const std::size_t end = commit_from(group, begin);
        answer(cut(group, begin, end));
        begin = end;
      }
    } catch (...) {
      give_up(std::current_exception(), cut(group, begin, group.size()));
      return;
    }
  }
}

// Waits for work; empty: the writer is ending and nothing is left.
Group Writer::Impl::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  wake.wait(lock, stop, [this] { return !queue.empty(); });
  Group group;
  while (!queue.empty() && group.size() < group_jobs_max) {
    group.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  running = group.size();
  return group;
}

// One transaction with as many jobs from `begin` on as its bytes allow; returns the first one left.
// When they do not fit together, each has a transaction of its own, so that only what does not fit
// is refused.
std::size_t Writer::Impl::commit_from(Group& group, std::size_t begin) {
  std::size_t end = begin;
  try {
    store.write([&](WriteTxn& txn) {
      CountingTxn counting(txn);
      for (end = begin; end < group.size() && counting.bytes() < group_bytes_max;) {
        group[end++].job.work(counting);
      }
    });
    return end;
  } catch (const StoreFull& full) {
    // It may have come before any job ran: then it answers the first, so that each try gets on.
    if (end <= begin + 1) {
      group[begin].full = full;
      return begin + 1;
    }
  }
  for (std::size_t i = begin; i < end; ++i) commit_alone(group[i]);
  return end;
}

void Writer::Impl::commit_alone(Held& held) {
  try {
    store.write([&](WriteTxn& txn) { held.job.work(txn); });
  } catch (const StoreFull& full) {
    held.full = full;
  }
}

// The jobs go back to the loop with their answers and end there, where what they hold was made.
void Writer::Impl::answer(Group committed) {
  {
    const std::lock_guard lock(mutex);
    running -= committed.size();
    finished += committed.size();
  }
  boost::asio::post(loop, [group = std::move(committed), stop = ended]() mutable {
    for (Held& held : group) {
      if (stop->load()) return;
      if (held.job.done) held.job.done(held.full);
    }
  });
}

void Writer::Impl::give_up(std::exception_ptr why, Group dropped) {
  {
    const std::lock_guard lock(mutex);
    broken = true;
    running = 0;
    dropped.insert(dropped.end(), std::make_move_iterator(queue.begin()),
                   std::make_move_iterator(queue.end()));
    queue.clear();
  }
  boost::asio::post(loop, [why, group = std::move(dropped), call = failed, stop = ended] {
    if (!stop->load()) call(why);
  });
}

Writer::Writer(Store& store, boost::asio::any_io_executor loop,
               std::function<void(std::exception_ptr)> failed)
    : impl_(std::make_unique<Impl>(store, std::move(loop), std::move(failed))) {
  impl_->thread =
      std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
  ::pthread_setname_np(impl_->thread.native_handle(), "titip-writer");
}

Writer::~Writer() { impl_->ended->store(true); }

void Writer::submit(WriteJob job) { impl_->submit(std::move(job)); }

std::size_t Writer::waiting() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->queue.size() + impl_->running;
}

std::uint64_t Writer::finished() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->finished;
}

}  // namespace titip
