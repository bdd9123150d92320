#pragma once

// Streams that go on as long as there may be something new: each follower reads on from its own
// position whenever the owner says that there is more, and gets a sign of life while there is not.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/limits.hh"
#include "io/http_server.hh"

namespace titip {

// The next part after a position, and the position after that part. Empty: there is nothing there
// yet. It is called from the loop's thread and holds no snapshot of the store when it returns.
struct FollowedPart {
  std::string text;
  std::uint64_t next = 0;
};
using ReadFollowed = std::function<FollowedPart(std::uint64_t position)>;

// All from the loop's thread. Destroy the HTTP server first: it holds what follow() returned.
class HttpFollowers {
 public:
  // `heartbeat` is what readers of the format skip: a blank line of NDJSON, a comment of SSE.
  HttpFollowers(
      boost::asio::io_context& loop, std::string heartbeat,
      std::chrono::milliseconds every = std::chrono::milliseconds(limits::http_heartbeat_ms))
      : loop_(loop), heartbeat_(std::move(heartbeat)), every_(every) {}

  // For one HttpResponse. Its position is where `read` got to, whatever the others do.
  HttpPull follow(std::uint64_t position, ReadFollowed read);
  void wake();                // there may be more to read, and it is durable
  std::size_t count() const;  // of those that still follow

 private:
  class Follower;

  boost::asio::io_context& loop_;
  std::string heartbeat_;
  std::chrono::milliseconds every_;
  std::vector<std::weak_ptr<Follower>> followers_;  // each belongs to its stream
};

}  // namespace titip
