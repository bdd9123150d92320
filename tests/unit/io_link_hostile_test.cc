// What others do to a link, and what a link's owner does to it in the middle of an event.

#include <zmq.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "core/limits.hh"
#include "tests/unit/link_fixture.hh"

namespace titip::test {

namespace {

using boost::asio::ip::tcp;

// A caller whose program is not ours: it sends whatever it likes.
class ForeignCaller {
 public:
  explicit ForeignCaller(Hub& hub, const std::string& name = {}) {
    const CurvePair keys = make_curve_pair();
    hub.enrolled.insert(keys.public_key);
    const int no_wait = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &no_wait, sizeof no_wait);
    zmq_setsockopt(socket_, ZMQ_CURVE_PUBLICKEY, keys.public_key.data(), keys.public_key.size());
    zmq_setsockopt(socket_, ZMQ_CURVE_SECRETKEY, keys.secret_key.data(), keys.secret_key.size());
    zmq_setsockopt(socket_, ZMQ_CURVE_SERVERKEY, hub.keys.public_key.data(),
                   hub.keys.public_key.size());
    if (!name.empty()) zmq_setsockopt(socket_, ZMQ_ROUTING_ID, name.data(), name.size());
    zmq_connect(socket_, hub.socket->endpoint().c_str());
  }
  ForeignCaller(const ForeignCaller&) = delete;
  ForeignCaller& operator=(const ForeignCaller&) = delete;
  ~ForeignCaller() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  void send(const std::vector<std::string>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      zmq_send(socket_, parts[i].data(), parts[i].size(), i + 1 < parts.size() ? ZMQ_SNDMORE : 0);
    }
  }

 private:
  void* context_ = zmq_ctx_new();
  void* socket_ = zmq_socket(context_, ZMQ_DEALER);
};

tcp::socket connect_plainly(boost::asio::io_context& loop, const Hub& hub) {
  const std::string endpoint = hub.socket->endpoint();
  tcp::socket plain(loop);
  plain.connect({boost::asio::ip::address_v4::loopback(),
                 static_cast<std::uint16_t>(std::stoul(endpoint.substr(endpoint.rfind(':') + 1)))});
  return plain;
}

TEST_F(LinkSocket, MessagesOfAnyOtherShapeAreDropped) {
  Hub hub(loop);
  hub.echo = false;
  ForeignCaller foreign(hub);
  foreign.send({"two", "parts"});
  foreign.send({""});
  foreign.send({"", "enveloped"});
  foreign.send({"a", "b", "c"});
  foreign.send({"good"});
  ASSERT_TRUE(run_until(loop, [&] { return !hub.heard.empty(); }));
  EXPECT_EQ(hub.heard.size(), 1u);
  EXPECT_EQ(hub.heard.front().frame, "good");
}

TEST_F(LinkSocket, ATooLargeFrameEndsItsSenderOnly) {
  Hub hub(loop);
  hub.echo = false;
  Caller honest(loop, hub);
  honest.greeting = "halo";
  ForeignCaller foreign(hub);
  foreign.send({"small"});
  ASSERT_TRUE(run_until(loop, [&] { return hub.heard.size() == 2; }));
  foreign.send({std::string(limits::frame_bytes_max + 1, 'x')});
  ASSERT_TRUE(run_until(loop, [&] { return !hub.left.empty(); }));
  EXPECT_TRUE(honest.socket->send("still here"));
  EXPECT_TRUE(run_until(loop, [&] { return hub.heard.size() == 3; }));
  EXPECT_EQ(hub.heard.back().frame, "still here");
}

TEST_F(LinkSocket, GarbageOnThePortDisturbsNobody) {
  Hub hub(loop);
  Caller caller(loop, hub);
  ASSERT_TRUE(run_until(loop, [&] { return caller.connected; }));
  std::vector<tcp::socket> garbage;
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\nHost: hub\r\n\r\n"), std::string(5000, '\xff'),
        std::string(70, '\0'),
        std::string("\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL", 16) + std::string(48, '\0'),
        std::string()}) {
    garbage.push_back(connect_plainly(loop, hub));
    boost::system::error_code refused;
    boost::asio::write(garbage.back(), boost::asio::buffer(bytes), refused);
  }
  EXPECT_TRUE(caller.socket->send("halo"));
  EXPECT_TRUE(run_until(loop, [&] { return !caller.frames.empty(); }));
  EXPECT_EQ(hub.heard.size(), 1u);
  EXPECT_FALSE(caller.ended);
}

TEST_F(LinkSocket, AServerThatSpeaksSomethingElseIsNotThisHub) {
  tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
  tcp::socket other(loop);
  acceptor.async_accept(other, [&](const boost::system::error_code&) {
    boost::system::error_code ignored;
    boost::asio::write(other, boost::asio::buffer(std::string("SSH-2.0-OpenSSH_9.2\r\n")), ignored);
    other.close();
  });
  Caller caller(loop, "tcp://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()),
                make_curve_pair().public_key);
  ASSERT_TRUE(run_until(loop, [&] { return caller.ended.has_value(); }));
  EXPECT_EQ(caller.ended, LinkEnd::not_this_hub);
}

TEST_F(LinkSocket, ADialToASilentServerWaitsWithoutSpinning) {
  tcp::acceptor silent(loop, {boost::asio::ip::address_v4::loopback(), 0});
  Caller caller(loop, "tcp://127.0.0.1:" + std::to_string(silent.local_endpoint().port()),
                make_curve_pair().public_key);
  tcp::socket accepted(loop);
  bool open = false;
  silent.async_accept(accepted, [&](const boost::system::error_code&) { open = true; });
  ASSERT_TRUE(run_until(loop, [&] { return open; }));
  EXPECT_LT(wakes_within(loop, std::chrono::milliseconds(300)), 50u);
  EXPECT_FALSE(caller.ended);
}

TEST_F(LinkSocket, ACallerMayDestroyItsSocketInAnyEvent) {
  Hub hub(loop);
  Caller caller(loop, hub);
  for (const std::string event : {"connected", "frame", "ended"}) {
    std::unique_ptr<DialSocket> socket;
    bool destroyed = false;
    const auto destroy_at = [&](const std::string& at) {
      if (at == event) destroyed = true, socket.reset();
      EXPECT_FALSE(destroyed && at != event) << at << " after destruction";
    };
    DialSocket::Events events;
    events.connected = [&] {
      destroy_at("connected");
      if (socket) socket->send("halo");
    };
    events.frame = [&](std::string_view) { destroy_at("frame"); };
    events.ended = [&](LinkEnd) { destroy_at("ended"); };
    const CurveKey key = event == "ended" ? make_curve_pair().public_key : hub.keys.public_key;
    socket = DialSocket::dial(loop, hub.socket->endpoint(), caller.keys, key, events);
    EXPECT_TRUE(run_until(loop, [&] { return destroyed; })) << event;
    loop.poll();
  }
}

TEST_F(LinkSocket, ACallerDestroyedBeforeTheLoopRunsIsSilent) {
  Hub hub(loop);
  Caller caller(loop, hub);
  Caller unresolved(loop, "tcp://no-such-host.invalid:7400", hub.keys.public_key);
  caller.socket.reset();
  unresolved.socket.reset();
  Caller other(loop, hub);
  ASSERT_TRUE(run_until(loop, [&] { return other.connected; }));
  EXPECT_FALSE(caller.connected || caller.ended || unresolved.ended);
}

TEST_F(LinkSocket, AHubMayDestroyItsSocketInAnyEvent) {
  for (const std::string event : {"admit", "frame", "left"}) {
    const CurvePair keys = make_curve_pair();
    std::unique_ptr<ListenSocket> socket;
    bool destroyed = false;
    const auto destroy_at = [&](const std::string& at) {
      if (at == event) destroyed = true, socket.reset();
    };
    ListenSocket::Events events;
    events.admit = [&](const CurveKey&) {
      if (!socket) return Admission::refused;  // the self-test's stranger
      destroy_at("admit");
      return Admission::admitted;
    };
    events.frame = [&](const ListenSocket::Peer&, std::string_view) { destroy_at("frame"); };
    events.left = [&](const std::string&) { destroy_at("left"); };
    socket = ListenSocket::listen(loop, any_port, keys, events);
    Caller caller(loop, socket->endpoint(), keys.public_key);
    caller.greeting = "halo";
    if (event == "left") {
      ASSERT_TRUE(run_until(loop, [&] { return caller.connected; }));
      caller.socket.reset();
    }
    EXPECT_TRUE(run_until(loop, [&] { return destroyed; })) << event;
    loop.poll();
  }
}

}  // namespace

}  // namespace titip::test
