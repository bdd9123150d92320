#include "io/zmq_socket.hh"

#include <cerrno>

#include "core/limits.hh"
#include "io/os_error.hh"

namespace titip {

namespace {

// CURVE's own bytes around a payload, which ZMQ_MAXMSGSIZE counts: command name 8, nonce 8, tag 16,
// flags 1.
constexpr std::int64_t curve_overhead_bytes = 33;

// Three for each dialled socket (itself and both ends of its monitor): enough for benches of 2000
// agents.
constexpr int sockets_max = 8192;

void* context() {
  static void* const held = [] {
    void* made = zmq_ctx_new();
    if (made == nullptr) throw OsError("zmq_ctx_new", "", errno);
    zmq_ctx_set(made, ZMQ_MAX_SOCKETS, sockets_max);
    return made;
  }();
  return held;
}

}  // namespace

ZmqSocket open_zmq_socket(int type) {
  ZmqSocket socket(zmq_socket(context(), type));
  if (!socket) throw OsError("zmq_socket", "", zmq_errno());
  set_zmq_option(socket.get(), ZMQ_LINGER, 0);
  return socket;
}

ZmqSocket open_link_socket(int type, const CurvePair& own) {
  ZmqSocket socket = open_zmq_socket(type);
  const std::int64_t message_bytes_max =
      static_cast<std::int64_t>(limits::frame_bytes_max) + curve_overhead_bytes;
  if (zmq_setsockopt(socket.get(), ZMQ_MAXMSGSIZE, &message_bytes_max, sizeof message_bytes_max) !=
      0) {
    throw OsError("zmq_setsockopt", "ZMQ_MAXMSGSIZE", zmq_errno());
  }
  set_zmq_option(socket.get(), ZMQ_HANDSHAKE_IVL, static_cast<int>(limits::handshake_ms_max));
  set_zmq_option(socket.get(), ZMQ_SNDHWM, limits::link_queue_frames_max);
  set_zmq_option(socket.get(), ZMQ_RCVHWM, limits::link_queue_frames_max);
  set_zmq_bytes(socket.get(), ZMQ_CURVE_PUBLICKEY, key_bytes(own.public_key));
  set_zmq_bytes(socket.get(), ZMQ_CURVE_SECRETKEY, key_bytes(own.secret_key));
  return socket;
}

void set_zmq_option(void* socket, int option, int value) {
  if (zmq_setsockopt(socket, option, &value, sizeof value) != 0) {
    throw OsError("zmq_setsockopt", std::to_string(option), zmq_errno());
  }
}

void set_zmq_bytes(void* socket, int option, std::string_view bytes) {
  if (zmq_setsockopt(socket, option, bytes.data(), bytes.size()) != 0) {
    throw OsError("zmq_setsockopt", std::to_string(option), zmq_errno());
  }
}

int zmq_events(void* socket) {
  int events = 0;
  std::size_t size = sizeof events;
  while (zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) != 0) {
    if (zmq_errno() != EINTR) throw OsError("zmq_getsockopt", "ZMQ_EVENTS", zmq_errno());
  }
  return events;
}

std::string zmq_last_endpoint(void* socket) {
  char text[256];
  std::size_t size = sizeof text;
  if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, text, &size) != 0) {
    throw OsError("zmq_getsockopt", "ZMQ_LAST_ENDPOINT", zmq_errno());
  }
  return {text, size - 1};  // without its NUL
}

bool send_zmq_part(void* socket, std::string_view bytes, int flags) {
  while (zmq_send(socket, bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT) < 0) {
    const int error = zmq_errno();
    if (error == EAGAIN || error == EHOSTUNREACH) return false;
    if (error != EINTR) throw OsError("zmq_send", "", error);
  }
  return true;
}

bool ZmqMessage::receive(void* socket) {
  while (zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT) < 0) {
    if (zmq_errno() == EAGAIN) return false;
    if (zmq_errno() != EINTR) throw OsError("zmq_msg_recv", "", zmq_errno());
  }
  return true;
}

std::string_view ZmqMessage::bytes() const {
  return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
}

std::string_view ZmqMessage::property(const char* name) const {
  const char* text = zmq_msg_gets(&message_, name);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

int ZmqMessage::connection() const { return zmq_msg_get(&message_, ZMQ_SRCFD); }

}  // namespace titip
