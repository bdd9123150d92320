#include <cerrno>
#include <map>
#include <set>
#include <utility>

#include "core/check.hh"
#include "core/limits.hh"
#include "io/link_socket.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"
#include "io/zap_proof.hh"
#include "io/zmq_monitor.hh"
#include "io/zmq_watch.hh"

namespace titip {

namespace {

constexpr int frames_per_wake = 32;
constexpr int questions_per_wake = 16;
constexpr int zap_enforce_domain =
    93;  // ZMQ_ZAP_ENFORCE_DOMAIN, which zmq.h shows with its drafts only
constexpr int waiting_connections_max = 1024;  // every post of a district comes back with the power
constexpr long unbind_ms_max = 1'000;

// Only for devices that vanished: longer than a dialler's heartbeat, so it costs a living one no
// byte.
constexpr int probe_idle_s = 600;
constexpr int probe_interval_s = 60;
constexpr int probes = 5;
static_assert(probe_idle_s * 1'000 > limits::heartbeat_ms + limits::answer_ms_max);

constexpr int listen_reports = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED;

ZmqSocket open_router(const CurvePair& own) {
  ZmqSocket socket = open_link_socket(ZMQ_ROUTER, own);
  set_zmq_option(socket.get(), ZMQ_CURVE_SERVER, 1);
  set_zmq_bytes(socket.get(), ZMQ_ZAP_DOMAIN, ZapHandler::domain);
  set_zmq_option(socket.get(), zap_enforce_domain, 1);  // without it ZAP fails open
  set_zmq_option(socket.get(), ZMQ_ROUTER_MANDATORY, 1);
  set_zmq_option(socket.get(), ZMQ_ROUTER_HANDOVER, 0);
  set_zmq_option(socket.get(), ZMQ_HEARTBEAT_IVL,
                 0);  // every byte to a device is the device's to spend
  set_zmq_option(socket.get(), ZMQ_BACKLOG, waiting_connections_max);
  set_zmq_option(socket.get(), ZMQ_TCP_KEEPALIVE, 1);
  set_zmq_option(socket.get(), ZMQ_TCP_KEEPALIVE_IDLE, probe_idle_s);
  set_zmq_option(socket.get(), ZMQ_TCP_KEEPALIVE_INTVL, probe_interval_s);
  set_zmq_option(socket.get(), ZMQ_TCP_KEEPALIVE_CNT, probes);
  return socket;
}

// What a hub listens with. Kept alive by the handlers it waits for; closed by its ListenSocket.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(const CurvePair& own, ListenSocket::Events events)
      : public_key_(own.public_key),
        events_(std::move(events)),
        zap_([this](const CurveKey& key) { return events_.admit(key) == Admission::admitted; }),
        socket_(open_router(own)),
        monitor_(std::make_unique<ZmqMonitor>(socket_.get(), listen_reports)) {}

  void prove();
  void bind(const std::string& endpoint);
  void watch(boost::asio::io_context& loop);
  void close();
  bool send(const std::string& route, std::string_view frame);
  const std::string& endpoint() const { return endpoint_; }

 private:
  void unbind();
  bool answer_questions();
  bool read_frames();
  bool read_one_frame();
  void note_connection(int connection, const std::string& route);
  void read_reports();
  bool tell_who_left();
  void tell_left(const std::string& route);

  CurveKey public_key_;
  ListenSocket::Events events_;
  ZapHandler zap_;
  ZmqSocket socket_;
  std::unique_ptr<ZmqMonitor> monitor_;
  std::string endpoint_;
  std::shared_ptr<ZmqWatch> zap_watch_;
  std::shared_ptr<ZmqWatch> frames_watch_;
  std::shared_ptr<ZmqWatch> reports_watch_;
  ListenSocket::Peer peer_;            // of the frame being handled
  std::map<int, std::string> routes_;  // by descriptor, of the connections that have sent a frame
  std::set<int> ended_;  // descriptors of ended connections; frames of theirs may still wait
  bool closed_ = false;
};

// On a port of its own: until this has passed, nobody outside can reach the socket.
void Listener::prove() {
  bind("tcp://127.0.0.1:*");
  prove_strangers_are_kept_out(endpoint_, public_key_, make_curve_pair(), zap_);
  unbind();
}

void Listener::bind(const std::string& endpoint) {
  const bool ipv6 = endpoint.starts_with("tcp://[") || endpoint.starts_with("tcp://*");
  set_zmq_option(socket_.get(), ZMQ_IPV6, ipv6 ? 1 : 0);
  if (zmq_bind(socket_.get(), endpoint.c_str()) != 0) {
    const int error = zmq_errno();
    if (error == EADDRINUSE) throw RefusalError({Code::address_in_use, "listen", {endpoint}});
    throw OsError("zmq_bind", endpoint, error);
  }
  endpoint_ = zmq_last_endpoint(socket_.get());
}

// ZeroMQ frees a port when its own thread gets round to it; whoever listens next must find it free.
void Listener::unbind() {
  const std::string endpoint = std::exchange(endpoint_, {});
  if (endpoint.empty() || zmq_unbind(socket_.get(), endpoint.c_str()) != 0) return;
  zmq_pollitem_t item{monitor_->socket(), 0, ZMQ_POLLIN, 0};
  while (zmq_poll(&item, 1, unbind_ms_max) > 0) {
    while (const auto report = monitor_->next()) {
      if (report->kind == ZMQ_EVENT_CLOSED) return;
    }
  }
}

void Listener::watch(boost::asio::io_context& loop) {
  zap_watch_ = ZmqWatch::start(loop, zap_.socket(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    return self && self->answer_questions();
  });
  frames_watch_ = ZmqWatch::start(loop, socket_.get(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    return self && self->read_frames();
  });
  reports_watch_ = ZmqWatch::start(loop, monitor_->socket(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return false;
    self->read_reports();
    return self->read_frames();
  });
}

void Listener::close() {
  if (closed_) return;
  closed_ = true;
  for (const auto& watch : {zap_watch_, frames_watch_, reports_watch_}) {
    if (watch) watch->stop();
  }
  unbind();
  monitor_.reset();
  socket_.reset();
  zap_.close();
}

bool Listener::answer_questions() {
  for (int answered = 0; answered < questions_per_wake; ++answered) {
    if (!zap_.answer_one()) return false;
  }
  return true;
}

bool Listener::read_frames() {
  for (int taken = 0; taken < frames_per_wake; ++taken) {
    if (!read_one_frame()) return tell_who_left();
    if (closed_) return false;
  }
  return true;
}

// A peer's message is [route][payload]; any other shape is dropped. False: nothing waits.
bool Listener::read_one_frame() {
  ZmqMessage payload;
  if (!payload.receive(socket_.get())) return false;
  peer_.route = payload.bytes();
  int parts = 1;
  while (payload.more() && payload.receive(socket_.get())) ++parts;
  if (parts != 2 || payload.bytes().empty()) return true;
  if (!key_of_user_id(payload.property("User-Id"), peer_.key)) return true;
  note_connection(payload.connection(), peer_.route);
  if (!closed_) events_.frame(peer_, payload.bytes());
  return true;
}

// A descriptor that now brings another route was closed and opened again in between.
void Listener::note_connection(int connection, const std::string& route) {
  std::string& known = routes_[connection];
  if (known == route) return;
  const std::string gone = std::exchange(known, route);
  if (!gone.empty()) tell_left(gone);
}

void Listener::read_reports() {
  while (const auto report = monitor_->next()) {
    const int connection = static_cast<int>(report->value);
    if (report->kind == ZMQ_EVENT_DISCONNECTED) ended_.insert(connection);
    // Its old route is told by note_connection, or when it ends again: routes_ cannot say which one
    // it holds.
    if (report->kind == ZMQ_EVENT_ACCEPTED) ended_.erase(connection);
  }
}

// Runs when no frame waits, so that a peer's last frame comes before the news that it left. True:
// more news.
bool Listener::tell_who_left() {
  const std::set<int> drained = ended_;
  if (drained.empty()) return false;
  read_reports();  // takes out of ended_ what was accepted again while frames were handled
  for (const int connection : drained) {
    const auto known = routes_.find(connection);
    if (ended_.erase(connection) == 0 || known == routes_.end()) continue;
    const std::string route = std::move(known->second);
    routes_.erase(known);
    tell_left(route);
    if (closed_) return false;
  }
  return !ended_.empty();
}

void Listener::tell_left(const std::string& route) {
  if (events_.left) events_.left(route);
}

bool Listener::send(const std::string& route, std::string_view frame) {
  check(!frame.empty() && frame.size() <= limits::frame_bytes_max,
        "a frame within the link's bounds");
  zmq_events(socket_.get());  // or ZeroMQ may not have noticed yet that the queue has room again
  const bool sent =
      send_zmq_part(socket_.get(), route, ZMQ_SNDMORE) && send_zmq_part(socket_.get(), frame, 0);
  frames_watch_->look();
  return sent;
}

class ListenSocketOverZmq final : public ListenSocket {
 public:
  explicit ListenSocketOverZmq(std::shared_ptr<Listener> listener)
      : listener_(std::move(listener)) {}
  ListenSocketOverZmq(const ListenSocketOverZmq&) = delete;
  ListenSocketOverZmq& operator=(const ListenSocketOverZmq&) = delete;
  ~ListenSocketOverZmq() override { listener_->close(); }

  bool send(const std::string& route, std::string_view frame) override {
    return listener_->send(route, frame);
  }
  std::string endpoint() const override { return listener_->endpoint(); }

 private:
  std::shared_ptr<Listener> listener_;
};

}  // namespace

std::unique_ptr<ListenSocket> ListenSocket::listen(boost::asio::io_context& loop,
                                                   const std::string& endpoint,
                                                   const CurvePair& own, Events events) {
  check(events.admit && events.frame, "a listening hub decides and hears");
  auto listener = std::make_shared<Listener>(own, std::move(events));
  auto socket =
      std::make_unique<ListenSocketOverZmq>(listener);  // closes it if what follows throws
  listener->prove();
  listener->bind(endpoint);
  listener->watch(loop);
  return socket;
}

}  // namespace titip
