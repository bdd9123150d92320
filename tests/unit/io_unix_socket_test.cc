#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "io/http_listen.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"
#include "tests/unit/http_fixture.hh"

namespace titip {
namespace {

class UnixSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "titip-http-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path socket() const { return directory_ / "titip.sock"; }
  RunningServer::Make on_socket(HttpHandler handler = echo) const {
    return [=, path = socket()](asio::io_context& loop) {
      return HttpServer::listen_unix(loop, path, handler);
    };
  }
  std::filesystem::path directory_;
};

TEST_F(UnixSocketTest, OnlyTheOwnerMayOpenIt) {
  const auto old_mask = ::umask(0);
  RunningServer server(on_socket());
  ::umask(old_mask);
  struct stat status {};
  ASSERT_EQ(::stat(socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(UnixSocketTest, LocalClientExchangesOverOneConnection) {
  RunningServer server(on_socket());
  const auto client = LocalClient::connect(socket());
  ASSERT_NE(client, nullptr);
  const auto first = client->exchange("POST", "/v1/import", "application/octet-stream", "abc");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "POST /v1/import q=none application/octet-stream 3 local");
  EXPECT_EQ(first.content_type, "text/plain");
  EXPECT_EQ(client->exchange("GET", "/x?q=1", "", "").body, "GET /x q=1  0 local");
  EXPECT_EQ(client->exchange("HEAD", "/x", "", "").body, "");
  EXPECT_EQ(client->exchange("GET", "/y", "", "").body, "GET /y q=none  0 local");
}

TEST_F(UnixSocketTest, LocalClientReadsTheRefusalOfABodyThatWasNotTaken) {
  RunningServer server(on_socket());
  const auto client = LocalClient::connect(socket());
  const std::string body(limits::http_body_bytes_max + limits::mib, 'x');
  EXPECT_EQ(client->exchange("POST", "/", "application/json", body).status, 413);
  EXPECT_EQ(client->exchange("GET", "/", "", "").status, 200);
}

TEST_F(UnixSocketTest, LocalClientFindsADaemonThatWasRestarted) {
  auto server = std::make_unique<RunningServer>(on_socket());
  const auto client = LocalClient::connect(socket());
  EXPECT_EQ(client->exchange("GET", "/", "", "").status, 200);
  server.reset();
  EXPECT_THROW((void)client->exchange("GET", "/", "", ""), OsError);
  server = std::make_unique<RunningServer>(on_socket());
  EXPECT_EQ(client->exchange("GET", "/", "", "").status, 200);
}

TEST_F(UnixSocketTest, DaemonThatDiesWithinAnExchangeIsAnOsError) {
  auto listening = listen_unix_socket(socket());
  std::thread dying([&] {
    pollfd ready{listening.get(), POLLIN, 0};
    ::poll(&ready, 1, 20'000);
    const SocketHandle connection(::accept(listening.get(), nullptr, nullptr));
    char byte = 0;
    (void)::recv(connection.get(), &byte, 1, 0);
  });
  const auto client = LocalClient::connect(socket());
  EXPECT_THROW((void)client->exchange("GET", "/", "", ""), OsError);
  dying.join();
}

TEST_F(UnixSocketTest, NobodyListeningIsNoClient) {
  EXPECT_EQ(LocalClient::connect(socket()), nullptr);
  EXPECT_EQ(LocalClient::connect(directory_ / "nowhere" / "titip.sock"), nullptr);
  { RunningServer server(on_socket()); }
  EXPECT_EQ(LocalClient::connect(socket()), nullptr);
}

TEST_F(UnixSocketTest, StaleSocketIsReplacedAndALiveOneIsNot) {
  { RunningServer server(on_socket()); }
  ASSERT_TRUE(std::filesystem::is_socket(socket()));
  RunningServer server(on_socket());
  EXPECT_EQ(LocalClient::connect(socket())->exchange("GET", "/", "", "").status, 200);
  asio::io_context loop;
  EXPECT_THROW((void)HttpServer::listen_unix(loop, socket(), echo), RefusalError);
  EXPECT_EQ(LocalClient::connect(socket())->exchange("GET", "/", "", "").status, 200);
}

TEST_F(UnixSocketTest, OtherFilesAreNeverReplaced) {
  std::ofstream(socket()) << "precious";
  asio::io_context loop;
  EXPECT_THROW((void)HttpServer::listen_unix(loop, socket(), echo), RefusalError);
  EXPECT_EQ(std::filesystem::file_size(socket()), 8U);
}

TEST_F(UnixSocketTest, DirectoryOf200CharactersWorks) {
  directory_ /= std::string(200, 'd');
  std::filesystem::create_directory(directory_);
  {
    RunningServer server(on_socket());
    EXPECT_TRUE(std::filesystem::is_socket(socket()));
    EXPECT_EQ(LocalClient::connect(socket())->exchange("GET", "/", "", "").status, 200);
  }
  RunningServer again(on_socket());
  EXPECT_EQ(LocalClient::connect(socket())->exchange("GET", "/", "", "").status, 200);
  directory_ = directory_.parent_path();
}

TEST_F(UnixSocketTest, MissingDirectoryNamesTheCall) {
  asio::io_context loop;
  try {
    (void)HttpServer::listen_unix(loop, directory_ / "nowhere" / "titip.sock", echo);
    FAIL() << "listening in no directory";
  } catch (const OsError& error) {
    EXPECT_EQ(error.call(), "bind");
    EXPECT_EQ(error.error_number(), ENOENT);
  }
}

}  // namespace
}  // namespace titip
