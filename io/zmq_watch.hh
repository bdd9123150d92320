#pragma once

// Joins a ZeroMQ socket to the loop. ZMQ_FD tells only that something changed inside ZeroMQ, once
// per change, and any call on the socket may swallow that news: so the reader reads until nothing
// waits before the loop waits again, and look() must follow every send.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>

namespace titip {

class ZmqWatch : public std::enable_shared_from_this<ZmqWatch> {
 public:
  // Takes a bounded number of parts from the socket. True: more may wait.
  using Read = std::function<bool()>;

  // `read` runs on the loop, never from inside this call.
  static std::shared_ptr<ZmqWatch> start(boost::asio::io_context& loop, void* socket, Read read);
  ZmqWatch(boost::asio::io_context& loop, void* socket, Read read);
  ZmqWatch(const ZmqWatch&) = delete;
  ZmqWatch& operator=(const ZmqWatch&) = delete;
  ~ZmqWatch();

  void look();
  // Call it before the socket closes; `read` runs no more. May be called from inside `read`.
  void stop();

 private:
  void wake();
  void post();
  void wait();

  boost::asio::posix::stream_descriptor descriptor_;  // borrowed from ZeroMQ, which closes it
  void* socket_;
  Read read_;
  bool posted_ = false;
  bool waiting_ = false;
  bool stopped_ = false;
};

}  // namespace titip
