#include <atomic>
#include <deque>
#include <future>

#include "io/http_follow.hh"
#include "tests/unit/http_fixture.hh"

namespace titip {
namespace {

constexpr const char* get = "GET /v1/updates HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr auto patience = std::chrono::seconds(20);

// Tells when what holds it is released.
class Watched {
 public:
  std::shared_ptr<void> hold() {
    return {static_cast<void*>(this), [this](void*) { released_.set_value(); }};
  }
  bool released() { return future_.wait_for(patience) == std::future_status::ready; }

 private:
  std::promise<void> released_;
  std::future<void> future_ = released_.get_future();
};

// A stream that never has anything to say.
HttpHandler silent(Watched& watched) {
  return [&watched](HttpRequest, const HttpReply& reply) {
    const auto waiting = std::make_shared<HttpMore>();
    reply(streamed([held = watched.hold(), waiting](HttpMore more) { *waiting = std::move(more); },
                   "begun\n"));
  };
}

TEST(HttpStream, PartsArriveInOrderAndTheEndIsMarked) {
  RunningServer server(on_loopback(in_parts({"one\n", "two\n", std::nullopt}, "zero\n")));
  RawClient<tcp> client(server.endpoint());
  client.send(get);
  const auto head = client.receive_head();
  EXPECT_TRUE(has_status(head, 200));
  EXPECT_TRUE(holds(head, "Transfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(holds(head, "Connection: close\r\n"));
  EXPECT_TRUE(holds(head, "Content-Type: text/event-stream\r\n"));
  EXPECT_TRUE(holds(head, "Cache-Control: no-store\r\n"));
  EXPECT_EQ(client.receive_all(), "5\r\nzero\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n");
}

TEST(HttpStream, PartIsThereAsSoonAsItIsGiven) {
  RunningServer server(on_loopback(in_parts({"one\n"})));
  RawClient<tcp> client(server.endpoint());
  client.send(get);
  EXPECT_TRUE(holds(client.receive_until("one\n"), "4\r\none\n"));
}

TEST(HttpStream, EmptyPartIsNoEnd) {
  RunningServer server(on_loopback(in_parts({"", "one\n", "", "two\n", std::nullopt})));
  RawClient<tcp> client(server.endpoint());
  client.send(get);
  (void)client.receive_head();
  EXPECT_EQ(client.receive_all(), "4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n");
}

TEST(HttpStream, OldClientGetsABodyThatTheConnectionEnds) {
  RunningServer server(on_loopback(in_parts({"one\n", std::nullopt}, "zero\n")));
  RawClient<tcp> client(server.endpoint());
  client.send("GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  const auto head = client.receive_head();
  EXPECT_FALSE(holds(head, "chunked"));
  EXPECT_FALSE(holds(head, "Content-Length"));
  EXPECT_FALSE(holds(head, "keep-alive"));
  EXPECT_EQ(client.receive_all(), "zero\none\n");
}

TEST(HttpStream, HeadIsAnsweredWithoutABody) {
  Watched watched;
  RunningServer server(on_loopback(silent(watched)));
  RawClient<tcp> client(server.endpoint());
  client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(has_status(client.receive_head(), 200));
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(watched.released());
}

TEST(HttpStream, SlowReaderHoldsUpOnlyItsOwnStream) {
  constexpr int parts_max = 1000;
  std::atomic<int> given_to_slow = 0;
  const auto handler = [&](const HttpRequest& request, const HttpReply& reply) {
    if (request.path == "/slow") {
      return reply(streamed([&](const HttpMore& more) {
        ++given_to_slow;
        more(std::string(limits::mib, 'x'));
      }));
    }
    const auto given = std::make_shared<int>(0);
    reply(streamed([given](const HttpMore& more) {
      more(++*given > parts_max ? std::nullopt : std::optional(std::to_string(*given) + "\n"));
    }));
  };
  RunningServer server(on_loopback(handler));
  RawClient<tcp> slow(server.endpoint());
  slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(holds(slow.receive_until("xxx"), "100000\r\nxxx"));
  RawClient<tcp> quick(server.endpoint());
  quick.send(get);
  EXPECT_TRUE(holds(quick.receive_all(), "\r\n1000\n\r\n0\r\n\r\n"));
  // What the sockets' buffers take, and not a part for each of the other's.
  EXPECT_LT(given_to_slow, 100);
}

TEST(HttpStream, ReaderThatTakesNothingIsCutOffByTheTimeLimitOfAPart) {
  Watched watched;
  HttpLimits bounds;
  bounds.transfer = std::chrono::milliseconds(50);
  const auto endless = [&](HttpRequest, const HttpReply& reply) {
    reply(streamed(
        [held = watched.hold()](const HttpMore& more) { more(std::string(limits::mib, 'x')); }));
  };
  RunningServer server(on_loopback(endless, bounds));
  RawClient<tcp> client(server.endpoint());
  client.send(get);
  EXPECT_TRUE(watched.released());
}

TEST(HttpStream, WaitingForThePartHasNoTimeLimit) {
  HttpLimits bounds;
  bounds.transfer = std::chrono::milliseconds(20);
  std::unique_ptr<HttpFollowers> followers;
  RunningServer server([&](asio::io_context& loop) {
    followers = std::make_unique<HttpFollowers>(loop, "alive\n", std::chrono::milliseconds(100));
    return HttpServer::listen(
        loop, "127.0.0.1:0",
        [&](HttpRequest, const HttpReply& reply) {
          reply(streamed(followers->follow(0, [](std::uint64_t) { return FollowedPart{}; })));
        },
        bounds);
  });
  RawClient<tcp> client(server.endpoint());
  client.send(get);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(holds(client.receive_until("alive\n"), "alive\n"));
}

TEST(HttpStream, ClientThatHasGoneReleasesThePull) {
  Watched watched;
  RunningServer server(on_loopback(silent(watched)));
  {
    RawClient<tcp> client(server.endpoint());
    client.send(get);
    EXPECT_TRUE(holds(client.receive_until("begun\n"), "begun"));
  }
  EXPECT_TRUE(watched.released());
}

TEST(HttpStream, ClientThatGoesOnTalkingIsNotHeardAndKeepsItsStream) {
  RunningServer server(on_loopback(in_parts({"one\n", std::nullopt}, "zero\n")));
  RawClient<tcp> client(server.endpoint());
  client.send(std::string(get) + get + std::string(100'000, 'x'));
  EXPECT_TRUE(holds(client.receive_all(), "4\r\none\n\r\n0\r\n\r\n"));
}

TEST(HttpStream, DroppedPartBreaksTheStreamOffWithoutAnEnd) {
  Watched watched;
  const auto handler = [&](HttpRequest, const HttpReply& reply) {
    reply(streamed([held = watched.hold()](const HttpMore&) {}, "begun\n"));
  };
  RunningServer server(on_loopback(handler));
  RawClient<tcp> client(server.endpoint());
  client.send(get);
  const auto all = client.receive_all();
  EXPECT_TRUE(all.ends_with("6\r\nbegun\n\r\n")) << all;
  EXPECT_TRUE(watched.released());
}

TEST(HttpStream, PartAfterTheServerIsGoneDoesNothing) {
  Watched watched;
  asio::io_context loop;
  HttpMore kept;
  auto server = HttpServer::listen(loop, "127.0.0.1:0", [&](HttpRequest, const HttpReply& reply) {
    reply(streamed([&, held = watched.hold()](HttpMore more) {
      kept = std::move(more);
      loop.stop();
    }));
  });
  const auto text = server->address();
  const auto port = static_cast<std::uint16_t>(std::stoul(text.substr(text.rfind(':') + 1)));
  RawClient<tcp> client(tcp::endpoint(asio::ip::address_v4::loopback(), port));
  client.send(get);
  loop.run();
  server.reset();
  EXPECT_TRUE(watched.released());  // although the loop runs no more
  kept("too late\n");
  kept = nullptr;
  EXPECT_FALSE(holds(client.receive_all(), "too late"));
  loop.restart();
  loop.run();
}

TEST(HttpStream, StreamBeyondTheLimitIsBusyAndAPlaceThatIsFreeAgainIsTaken) {
  HttpLimits bounds;
  bounds.streams = 1;
  std::deque<Watched> watched(2);
  std::size_t begun = 0;
  const auto handler = [&](const HttpRequest& request, const HttpReply& reply) {
    if (request.path == "/plain") return reply({200, "text/plain", "plain"});
    const auto waiting = std::make_shared<HttpMore>();
    auto held = begun < watched.size() ? watched[begun].hold() : nullptr;
    ++begun;
    reply(streamed([held, waiting](HttpMore more) { *waiting = std::move(more); }, "begun\n"));
  };
  RunningServer server(on_loopback(handler, bounds));
  RawClient<tcp> second(server.endpoint());
  {
    RawClient<tcp> first(server.endpoint());
    first.send(get);
    EXPECT_TRUE(holds(first.receive_until("begun\n"), "begun"));
    const auto refused = second.exchange(get);
    EXPECT_TRUE(has_status(refused, 503));
    EXPECT_TRUE(holds(refused, R"("code":"busy")"));
    EXPECT_TRUE(watched[1].released());
    RawClient<tcp> head(server.endpoint());
    head.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(has_status(head.receive_head(), 200));
    EXPECT_EQ(head.receive_all(), "");  // and its connection is no stream any more
    // Other requests are answered, on the same connection too.
    EXPECT_TRUE(holds(second.exchange("GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n"), "plain"));
  }
  EXPECT_TRUE(watched[0].released());
  second.send(get);
  EXPECT_TRUE(holds(second.receive_until("begun\n"), "begun"));
}

TEST(HttpStream, ForeignPageCannotFollow) {
  Watched watched;
  RunningServer server(on_loopback(silent(watched)));
  RawClient<tcp> client(server.endpoint());
  EXPECT_TRUE(has_status(client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n"
                                         "Origin: https://evil.example\r\n"
                                         "Accept: text/event-stream\r\n\r\n"),
                         403));
}

TEST(HttpStream, LastEventIdIsHandedOn) {
  RunningServer server(on_loopback([](const HttpRequest& request, const HttpReply& reply) {
    reply({200, "text/plain", "after " + request.last_event_id + "."});
  }));
  RawClient<tcp> client(server.endpoint());
  EXPECT_TRUE(holds(client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n"
                                    "Last-Event-ID: 0123abcd-7\r\n\r\n"),
                    "after 0123abcd-7."));
  EXPECT_TRUE(holds(client.exchange(get), "after ."));
}

}  // namespace
}  // namespace titip
