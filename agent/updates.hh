#pragma once

// Tells apps which records have changed at this agent, as server-sent events (GET /v1/updates).
// Each message has an id; an app that comes back with the last one it had is told what it missed,
// or, when that is no longer known, to read everything anew.

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.hh"
#include "core/recent_changes.hh"
#include "core/types.hh"
#include "io/http_follow.hh"
#include "io/http_server.hh"
#include "io/store.hh"

namespace titip {

class AgentUpdates {
 public:
  AgentUpdates(boost::asio::io_context& loop, Store& store,
               std::size_t kept = limits::updates_kept_max);

  // These records have changed, durably. From the loop's thread.
  void changed(const std::vector<RecordKey>& records);
  // What GET /v1/updates answers.
  HttpResponse stream(const HttpRequest& request);

 private:
  FollowedPart read(std::uint64_t position) const;
  std::string id_line(std::uint64_t number) const;
  std::string reset() const;
  std::optional<std::uint64_t> number_in(std::string_view id) const;

  Store& store_;
  std::string boot_;  // random: an id of an earlier run means nothing now
  RecentChanges changes_;
  HttpFollowers followers_;
};

}  // namespace titip
