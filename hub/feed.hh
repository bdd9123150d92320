#pragma once

// The hub's two feeds as lines, one JSON object each: its journal's events, and the latest state of
// each record that changed. For `events` and `changes`, over HTTP and on the command line.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/link_messages.hh"
#include "io/command_context.hh"
#include "io/http_follow.hh"
#include "io/store.hh"

namespace titip {

// What follows `after` (an offset, or a position of the feed of changes): at most `lines`, and no
// further one once there are `bytes`. No snapshot is held when it returns.
FollowedPart feed_after(Store& store, StreamKind feed, std::uint64_t after, std::uint64_t lines,
                        std::size_t bytes);

struct FeedWish {
  StreamKind feed = StreamKind::hub_journal;
  std::uint64_t after = 0;
  std::optional<std::uint64_t> limit;  // of lines
  bool follow =
      false;  // go on with each line as soon as it is durable; only a running hub can tell
};
int hub_feed(const CommandContext& command, const FeedWish& wish);

}  // namespace titip
