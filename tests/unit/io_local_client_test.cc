#include "io/os_error.hh"
#include "tests/support/temp_dir.hh"
#include "tests/unit/http_fixture.hh"

namespace titip {
namespace {

class FollowingClientTest : public testing::Test {
 protected:
  TempDir directory_;
  std::filesystem::path socket() const { return directory_.path() / "titip.sock"; }
  RunningServer::Make on_socket(HttpHandler handler) const {
    return [=, path = socket()](asio::io_context& loop) {
      return HttpServer::listen_unix(loop, path, handler);
    };
  }
};

TEST_F(FollowingClientTest, LinesAreHandedOnHoweverTheyWereCutAndBlankOnesAreNot) {
  RunningServer server(on_socket(in_parts({"o", "ne\n\n\ntwo\nth", "ree\n", std::nullopt})));
  const auto client = LocalClient::connect(socket());
  std::vector<std::string> lines;
  const auto response = client->follow("/", [&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  });
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(FollowingClientTest, WhoHasEnoughIsNotKeptAndCanAskAgain) {
  RunningServer server(on_socket(in_parts({"one\ntwo\n"})));  // and then nothing, for ever
  const auto client = LocalClient::connect(socket());
  for (int i = 0; i < 2; ++i) {
    std::string last;
    (void)client->follow("/", [&](std::string_view line) {
      last = line;
      return line != "two";
    });
    EXPECT_EQ(last, "two");
  }
}

TEST_F(FollowingClientTest, RefusalIsReturnedAndAStreamThatBreaksOffIsAnError) {
  RunningServer server(on_socket([](const HttpRequest& request, const HttpReply& reply) {
    if (request.path == "/no")
      return reply(refusal_response({Code::not_found, {}, {}}, Language::english));
    reply(streamed([](const HttpMore&) {}, "begun\n"));
  }));
  const auto client = LocalClient::connect(socket());
  const auto never = [](std::string_view) { return false; };
  const auto refusal = refusal_in(client->follow("/no", never));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->code, Code::not_found);
  EXPECT_THROW((void)client->follow("/", [](std::string_view) { return true; }), OsError);
}

}  // namespace
}  // namespace titip
