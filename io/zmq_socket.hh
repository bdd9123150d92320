#pragma once

// ZeroMQ sockets and messages that close themselves. One context serves the whole process. It is
// never terminated: the process's end frees it, and so a socket left open by exit() cannot hang the
// process.

#include <zmq.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/keys.hh"

namespace titip {

struct ZmqClose {
  void operator()(void* socket) const { zmq_close(socket); }
};
using ZmqSocket = std::unique_ptr<void, ZmqClose>;

// With LINGER 0. `type` is ZMQ_DEALER, ZMQ_ROUTER… Throws OsError.
ZmqSocket open_zmq_socket(int type);

// What dialling and listening have in common: CURVE with this pair, the frame bound, short queues.
ZmqSocket open_link_socket(int type, const CurvePair& own);

void set_zmq_option(void* socket, int option, int value);
void set_zmq_bytes(void* socket, int option, std::string_view bytes);
inline std::string_view key_bytes(const CurveKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// ZMQ_POLLIN and ZMQ_POLLOUT as they stand now. Also makes ZeroMQ take in what its own threads
// reported.
int zmq_events(void* socket);
std::string zmq_last_endpoint(void* socket);

// Sends one part; `flags` may be ZMQ_SNDMORE. False: the queue is full or the route is gone.
bool send_zmq_part(void* socket, std::string_view bytes, int flags);

// One part of a message.
class ZmqMessage {
 public:
  ZmqMessage() { zmq_msg_init(&message_); }
  ZmqMessage(const ZmqMessage&) = delete;
  ZmqMessage& operator=(const ZmqMessage&) = delete;
  ~ZmqMessage() { zmq_msg_close(&message_); }

  // Replaces what it holds. False: nothing waits. Throws OsError.
  bool receive(void* socket);
  std::string_view bytes() const;
  bool more() const { return zmq_msg_more(&message_) != 0; }
  // What ZeroMQ knows of the connection it came by; empty: nothing by that name.
  std::string_view property(const char* name) const;
  // The descriptor of that connection; negative: it came by none.
  int connection() const;

 private:
  mutable zmq_msg_t message_;  // ZeroMQ's accessors take no const
};

}  // namespace titip
