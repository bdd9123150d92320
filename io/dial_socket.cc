#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "core/check.hh"
#include "core/limits.hh"
#include "io/link_socket.hh"
#include "io/os_error.hh"
#include "io/zmq_monitor.hh"
#include "io/zmq_socket.hh"
#include "io/zmq_watch.hh"

namespace titip {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr int parts_per_wake = 16;
// ZeroMQ counts from a moment before we hear of it.
constexpr std::chrono::milliseconds handshake_silence{limits::handshake_ms_max - 1'000};
// ZeroMQ's own timers come first; this one is for what it reports in no event.
constexpr std::chrono::milliseconds attempt_time_max{limits::connect_ms_max +
                                                     limits::handshake_ms_max + 5'000};

constexpr int dial_reports = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                             ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

struct HostPort {
  std::string host;
  std::string port;
};

HostPort parse_endpoint(const std::string& endpoint) {
  constexpr std::string_view scheme = "tcp://";
  const std::size_t colon = endpoint.rfind(':');
  if (endpoint.starts_with(scheme) && colon > scheme.size()) {
    std::string host = endpoint.substr(scheme.size(), colon - scheme.size());
    const std::string port = endpoint.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
      host = host.substr(1, host.size() - 2);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error == std::errc() && end == port.data() + port.size() && number != 0)
      return {host, port};
  }
  throw OsError("dial", endpoint, EINVAL);
}

std::string endpoint_of(const tcp::endpoint& address) {
  const std::string host = address.address().to_string();
  return "tcp://" + (address.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(address.port());
}

ZmqSocket open_dealer(const CurvePair& own, const CurveKey& hub, bool ipv6) {
  ZmqSocket socket = open_link_socket(ZMQ_DEALER, own);
  set_zmq_bytes(socket.get(), ZMQ_CURVE_SERVERKEY, key_bytes(hub));
  set_zmq_option(socket.get(), ZMQ_IPV6, ipv6 ? 1 : 0);
  set_zmq_option(socket.get(), ZMQ_IMMEDIATE, 1);
  set_zmq_option(socket.get(), ZMQ_RECONNECT_IVL, -1);
  set_zmq_option(socket.get(), ZMQ_CONNECT_TIMEOUT, static_cast<int>(limits::connect_ms_max));
  set_zmq_option(socket.get(), ZMQ_HEARTBEAT_IVL, static_cast<int>(limits::heartbeat_ms));
  set_zmq_option(socket.get(), ZMQ_HEARTBEAT_TIMEOUT, static_cast<int>(limits::answer_ms_max));
  set_zmq_option(socket.get(), ZMQ_TCP_KEEPALIVE, 0);  // a heartbeat tells more for the same bytes
  return socket;
}

// One dial. Kept alive by the handlers it waits for; closed by its DialSocket or by its end.
class Dial : public std::enable_shared_from_this<Dial> {
 public:
  Dial(asio::io_context& loop, const CurvePair& own, const CurveKey& hub, DialSocket::Events events)
      : loop_(loop),
        own_(own),
        hub_(hub),
        events_(std::move(events)),
        resolver_(loop),
        timer_(loop) {}

  void start(const HostPort& at);
  void close();
  bool send(std::string_view frame);
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  void try_next_address();
  void close_sockets();
  bool read_reports();
  bool take_report(const ZmqMonitor::Event& report);
  bool read_frames(int parts_max);
  void attempt_failed(LinkEnd why);
  void end(LinkEnd why);

  asio::io_context& loop_;
  CurvePair own_;
  CurveKey hub_;
  DialSocket::Events events_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  std::vector<tcp::endpoint> addresses_;
  std::size_t next_address_ = 0;

  // Each dies before the one above it.
  ZmqSocket socket_;
  std::unique_ptr<ZmqMonitor> monitor_;
  std::shared_ptr<ZmqWatch> frames_watch_;
  std::shared_ptr<ZmqWatch> reports_watch_;

  Clock::time_point answered_at_;  // TCP's handshake was done
  LinkEnd failure_ = LinkEnd::unanswered;
  bool up_ = false;
  bool closed_ = false;
  bool inside_message_ = false;
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t bytes_received_ = 0;
};

void Dial::start(const HostPort& at) {
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(at.host, not_numeric);
  if (!not_numeric) {
    addresses_.emplace_back(address, static_cast<std::uint16_t>(std::stoul(at.port)));
    asio::post(loop_, [self = shared_from_this()] { self->try_next_address(); });
    return;
  }
  resolver_.async_resolve(at.host, at.port, tcp::resolver::numeric_service,
                          [self = shared_from_this()](const boost::system::error_code&,
                                                      const tcp::resolver::results_type& found) {
                            for (const auto& entry : found)
                              self->addresses_.push_back(entry.endpoint());
                            self->try_next_address();
                          });
}

void Dial::try_next_address() {
  if (closed_) return;
  if (next_address_ == addresses_.size()) return end(LinkEnd::unanswered);
  const tcp::endpoint address = addresses_[next_address_++];
  failure_ = LinkEnd::unanswered;
  inside_message_ = false;
  socket_ = open_dealer(own_, hub_, address.address().is_v6());
  monitor_ = std::make_unique<ZmqMonitor>(socket_.get(), dial_reports);
  const std::string endpoint = endpoint_of(address);
  if (zmq_connect(socket_.get(), endpoint.c_str()) != 0)
    throw OsError("zmq_connect", endpoint, zmq_errno());
  reports_watch_ = ZmqWatch::start(loop_, monitor_->socket(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    return self && self->read_reports();
  });
  frames_watch_ = ZmqWatch::start(loop_, socket_.get(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    return self && self->read_frames(parts_per_wake);
  });
  timer_.expires_after(attempt_time_max);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (!cancelled && self && !self->closed_ && !self->up_)
      self->attempt_failed(LinkEnd::unanswered);
  });
}

void Dial::close_sockets() {
  if (frames_watch_) frames_watch_->stop();
  if (reports_watch_) reports_watch_->stop();
  frames_watch_.reset();
  reports_watch_.reset();
  monitor_.reset();
  socket_.reset();
}

void Dial::close() {
  if (closed_) return;
  closed_ = true;
  up_ = false;
  resolver_.cancel();
  timer_.cancel();
  close_sockets();
}

void Dial::attempt_failed(LinkEnd why) {
  if (why != LinkEnd::unanswered) return end(why);
  close_sockets();
  try_next_address();
}

void Dial::end(LinkEnd why) {
  close();
  events_.ended(why);
}

bool Dial::read_reports() {
  while (const auto report = monitor_->next()) {
    if (!take_report(*report)) return false;
  }
  return false;
}

// False: the sockets it came from are closed.
bool Dial::take_report(const ZmqMonitor::Event& report) {
  switch (report.kind) {
    case ZMQ_EVENT_CONNECTED:
      answered_at_ = Clock::now();
      failure_ = LinkEnd::not_this_hub;
      return true;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      up_ = true;
      timer_.cancel();
      events_.connected();
      return !closed_;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      // Silence until the timer is no answer; a hub of another key hangs up at once.
      if (Clock::now() - answered_at_ >= handshake_silence) failure_ = LinkEnd::unanswered;
      return true;
    case ZMQ_EVENT_CLOSED: attempt_failed(LinkEnd::unanswered); return false;
    case ZMQ_EVENT_DISCONNECTED:
      if (up_) {
        // What the hub said before it left was received whole. The queue is bounded, and nothing
        // refills it.
        while (read_frames(parts_per_wake)) {
        }
        if (!closed_) end(LinkEnd::lost);
      } else {
        attempt_failed(failure_);
      }
      return false;
    default: return true;  // the end of a failed handshake is its DISCONNECTED
  }
}

bool Dial::read_frames(int parts_max) {
  // `connected` comes before the first frame: ZeroMQ reports the handshake before it hands frames
  // over.
  if (!up_) read_reports();
  for (int taken = 0; taken < parts_max; ++taken) {
    if (!up_) return false;
    ZmqMessage part;
    if (!part.receive(socket_.get())) return false;
    const bool first = !inside_message_;
    inside_message_ = part.more();
    if (!first || part.more() || part.bytes().empty()) continue;
    bytes_received_ += part.bytes().size();
    events_.frame(part.bytes());
  }
  return up_;
}

bool Dial::send(std::string_view frame) {
  check(!frame.empty() && frame.size() <= limits::frame_bytes_max,
        "a frame within the link's bounds");
  if (!up_) return false;
  zmq_events(socket_.get());  // or ZeroMQ may not have noticed yet that the queue has room again
  const bool sent = send_zmq_part(socket_.get(), frame, 0);
  if (sent) bytes_sent_ += frame.size();
  frames_watch_->look();
  return sent;
}

class DialSocketOverZmq final : public DialSocket {
 public:
  explicit DialSocketOverZmq(std::shared_ptr<Dial> dial) : dial_(std::move(dial)) {}
  DialSocketOverZmq(const DialSocketOverZmq&) = delete;
  DialSocketOverZmq& operator=(const DialSocketOverZmq&) = delete;
  ~DialSocketOverZmq() override { dial_->close(); }

  bool send(std::string_view frame) override { return dial_->send(frame); }
  std::uint64_t bytes_sent() const override { return dial_->bytes_sent(); }
  std::uint64_t bytes_received() const override { return dial_->bytes_received(); }

 private:
  std::shared_ptr<Dial> dial_;
};

}  // namespace

std::unique_ptr<DialSocket> DialSocket::dial(asio::io_context& loop, const std::string& endpoint,
                                             const CurvePair& own, const CurveKey& hub,
                                             Events events) {
  check(events.connected && events.frame && events.ended, "a dial has somebody to tell");
  auto dial = std::make_shared<Dial>(loop, own, hub, std::move(events));
  dial->start(parse_endpoint(endpoint));
  return std::make_unique<DialSocketOverZmq>(std::move(dial));
}

}  // namespace titip
