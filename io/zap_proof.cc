#include "io/zap_proof.hh"

#include <array>
#include <cerrno>
#include <chrono>

#include "io/os_error.hh"
#include "io/zmq_monitor.hh"

namespace titip {

namespace {

constexpr std::chrono::seconds decision_time_max{5};
constexpr long poll_ms = 100;
constexpr int reports = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

[[noreturn]] void fail(int error) {
  throw OsError("ZAP self-test", "of the listening socket", error);
}

}  // namespace

void prove_strangers_are_kept_out(const std::string& endpoint, const CurveKey& hub,
                                  const CurvePair& stranger, ZapHandler& zap) {
  const ZmqSocket socket = open_link_socket(ZMQ_DEALER, stranger);
  set_zmq_bytes(socket.get(), ZMQ_CURVE_SERVERKEY, key_bytes(hub));
  set_zmq_option(socket.get(), ZMQ_RECONNECT_IVL, -1);
  ZmqMonitor monitor(socket.get(), reports);
  if (zmq_connect(socket.get(), endpoint.c_str()) != 0)
    throw OsError("zmq_connect", endpoint, zmq_errno());

  bool asked = false;
  const auto deadline = std::chrono::steady_clock::now() + decision_time_max;
  while (std::chrono::steady_clock::now() < deadline) {
    std::array<zmq_pollitem_t, 2> items{
        {{zap.socket(), 0, ZMQ_POLLIN, 0}, {monitor.socket(), 0, ZMQ_POLLIN, 0}}};
    zmq_poll(items.data(), static_cast<int>(items.size()), poll_ms);
    while (zap.answer_one()) asked = true;
    while (const auto report = monitor.next()) {
      if (report->kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH && asked) return;
      fail(report->kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED ? EPERM : EPROTO);
    }
  }
  fail(ETIMEDOUT);
}

}  // namespace titip
