#include "district/tail.hh"

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>

#include "core/intake_json.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "district/district_node.hh"
#include "district/feed_lines.hh"
#include "district/status.hh"
#include "io/http_server.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"
#include "io/wait_for_lock.hh"

namespace titip {

namespace {

constexpr std::uint64_t lines_max = 2'000;  // of one part; the place is remembered after each
constexpr std::size_t bytes_max = 4 * limits::mib;
// While it follows: another process's commits to a store are told to nobody.
constexpr auto poll = std::chrono::milliseconds(200);
constexpr int lock_patience_ms =
    10'000;  // another tail, or a daemon that starts, has it for a moment

class Tail {
 public:
  Tail(const CommandContext& command, const TailRequest& request, StreamKind feed)
      : command_(command), request_(request), feed_(feed) {
    reopen();
    if (request.hub.empty() && !request.after) return;
    // One offset means nothing at several hubs.
    const auto hub = node_->hub_named(request.hub);
    if (!hub) throw RefusalError(hub.refusal());
    only_ = hub->id;
  }

  void warn_of_parts() {
    if (feed_ != StreamKind::hub_journal) return;
    for (const auto& hub : hubs()) {
      const auto part = node_->read(hub);
      if (meta::get_u64(part, meta::sends_journal) != 0) continue;
      const auto why = other_history(part) ? other_history_words(command_.language) : no_journal();
      std::fputs((hub.name() + ": " + why + ".\n").c_str(), stderr);
    }
  }

  // Prints what is new of every hub.
  void print_new() {
    node_->reload();  // another hub may have been joined
    for (const auto& hub : hubs()) {
      while (print_part(hub)) {
      }
    }
  }

 private:
  std::string no_journal() const {
    return command_.language == Language::indonesian
               ? "hub ini tidak mengirim jurnalnya kepada dinas ini; perubahan ada di "
                 "'tail --feed changes'"
               : "this hub does not send its journal to this district; its changes are in "
                 "'tail --feed changes'";
  }

  std::vector<JoinedHub> hubs() const {
    auto hubs = node_->hubs();
    if (only_) std::erase_if(hubs, [&](const JoinedHub& hub) { return hub.id != *only_; });
    return hubs;
  }

  bool print_part(const JoinedHub& hub) {
    const auto [place, is_new] = places_.try_emplace(hub.id, 0);
    if (is_new) place->second = request_.after.value_or(tail_cursor(node_->read(hub), feed_));
    const auto part = feed_after(*node_, hub, feed_, place->second, lines_max, bytes_max);
    if (part.text.empty()) return false;
    print_text(part.text);  // throws: nothing is taken for printed that was not
    place->second = part.next;
    if (!request_.after) remember(hub, part.next);
    return true;
  }

  // Through the daemon if one runs; else as the writer, which only one process is at a time.
  void remember(const JoinedHub& hub, std::uint64_t to) {
    wait_for_lock(lock_patience_ms, [&] {
      if (!daemon_) daemon_ = LocalClient::connect(socket_file(command_.data));
      if (!daemon_ || !remember_by_daemon(hub, to)) remember_here(hub, to);
    });
  }

  bool remember_by_daemon(const JoinedHub& hub, std::uint64_t to) {
    const auto target = "/local/tail?hub=" + format_hex_id(hub.id) +
                        "&feed=" + std::string(feed_word(feed_)) + "&to=" + std::to_string(to);
    try {
      const auto response = daemon_->exchange("POST", target, {}, {});
      if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
      return true;
    } catch (const OsError&) {
      daemon_.reset();  // it has ended meanwhile
      return false;
    }
  }

  void remember_here(const JoinedHub& hub, std::uint64_t to) {
    node_.reset();  // a store is opened once in a process
    try {
      auto writer = DistrictNode::open(command_.data, Access::write, command_.config);
      writer.store().write([&](WriteTxn& whole) {
        PrefixedWrite part(whole, hub.prefix);
        advance_tail(part, feed_, to);
      });
    } catch (...) {
      reopen();
      throw;
    }
    reopen();
  }

  void reopen() {
    node_ = std::make_unique<DistrictNode>(
        DistrictNode::open(command_.data, Access::read, command_.config));
  }

  const CommandContext& command_;
  const TailRequest& request_;
  StreamKind feed_;
  std::optional<HubId> only_;
  std::unique_ptr<DistrictNode> node_;
  std::unique_ptr<LocalClient> daemon_;
  std::map<HubId, std::uint64_t> places_;
};

}  // namespace

int district_tail(const CommandContext& command, const TailRequest& request) {
  const auto feed = feed_named(request.feed);
  if (!feed) throw RefusalError({Code::bad_option, "--feed", {"events"}});
  Tail tail(command, request, *feed);
  tail.warn_of_parts();
  for (tail.print_new(); request.follow; tail.print_new()) std::this_thread::sleep_for(poll);
  return 0;
}

}  // namespace titip
