#include "io/zmq_watch.hh"

#include <zmq.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "io/os_error.hh"
#include "io/zmq_socket.hh"

namespace titip {

namespace {

int descriptor_of(void* socket) {
  int descriptor = -1;
  std::size_t size = sizeof descriptor;
  if (zmq_getsockopt(socket, ZMQ_FD, &descriptor, &size) != 0) {
    throw OsError("zmq_getsockopt", "ZMQ_FD", zmq_errno());
  }
  return descriptor;
}

}  // namespace

std::shared_ptr<ZmqWatch> ZmqWatch::start(boost::asio::io_context& loop, void* socket, Read read) {
  auto watch = std::make_shared<ZmqWatch>(loop, socket, std::move(read));
  watch->post();
  return watch;
}

ZmqWatch::ZmqWatch(boost::asio::io_context& loop, void* socket, Read read)
    : descriptor_(loop, descriptor_of(socket)), socket_(socket), read_(std::move(read)) {}

ZmqWatch::~ZmqWatch() { stop(); }

void ZmqWatch::look() {
  if (!stopped_ && (zmq_events(socket_) & ZMQ_POLLIN) != 0) post();
}

void ZmqWatch::stop() {
  if (stopped_) return;
  stopped_ = true;
  descriptor_.release();
}

// Posting instead of looping lets timers and other sockets have their turn under a flood.
void ZmqWatch::post() {
  if (posted_) return;
  posted_ = true;
  boost::asio::post(descriptor_.get_executor(), [self = shared_from_this()] {
    self->posted_ = false;
    self->wake();
  });
}

void ZmqWatch::wait() {
  if (waiting_) return;
  waiting_ = true;
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const boost::system::error_code&) {
                           self->waiting_ = false;
                           self->wake();
                         });
}

void ZmqWatch::wake() {
  if (stopped_) return;
  const bool more = read_();
  if (stopped_) return;
  // Asked even when `read` touched nothing: ZMQ_FD stays readable until ZeroMQ has taken its own
  // news in.
  if (more || (zmq_events(socket_) & ZMQ_POLLIN) != 0) post();
  if (!posted_) wait();
}

}  // namespace titip
