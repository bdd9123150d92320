#pragma once

// What a district keeps of a hub, as lines: a part at a time, so that no snapshot is held long.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/link_messages.hh"
#include "district/district_node.hh"
#include "io/http_follow.hh"

namespace titip {

// "events" or "changes".
std::optional<StreamKind> feed_named(std::string_view word);
std::string_view feed_word(StreamKind feed);

// What follows `after`, one JSON object a line. All events of one offset are in one part.
FollowedPart feed_after(DistrictNode& node, const JoinedHub& hub, StreamKind feed,
                        std::uint64_t after, std::uint64_t lines_max, std::size_t bytes_max);

}  // namespace titip
