#pragma once

// The one thread that writes. Whatever is waiting is grouped into one synced transaction; a job's
// `done` runs on the loop only after that transaction is durable.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "io/store.hh"

namespace titip {

struct WriteJob {
  // Runs on the writer thread. May run again from the start in another transaction, if the first
  // was rolled back; must leave nothing half done outside `txn`.
  std::function<void(WriteTxn& txn)> work;
  // Runs on the loop. `full` holds why nothing was kept, or nothing: then `work` is durable.
  std::function<void(std::optional<StoreFull> full)> done;
};

class Writer {
 public:
  // `failed` runs on the loop when the store is damaged, an I/O error came or a job threw; no job
  // runs after it, and those not yet committed are dropped without `done`.
  Writer(Store& store, boost::asio::any_io_executor loop,
         std::function<void(std::exception_ptr)> failed);
  ~Writer();  // commits what is waiting, without calling `done`

  // Any thread; jobs run in the order submitted. The loop's run() does not return before `done` has
  // run.
  void submit(WriteJob job);
  std::size_t waiting() const;     // jobs that are not yet durable; any thread
  std::uint64_t finished() const;  // jobs answered since it began; any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace titip
