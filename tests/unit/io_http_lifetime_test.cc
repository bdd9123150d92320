#include <future>

#include "io/refusal_error.hh"
#include "tests/unit/http_fixture.hh"

namespace titip {
namespace {

TEST(HttpServer, SlowHeadIsCutOffByItsTimeLimit) {
  HttpLimits bounds;
  bounds.head = std::chrono::milliseconds(50);
  RunningServer server(on_loopback(echo, bounds));
  RawClient<tcp> client(server.endpoint());
  client.send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_TRUE(client.closed_by_server());
  RawClient<tcp> silent(server.endpoint());
  EXPECT_TRUE(silent.closed_by_server());
}

TEST(HttpServer, SlowBodyIsCutOffByItsTimeLimit) {
  HttpLimits bounds;
  bounds.transfer = std::chrono::milliseconds(50);
  RunningServer server(on_loopback(echo, bounds));
  RawClient<tcp> client(server.endpoint());
  client.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 10\r\n\r\n{");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(HttpServer, ConnectionsBeyondTheLimitWaitForAFreeOne) {
  HttpLimits bounds;
  bounds.connections = 2;
  RunningServer server(on_loopback(echo, bounds));
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  RawClient<tcp> first(server.endpoint());
  auto second = std::make_unique<RawClient<tcp>>(server.endpoint());
  EXPECT_TRUE(has_status(first.exchange(request), 200));
  EXPECT_TRUE(has_status(second->exchange(request), 200));
  RawClient<tcp> third(server.endpoint());
  third.send(request);
  EXPECT_TRUE(has_status(first.exchange(request), 200));
  EXPECT_FALSE(third.anything_there());
  second.reset();
  EXPECT_TRUE(has_status(third.receive(), 200));
}

TEST(HttpServer, ReplyMayComeLaterAndOutliveTheClient) {
  std::promise<HttpReply> asked;
  RunningServer server(on_loopback([&](HttpRequest, HttpReply reply) { asked.set_value(reply); }));
  {
    RawClient<tcp> client(server.endpoint());
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    auto reply = asked.get_future().get();
    asked = {};
    server.on_loop([reply = std::move(reply)] { reply({201, "application/json", "{}"}); });
    EXPECT_TRUE(has_status(client.receive(), 201));
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  auto reply = asked.get_future().get();
  server.on_loop([reply = std::move(reply)] { reply({}); });
}

TEST(HttpServer, DroppedReplyIsAnInternalError) {
  RunningServer server(on_loopback([](HttpRequest, HttpReply) {}));
  RawClient<tcp> client(server.endpoint());
  EXPECT_TRUE(has_status(client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 500));
  EXPECT_TRUE(has_status(client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 500));
}

TEST(HttpServer, ReplyAfterTheServerIsGoneDoesNothing) {
  std::promise<HttpReply> asked;
  HttpReply kept;
  {
    asio::io_context loop;
    auto server = HttpServer::listen(loop, "127.0.0.1:0", [&](HttpRequest, HttpReply reply) {
      kept = std::move(reply);
      loop.stop();
    });
    const auto text = server->address();
    const auto port = static_cast<std::uint16_t>(std::stoul(text.substr(text.rfind(':') + 1)));
    RawClient<tcp> client(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    loop.run();
    server.reset();
    kept({200, "text/plain", "too late"});
    EXPECT_TRUE(client.closed_by_server());
    kept = nullptr;
  }
}

TEST(HttpServer, AddressInUseIsARefusal) {
  asio::io_context loop;
  const auto first = HttpServer::listen(loop, "127.0.0.1:0", echo);
  try {
    (void)HttpServer::listen(loop, first->address(), echo);
    FAIL() << "two servers on one address";
  } catch (const RefusalError& error) {
    EXPECT_EQ(error.refusal().code, Code::address_in_use);
    EXPECT_EQ(error.refusal().details.at(0), first->address());
  }
}

TEST(HttpServer, OnlyLoopbackIsListenedOn) {
  asio::io_context loop;
  for (const auto* address : {"0.0.0.0:0", "[::]:0", "192.168.1.1:80", "127.0.0.1",
                              "127.0.0.1:99999", "127.0.0.1:http", "", ":0"}) {
    EXPECT_THROW((void)HttpServer::listen(loop, address, echo), RefusalError) << address;
  }
}

}  // namespace
}  // namespace titip
