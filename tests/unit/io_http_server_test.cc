#include "io/http_server.hh"

#include "tests/unit/http_fixture.hh"

namespace titip {
namespace {

class HttpServerTest : public testing::Test {
 protected:
  RunningServer server_{on_loopback(echo)};
  RawClient<tcp> client_{server_.endpoint()};

  std::string host_line() const { return "Host: " + server_.address() + "\r\n"; }
  std::string get(const std::string& target, const std::string& headers = {}) const {
    return "GET " + target + " HTTP/1.1\r\n" + host_line() + headers + "\r\n";
  }
  std::string post_head(std::size_t size, const std::string& type = "application/json") const {
    return "POST /v1/events HTTP/1.1\r\n" + host_line() + "Content-Type: " + type +
           "\r\nContent-Length: " + std::to_string(size) + "\r\n";
  }
};

TEST_F(HttpServerTest, GetIsAnsweredWithTheSafeHeaders) {
  const auto response = client_.exchange(get("/v1/status?q=a%20b+c"));
  EXPECT_TRUE(has_status(response, 200));
  EXPECT_TRUE(holds(response, "GET /v1/status q=a b c"));
  EXPECT_TRUE(holds(response, "Content-Type: text/plain\r\n"));
  EXPECT_TRUE(holds(response, "Cache-Control: no-store\r\n"));
  EXPECT_TRUE(holds(response, "X-Content-Type-Options: nosniff\r\n"));
}

TEST_F(HttpServerTest, ConnectionIsKept) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(has_status(client_.exchange(get("/again")), 200));
}

TEST_F(HttpServerTest, ConnectionCloseIsHonoured) {
  EXPECT_TRUE(has_status(client_.exchange(get("/", "Connection: close\r\n")), 200));
  EXPECT_TRUE(client_.closed_by_server());
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  client_.send(get("/first") + get("/second"));
  EXPECT_TRUE(holds(client_.receive(), "/first"));
  EXPECT_TRUE(holds(client_.receive(), "/second"));
}

TEST_F(HttpServerTest, HeadHasTheLengthOfGetAndNoBody) {
  const auto length = [](const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return head.substr(at, head.find('\r', at) - at);
  };
  const auto of_get = client_.exchange(get("/a"));
  client_.send("HEAD /a HTTP/1.1\r\n" + host_line() + "\r\n");
  const auto of_head = client_.receive_head();
  EXPECT_TRUE(has_status(of_head, 200));
  EXPECT_EQ(length(of_head), length(of_get));
  // Nothing but the next response follows.
  EXPECT_TRUE(has_status(client_.exchange(get("/b")), 200));
}

TEST_F(HttpServerTest, PostCarriesItsBody) {
  const auto response = client_.exchange(post_head(5) + "\r\n[1,2]");
  EXPECT_TRUE(holds(response, "POST /v1/events q=none application/json 5"));
}

TEST_F(HttpServerTest, ChunkedBodyIsPutTogether) {
  const auto response = client_.exchange(
      "POST / HTTP/1.1\r\n" + host_line() +
      "Content-Type: Application/X-NDJSON; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_TRUE(holds(response, "application/x-ndjson 5"));
}

TEST_F(HttpServerTest, ExpectContinueIsAnsweredBeforeTheBody) {
  EXPECT_EQ(client_.exchange(post_head(4) + "Expect: 100-continue\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(holds(client_.exchange("true"), "application/json 4"));
}

TEST_F(HttpServerTest, ForeignHostIsForbidden) {
  for (const auto* host : {"evil.example", "localhost.evil.example", "127.0.0.1.nip.io",
                           "localhost:80x", "127.0.0.1:", "localhost:123456", "", "0.0.0.0:7410"}) {
    RawClient<tcp> client(server_.endpoint());
    const auto response =
        client.exchange(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n");
    EXPECT_TRUE(has_status(response, 403)) << host;
    EXPECT_TRUE(holds(response, R"("code":"http_forbidden")")) << host;
    EXPECT_TRUE(holds(response, R"("message":")")) << host;
  }
}

TEST_F(HttpServerTest, LoopbackHostsAreAccepted) {
  for (const auto* host : {"127.0.0.1", "localhost", "[::1]", "LocalHost:7410", "[::1]:7410"}) {
    const auto response =
        client_.exchange(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n");
    EXPECT_TRUE(has_status(response, 200)) << host;
  }
}

TEST_F(HttpServerTest, MissingAndDoubleHostAreForbidden) {
  EXPECT_TRUE(has_status(client_.exchange("GET / HTTP/1.1\r\n\r\n"), 403));
  RawClient<tcp> other(server_.endpoint());
  EXPECT_TRUE(has_status(other.exchange(get("/", "Host: localhost\r\n")), 403));
}

TEST_F(HttpServerTest, ForeignOriginIsForbidden) {
  const auto own = server_.address();
  for (const auto& origin : {std::string("https://evil.example"), "https://" + own,
                             std::string("http://localhost:1"), std::string("null")}) {
    RawClient<tcp> client(server_.endpoint());
    EXPECT_TRUE(has_status(client.exchange(get("/", "Origin: " + origin + "\r\n")), 403)) << origin;
  }
  EXPECT_TRUE(has_status(client_.exchange(get("/", "Origin: http://" + own + "\r\n")), 200));
}

TEST_F(HttpServerTest, OtherContentTypesArePostedInVain) {
  for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                           "application/jsonx"}) {
    RawClient<tcp> client(server_.endpoint());
    const auto response = client.exchange(post_head(2, type) + "\r\n{}");
    EXPECT_TRUE(has_status(response, 415)) << type;
    EXPECT_TRUE(holds(response, "http_wrong_content_type"));
  }
}

TEST_F(HttpServerTest, PathsThatChangeWhenDecodedAreRefused) {
  for (const auto* path : {"/%2e%2e/keys.toml", "/a/%2e/b", "/../x", "/a%2fb", "/a%5cb", "/a%00",
                           "/%", "/%zz", "/%2", "/a?q=%f", "http://localhost/", "*"}) {
    RawClient<tcp> client(server_.endpoint());
    EXPECT_TRUE(has_status(client.exchange(get(path)), 400)) << path;
  }
  EXPECT_TRUE(holds(client_.exchange(get("/a%2eb/%C3%A9/")), "GET /a.b/é/ q"));
}

TEST_F(HttpServerTest, OtherMethodsAreNotAllowed) {
  const auto response = client_.exchange("DELETE /v1/events HTTP/1.1\r\n" + host_line() + "\r\n");
  EXPECT_TRUE(has_status(response, 405));
  EXPECT_TRUE(holds(response, "Allow: GET, HEAD, POST\r\n"));
}

TEST_F(HttpServerTest, BodyAtTheLimitIsTakenAndOneByteMoreIsNot) {
  const auto size = limits::http_body_bytes_max;
  client_.send(post_head(size) + "\r\n");
  EXPECT_TRUE(holds(client_.exchange(std::string(size, 'x')), std::to_string(size)));
  // The refusal arrives although the client goes on sending.
  client_.send(post_head(size + 1) + "\r\n");
  const auto response = client_.exchange(std::string(size + 1, 'x'));
  EXPECT_TRUE(has_status(response, 413));
  EXPECT_TRUE(holds(response, R"("code":"http_too_large")"));
}

TEST_F(HttpServerTest, ChunkedBodyBeyondTheLimitIsRefused) {
  client_.send("POST / HTTP/1.1\r\n" + host_line() +
               "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  for (int i = 0; i < 5; ++i) client_.send(chunk);
  EXPECT_TRUE(has_status(client_.receive(), 413));
}

TEST_F(HttpServerTest, LongHeadIsRefused) {
  const auto response = client_.exchange(
      get("/", "X-Long: " + std::string(limits::http_head_bytes_max, 'x') + "\r\n"));
  EXPECT_TRUE(has_status(response, 431));
  EXPECT_TRUE(client_.closed_by_server());
}

TEST_F(HttpServerTest, NonsenseIsABadRequest) {
  EXPECT_TRUE(has_status(client_.exchange("\x16\x03\x01 hello\r\n\r\n"), 400));
  EXPECT_TRUE(client_.closed_by_server());
}

TEST_F(HttpServerTest, LengthBesideChunkedIsRefused) {
  const auto response =
      client_.exchange(post_head(3) + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_TRUE(has_status(response, 400));
}

TEST_F(HttpServerTest, HalfARequestAndThenNothingIsJustClosed) {
  client_.send("POST / HTTP/1.1\r\nHost: loc");
  client_.half_close();
  EXPECT_TRUE(client_.closed_by_server());
}

TEST_F(HttpServerTest, RefusalSpeaksTheLanguageAskedFor) {
  const auto response = client_.exchange(
      "GET / HTTP/1.1\r\nHost: evil.example\r\nAccept-Language: id-ID,en;q=0.5\r\n\r\n");
  const auto expected = sentence(Refusal{Code::http_forbidden, "Host", {}}, Language::indonesian);
  EXPECT_TRUE(holds(response, expected));
}

}  // namespace
}  // namespace titip
