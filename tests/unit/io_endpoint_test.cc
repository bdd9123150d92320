#include "io/endpoint.hh"

#include <gtest/gtest.h>

#include "io/url.hh"

namespace titip {
namespace {

TEST(Endpoint, ADialNeedsAHostAndAPort) {
  for (const auto* good :
       {"tcp://127.0.0.1:7400", "tcp://hub.example.org:1", "tcp://[::1]:65535"}) {
    EXPECT_TRUE(valid_dial_endpoint(good)) << good;
  }
  for (const auto* bad : {"hub.example.org:7400", "ab", "", "tcp://", "tcp://host", "tcp://host:",
                          "tcp://host:0", "tcp://host:65536", "tcp://host:74x", "tcp://:7400",
                          "tcp://ho\"st:1", "tcp://0.0.0.0:7400", "tcp://*:7400", "ipc://x:1"}) {
    EXPECT_FALSE(valid_dial_endpoint(bad)) << bad;
  }
}

TEST(Endpoint, AListenerMayTakeAnyAddressAndAnyPort) {
  for (const auto* good :
       {"tcp://0.0.0.0:7400", "tcp://*:*", "tcp://127.0.0.1:0", "tcp://[::]:7400"}) {
    EXPECT_TRUE(valid_listen_endpoint(good)) << good;
  }
  for (const auto* bad : {"tcp://0.0.0.0", "tcp://127.0.0.1:80000", "tcp://0.0.0.0:x", "7400"}) {
    EXPECT_FALSE(valid_listen_endpoint(bad)) << bad;
  }
}

TEST(UrlEncode, OnlyUnreservedCharactersStand) {
  EXPECT_EQ(url_encode("Posyandu Mawar & 1/2"), "Posyandu%20Mawar%20%26%201%2F2");
  EXPECT_EQ(url_encode("é~-._"), "%C3%A9~-._");
}

}  // namespace
}  // namespace titip
