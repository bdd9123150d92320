#include "io/zmq_monitor.hh"

#include <atomic>
#include <cstring>
#include <string>

#include "io/os_error.hh"

namespace titip {

namespace {

std::string fresh_name() {
  static std::atomic<std::uint64_t> made{0};
  return "inproc://titip-monitor-" + std::to_string(++made);
}

}  // namespace

ZmqMonitor::ZmqMonitor(void* socket, int kinds)
    : watched_(socket), reports_(open_zmq_socket(ZMQ_PAIR)) {
  // No bound on this queue: a full one would block ZeroMQ's thread, and with it every link.
  set_zmq_option(reports_.get(), ZMQ_RCVHWM, 0);
  const std::string name = fresh_name();
  if (zmq_socket_monitor(socket, name.c_str(), kinds) != 0) {
    throw OsError("zmq_socket_monitor", name, zmq_errno());
  }
  if (zmq_connect(reports_.get(), name.c_str()) != 0) {
    const int error = zmq_errno();
    zmq_socket_monitor(socket, nullptr, 0);
    throw OsError("zmq_connect", name, error);
  }
}

// Stopped before our end closes: a report to nobody would block ZeroMQ's thread.
ZmqMonitor::~ZmqMonitor() { zmq_socket_monitor(watched_, nullptr, 0); }

std::optional<ZmqMonitor::Event> ZmqMonitor::next() {
  ZmqMessage report;
  if (!report.receive(reports_.get())) return std::nullopt;
  // 16 bits of kind and 32 of value in the machine's own order; the next part is an address.
  Event event;
  std::uint16_t kind = 0;
  const std::string_view bytes = report.bytes();
  if (bytes.size() == sizeof kind + sizeof event.value) {
    std::memcpy(&kind, bytes.data(), sizeof kind);
    std::memcpy(&event.value, bytes.data() + sizeof kind, sizeof event.value);
  }
  event.kind = kind;
  while (report.more() && report.receive(reports_.get())) {
  }
  return event;
}

}  // namespace titip
