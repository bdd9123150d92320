#pragma once

// What every daemon does besides its own work: ends on SIGTERM, frees dead readers of its store
// each minute, and ends with the message of a damaged store.

#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>

#include "io/store.hh"
#include "io/writer.hh"

namespace titip {

class DaemonLoop {
 public:
  DaemonLoop(boost::asio::io_context& loop, Store& store);
  ~DaemonLoop();

  // For the Writer: a failed store ends run() with its exception.
  std::function<void(std::exception_ptr)> on_failure();
  // Until SIGTERM, SIGINT or a failure, which is thrown. After a signal it goes on for as long as
  // `writer` has work, but not for ever: what was handed over is answered before the process ends.
  // The supervisor is told that the daemon is ready, that it ends, and, as long as `writer` makes
  // progress, that it lives.
  void run(const Writer& writer);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace titip
