#include "io/notify.hh"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

// A supervisor's socket, named in the environment as systemd does.
class NotifyTest : public testing::Test {
 protected:
  NotifyTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    const auto path = (directory_.path() / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifyTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    ::close(socket_);
  }
  // What was told last; empty: nothing.
  std::string heard() const {
    std::array<char, 256> text{};
    const auto size = ::recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  TempDir directory_;
  int socket_ = -1;
};

TEST_F(NotifyTest, TheSupervisorIsToldInItsOwnWords) {
  notify_ready();
  EXPECT_EQ(heard(), "READY=1");
  notify_alive();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  notify_stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
}

TEST_F(NotifyTest, NobodyIsToldWithoutASupervisor) {
  ::unsetenv("NOTIFY_SOCKET");
  notify_ready();
  EXPECT_EQ(heard(), "");
}

TEST_F(NotifyTest, TheWatchdogIsFedAtHalfOfWhatItAllowsIfItIsOurs) {
  EXPECT_EQ(watchdog_period(), std::nullopt);
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  EXPECT_EQ(watchdog_period(), std::chrono::microseconds(1'500'000));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_period(), std::chrono::microseconds(1'500'000));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(watchdog_period(), std::nullopt);
}

TEST(WriterProgress, GoesOnWhileNothingWaitsOrSomethingWasFinished) {
  WriterProgress progress;
  EXPECT_TRUE(progress.goes_on(0, 0));
  EXPECT_TRUE(progress.goes_on(5, 0)) << "it has waited for less than a period, perhaps";
  EXPECT_TRUE(progress.goes_on(5, 1));
  EXPECT_TRUE(progress.goes_on(0, 6));
  EXPECT_TRUE(progress.goes_on(2, 6));
}

TEST(WriterProgress, IsStuckWhenAWholePeriodFinishedNothing) {
  WriterProgress progress;
  EXPECT_TRUE(progress.goes_on(1, 10));
  EXPECT_FALSE(progress.goes_on(3, 10));
  EXPECT_FALSE(progress.goes_on(4, 10));
  EXPECT_TRUE(progress.goes_on(2, 12)) << "the disk has answered after all";
}

}  // namespace
}  // namespace titip
