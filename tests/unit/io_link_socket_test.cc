#include <algorithm>
#include <boost/asio/ip/tcp.hpp>

#include "core/limits.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"
#include "tests/unit/link_fixture.hh"

namespace titip::test {

namespace {

TEST_F(LinkSocket, FramesGoBothWaysAndAreCounted) {
  Hub hub(loop);
  Caller caller(loop, hub);
  caller.greeting = "halo";
  ASSERT_TRUE(run_until(loop, [&] { return !caller.frames.empty(); }));
  EXPECT_EQ(caller.frames.front(), "halo");
  EXPECT_EQ(hub.heard.front().frame, "halo");
  EXPECT_EQ(caller.socket->bytes_sent(), 4u);
  EXPECT_EQ(caller.socket->bytes_received(), 4u);
}

TEST_F(LinkSocket, AFrameSentFromTheConnectedEventArrives) {
  for (int round = 0; round < 20; ++round) {
    Hub hub(loop);
    Caller caller(loop, hub);
    caller.greeting = "at once";
    ASSERT_TRUE(run_until(loop, [&] { return !caller.frames.empty(); }));
  }
}

TEST_F(LinkSocket, TheHubSeesTheKeyThatTheHandshakeProved) {
  Hub hub(loop);
  Caller first(loop, hub);
  Caller second(loop, hub);
  first.greeting = "first";
  second.greeting = "second";
  ASSERT_TRUE(run_until(loop, [&] { return hub.heard.size() == 2; }));
  for (const auto& heard : hub.heard) {
    EXPECT_EQ(heard.peer.key,
              heard.frame == "first" ? first.keys.public_key : second.keys.public_key);
  }
  EXPECT_NE(hub.heard[0].peer.route, hub.heard[1].peer.route);
}

TEST_F(LinkSocket, AFrameOfTheLargestSizeArrivesBothWays) {
  Hub hub(loop);
  Caller caller(loop, hub);
  caller.greeting = std::string(limits::frame_bytes_max, 'x');
  ASSERT_TRUE(run_until(loop, [&] { return !caller.frames.empty() || caller.ended; }));
  ASSERT_FALSE(caller.ended);
  EXPECT_EQ(caller.frames.front().size(), limits::frame_bytes_max);
}

TEST_F(LinkSocket, ManyFramesArriveInOrder) {
  Hub hub(loop);
  hub.echo = false;
  Caller caller(loop, hub);
  ASSERT_TRUE(run_until(loop, [&] { return caller.connected; }));
  int sent = 0;
  ASSERT_TRUE(run_until(loop, [&] {
    while (sent < 500 && caller.socket->send(std::to_string(sent))) ++sent;
    return hub.heard.size() == 500;
  }));
  for (int i = 0; i < 500; ++i)
    EXPECT_EQ(hub.heard[static_cast<std::size_t>(i)].frame, std::to_string(i));
}

TEST_F(LinkSocket, AFullQueueRefusesInsteadOfDropping) {
  Hub hub(loop);
  Caller caller(loop, hub);
  ASSERT_TRUE(run_until(loop, [&] { return caller.connected; }));
  const std::string frame(limits::frame_bytes_max, 'x');
  std::size_t sent = 0;
  while (caller.socket->send(frame))
    ASSERT_LT(++sent, 1000u);  // the hub's loop does not run meanwhile
  hub.echo = false;
  EXPECT_TRUE(run_until(loop, [&] { return hub.heard.size() == sent; }));
}

TEST_F(LinkSocket, AStrangerIsToldItIsNotThisHubAndIsNotHeard) {
  Hub hub(loop);
  Caller stranger(loop, hub.socket->endpoint(), hub.keys.public_key);
  stranger.greeting = "let me in";
  ASSERT_TRUE(run_until(loop, [&] { return stranger.ended.has_value(); }));
  EXPECT_EQ(stranger.ended, LinkEnd::not_this_hub);
  EXPECT_FALSE(stranger.connected);
  EXPECT_FALSE(stranger.socket->send("anyway"));
  EXPECT_TRUE(hub.heard.empty());
}

TEST_F(LinkSocket, AHubOfAnotherKeyIsNotThisHub) {
  Hub hub(loop);
  Caller caller(loop, hub.socket->endpoint(), make_curve_pair().public_key);
  hub.enrolled.insert(caller.keys.public_key);
  ASSERT_TRUE(run_until(loop, [&] { return caller.ended.has_value(); }));
  EXPECT_EQ(caller.ended, LinkEnd::not_this_hub);
  EXPECT_FALSE(caller.connected);
}

TEST_F(LinkSocket, AClosedPortIsUnanswered) {
  boost::asio::ip::tcp::acceptor taken(loop, {boost::asio::ip::address_v4::loopback(), 0});
  const std::string port = std::to_string(taken.local_endpoint().port());
  taken.close();
  Caller caller(loop, "tcp://127.0.0.1:" + port, make_curve_pair().public_key);
  EXPECT_FALSE(caller.ended) << "an event from inside dial()";
  ASSERT_TRUE(run_until(loop, [&] { return caller.ended.has_value(); }));
  EXPECT_EQ(caller.ended, LinkEnd::unanswered);
}

TEST_F(LinkSocket, ANameThatDoesNotResolveIsUnanswered) {
  Caller caller(loop, "tcp://no-such-host.invalid:7400", make_curve_pair().public_key);
  ASSERT_TRUE(run_until(loop, [&] { return caller.ended.has_value(); }));
  EXPECT_EQ(caller.ended, LinkEnd::unanswered);
}

TEST_F(LinkSocket, ANameThatResolvesIsDialled) {
  Hub hub(loop);
  const std::string endpoint = hub.socket->endpoint();
  Caller caller(loop, "tcp://localhost" + endpoint.substr(endpoint.rfind(':')),
                hub.keys.public_key);
  hub.enrolled.insert(caller.keys.public_key);
  EXPECT_TRUE(run_until(loop, [&] { return caller.connected; }));
}

TEST_F(LinkSocket, AHubThatGoesAwayIsLostOnce) {
  auto hub = std::make_unique<Hub>(loop);
  Caller caller(loop, *hub);
  caller.greeting = "halo";
  ASSERT_TRUE(run_until(loop, [&] { return !caller.frames.empty(); }));
  hub.reset();
  ASSERT_TRUE(run_until(loop, [&] { return caller.ended.has_value(); }));
  EXPECT_EQ(caller.ended, LinkEnd::lost);
  EXPECT_FALSE(caller.socket->send("still there?"));
  EXPECT_EQ(caller.socket->bytes_sent(), 4u);
  loop.poll();
  EXPECT_EQ(caller.ends, 1);
}

TEST_F(LinkSocket, ARouteWhoseCallerLeftTakesNoFrameAndIsToldOnce) {
  Hub hub(loop);
  auto caller = std::make_unique<Caller>(loop, hub);
  caller->greeting = "halo";
  ASSERT_TRUE(run_until(loop, [&] { return !caller->frames.empty(); }));
  const std::string route = hub.heard.front().peer.route;
  caller.reset();
  ASSERT_TRUE(run_until(loop, [&] { return !hub.left.empty(); }));
  EXPECT_EQ(hub.left, std::vector<std::string>{route});
  EXPECT_TRUE(run_until(loop, [&] { return !hub.socket->send(route, "gone"); }));
  EXPECT_FALSE(hub.socket->send("never was", "x"));
}

TEST_F(LinkSocket, EveryCallerThatSpokeAndLeftIsTold) {
  Hub hub(loop);
  for (std::size_t round = 1; round <= 30;
       ++round) {  // descriptors are used again from round to round
    auto caller = std::make_unique<Caller>(loop, hub);
    caller->greeting = "halo";
    ASSERT_TRUE(run_until(loop, [&] { return !caller->frames.empty(); }));
  }
  EXPECT_TRUE(run_until(loop, [&] { return hub.left.size() == 30; }));
}

TEST_F(LinkSocket, AnIdleLinkLeavesTheLoopAsleep) {
  Hub hub(loop);
  Caller caller(loop, hub);
  caller.greeting = "halo";
  ASSERT_TRUE(run_until(loop, [&] { return !caller.frames.empty(); }));
  EXPECT_LT(wakes_within(loop, std::chrono::milliseconds(300)), 50u);
}

TEST_F(LinkSocket, AHundredCallersAtOnceAreAllServed) {
  Hub hub(loop);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 100; ++i) {
    callers.push_back(std::make_unique<Caller>(loop, hub));
    callers.back()->greeting = std::to_string(i);
  }
  EXPECT_TRUE(run_until(loop, [&] {
    return std::ranges::all_of(callers,
                               [](const auto& caller) { return caller->frames.size() == 1; });
  }));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(callers[static_cast<std::size_t>(i)]->frames.front(), std::to_string(i));
  }
}

TEST_F(LinkSocket, AnAddressInUseIsRefusedAndThePortIsFreeAfterwards) {
  std::string endpoint;
  {
    Hub hub(loop);
    endpoint = hub.socket->endpoint();
    EXPECT_TRUE(endpoint.starts_with("tcp://127.0.0.1:")) << endpoint;
  }
  {
    Hub again(loop, endpoint);
    EXPECT_EQ(again.socket->endpoint(), endpoint);
  }
  boost::asio::ip::tcp::acceptor taken(loop, {boost::asio::ip::address_v4::loopback(), 0});
  try {
    Hub hub(loop, "tcp://127.0.0.1:" + std::to_string(taken.local_endpoint().port()));
    ADD_FAILURE() << "listened at a taken address";
  } catch (const RefusalError& error) {
    EXPECT_EQ(error.refusal().code, Code::address_in_use);
  }
}

TEST_F(LinkSocket, AnEndpointThatIsNotTcpHostPortIsAnError) {
  for (const char* bad : {"", "tcp://", "tcp://host", "tcp://host:", "tcp://host:0",
                          "tcp://host:65536", "tcp://:7400", "ipc:///tmp/x:1", "tcp://host:74a"}) {
    EXPECT_THROW(Caller(loop, bad, CurveKey{}), OsError) << bad;
  }
  EXPECT_THROW(Hub(loop, "tcp://127.0.0.1"), OsError);
}

TEST_F(LinkSocket, AHubThatWouldAdmitAnyoneDoesNotListen) {
  ListenSocket::Events events;
  events.admit = [](const CurveKey&) { return Admission::admitted; };
  events.frame = [](const ListenSocket::Peer&, std::string_view) {};
  EXPECT_THROW(ListenSocket::listen(loop, any_port, make_curve_pair(), events), OsError);
}

}  // namespace

}  // namespace titip::test
