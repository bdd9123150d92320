#include "hub/feed.hh"

#include <algorithm>
#include <cerrno>
#include <string>

#include "core/limits.hh"
#include "core/queries.hh"
#include "hub/hub_node.hh"
#include "io/command_result.hh"
#include "io/http_server.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

std::string path_of(StreamKind feed) {
  return feed == StreamKind::hub_changes ? "/v1/changes" : "/v1/events";
}

int follow(const CommandContext& command, const FeedWish& wish) {
  const auto daemon = LocalClient::connect(socket_file(command.data));
  if (!daemon) return fail({Code::daemon_unreachable, {}, {}}, command.language, command.json);
  std::uint64_t left = wish.limit.value_or(~std::uint64_t{0});
  if (left == 0) return 0;
  const auto target = path_of(wish.feed) + "?follow=1&after=" + std::to_string(wish.after) +
                      "&lang=" + std::string(language_word(command.language));
  try {
    const auto response = daemon->follow(target, [&](std::string_view line) {
      print_line(line);
      return --left > 0;
    });
    if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
  } catch (const OsError& error) {
    // Not what printing threw, nor a hub that is there and silent.
    const bool cut = error.error_number() == ECONNRESET || error.error_number() == EPIPE;
    if (!cut || error.subject() != socket_file(command.data).string()) throw;
    throw RefusalError({Code::stream_ended, {}, {}});
  }
  return 0;
}

}  // namespace

FollowedPart feed_after(Store& store, StreamKind feed, std::uint64_t after, std::uint64_t lines,
                        std::size_t bytes) {
  FollowedPart part{{}, after};
  if (lines == 0) return part;
  const RecordReader reader{Registry::ilp(), {}, false};
  const auto take = [&](std::string_view line, std::uint64_t at) {
    part.text.append(line).append("\n");
    part.next = at;
    return --lines > 0 && part.text.size() < bytes;
  };
  const auto txn = store.read();
  if (feed == StreamKind::hub_changes) {
    each_kept_change_line(*txn, reader, after,
                          [&](const KeptLine& kept) { return take(kept.line, kept.at); });
  } else {
    // Offsets have no gaps.
    each_hub_event(*txn, reader, after,
                   [&](const std::string& line) { return take(line, part.next + 1); });
  }
  return part;
}

int hub_feed(const CommandContext& command, const FeedWish& wish) {
  auto node = HubNode::open(command.data, Access::read, command.config);
  if (wish.follow) return follow(command, wish);
  // A snapshot for each part, printed after it is closed: a slow reader never pins the store's old
  // pages.
  std::uint64_t left = wish.limit.value_or(~std::uint64_t{0});
  for (std::uint64_t after = wish.after; left > 0;) {
    const auto part = feed_after(node.store(), wish.feed, after,
                                 std::min<std::uint64_t>(left, limits::http_part_lines_max),
                                 limits::http_part_bytes);
    if (part.text.empty()) break;
    left -= static_cast<std::uint64_t>(std::ranges::count(part.text, '\n'));
    after = part.next;
    print_text(part.text);
  }
  return 0;
}

}  // namespace titip
