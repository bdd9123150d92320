#include "district/feed_lines.hh"

#include "core/queries.hh"

namespace titip {

std::optional<StreamKind> feed_named(std::string_view word) {
  if (word == "events") return StreamKind::hub_journal;
  if (word == "changes") return StreamKind::hub_changes;
  return std::nullopt;
}

std::string_view feed_word(StreamKind feed) {
  return feed == StreamKind::hub_changes ? "changes" : "events";
}

FollowedPart feed_after(DistrictNode& node, const JoinedHub& hub, StreamKind feed,
                        std::uint64_t after, std::uint64_t lines_max, std::size_t bytes_max) {
  FollowedPart part{{}, after};
  if (lines_max == 0) return part;
  std::uint64_t lines = 0;
  const auto facility = hub.facility();
  const auto take = [&](const KeptLine& kept) {
    part.text += kept.line + "\n";
    part.next = kept.at;
    return ++lines < lines_max && part.text.size() < bytes_max;
  };
  const auto txn = node.read(hub);
  if (feed == StreamKind::hub_changes) {
    each_kept_change_line(txn, reader_of(facility), after, take);
  } else {
    each_kept_event_line(txn, reader_of(facility), after, take);
  }
  return part;
}

}  // namespace titip
