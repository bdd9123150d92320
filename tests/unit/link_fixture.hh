#pragma once

// One loop with a hub and its callers, run until something is true or ten seconds have passed.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/link_socket.hh"

namespace titip::test {

inline constexpr const char* any_port = "tcp://127.0.0.1:*";

// True as soon as `holds` is; false after ten seconds.
template <typename Condition>
bool run_until(boost::asio::io_context& loop, Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(50));
  }
  return true;
}

// How many handlers ran in that time.
inline std::size_t wakes_within(boost::asio::io_context& loop, std::chrono::milliseconds time) {
  const auto enough = std::chrono::steady_clock::now() + time;
  std::size_t wakes = 0;
  loop.restart();
  while (std::chrono::steady_clock::now() < enough) wakes += loop.run_one_until(enough);
  return wakes;
}

// A hub that keeps what it hears and answers each frame with itself.
struct Hub {
  struct Heard {
    ListenSocket::Peer peer;
    std::string frame;
  };

  explicit Hub(boost::asio::io_context& loop, const std::string& endpoint = any_port) {
    ListenSocket::Events events;
    events.admit = [this](const CurveKey& key) {
      return enrolled.contains(key) ? Admission::admitted : Admission::refused;
    };
    events.frame = [this](const ListenSocket::Peer& peer, std::string_view frame) {
      heard.push_back({peer, std::string(frame)});
      if (echo) socket->send(peer.route, frame);
    };
    events.left = [this](const std::string& route) { left.push_back(route); };
    socket = ListenSocket::listen(loop, endpoint, keys, std::move(events));
  }

  CurvePair keys = make_curve_pair();
  std::set<CurveKey> enrolled;
  std::vector<Heard> heard;
  std::vector<std::string> left;
  bool echo = true;
  std::unique_ptr<ListenSocket> socket;
};

struct Caller {
  Caller(boost::asio::io_context& loop, const std::string& endpoint, const CurveKey& hub) {
    dial(loop, endpoint, hub);
  }
  Caller(boost::asio::io_context& loop, Hub& hub) {
    hub.enrolled.insert(keys.public_key);
    dial(loop, hub.socket->endpoint(), hub.keys.public_key);
  }

  void dial(boost::asio::io_context& loop, const std::string& endpoint, const CurveKey& hub) {
    DialSocket::Events events;
    events.connected = [this] {
      connected = true;
      if (!greeting.empty()) socket->send(greeting);
    };
    events.frame = [this](std::string_view frame) { frames.emplace_back(frame); };
    events.ended = [this](LinkEnd why) {
      ended = why;
      ++ends;
    };
    socket = DialSocket::dial(loop, endpoint, keys, hub, std::move(events));
  }

  CurvePair keys = make_curve_pair();
  std::string greeting;  // sent as soon as there is a link
  bool connected = false;
  std::vector<std::string> frames;
  std::optional<LinkEnd> ended;
  int ends = 0;
  std::unique_ptr<DialSocket> socket;
};

class LinkSocket : public testing::Test {
 protected:
  boost::asio::io_context loop;
};

}  // namespace titip::test
