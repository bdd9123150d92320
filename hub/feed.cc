#include "hub/feed.hh"

#include <algorithm>
#include <cstdio>
#include <string>

#include "core/limits.hh"
#include "core/queries.hh"
#include "hub/hub_node.hh"
#include "io/command_result.hh"
#include "io/http_server.hh"
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
  const auto response =
      daemon->follow(path_of(wish.feed) + "?follow=1&after=" + std::to_string(wish.after) +
                         "&lang=" + std::string(language_word(command.language)),
                     [&](std::string_view line) {
                       print_line(line);
                       std::fflush(stdout);  // whoever reads a pipe is waiting for it
                       return --left > 0;
                     });
  if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
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
    std::fwrite(part.text.data(), 1, part.text.size(), stdout);
  }
  return 0;
}

}  // namespace titip
