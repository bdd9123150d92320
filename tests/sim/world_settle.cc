// Whether everybody comes to agree once nothing goes wrong any more.

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/epochs.hh"
#include "core/hub_journal.hh"
#include "core/lost_history.hh"
#include "core/meta.hh"
#include "core/nodes.hh"
#include "core/rebuilding.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

constexpr TimeMs minute_ms = 60'000;
constexpr int asks_again_rounds = 10;
constexpr int settle_rounds_max = 36 * 60;  // of a minute; a standing refusal is asked again hourly

}  // namespace

bool SimWorld::settle() {
  disasters_go_on(true);
  tell("nothing goes wrong any more");
  hub().fill(false);
  hub().low(false);
  for (auto& dialler : diallers_) {
    dialler->fill(false);
    network_->reach(dialler->index(), true);
    if (!dialler->started()) dialler->start(true);
  }
  // Of who was not enrolled there was no copy yet.
  for (int round = 0; round < settle_rounds_max && !disasters_are_over(); ++round) {
    agenda_.run(minute_ms);
    disasters_go_on(true);
  }
  for (int round = 0; round < settle_rounds_max; ++round) {
    agenda_.run(minute_ms);
    if (settled(round)) return true;
    if (watch_.disasters() == 0 || round % 60 != 59) continue;
    // Whoever was to hand back has had its time.
    if (round > 6 * 60) watch_.operator_proceeds();
    hub().operate(round > 6 * 60);
    if (!is_rebuilding(*hub().store().read())) invite_who_is_unknown();
  }
  return false;
}

// Of whose enrolment no copy was left, and who came when the hub was no longer rebuilding.
void SimWorld::invite_who_is_unknown() {
  for (auto& dialler : diallers_) {
    const auto& member = dialler->member();
    if (!dialler->certificate()) continue;
    if (find_node_of_key(*hub().store().read(), member.device_key())) continue;
    tell(member.label() + " is invited again");
    hub().invite(member);
    dialler->join_again();
  }
}

bool SimWorld::settled(int round) {
  const auto txn = hub().store().read();
  if (is_rebuilding(*txn)) return false;
  if (std::ranges::any_of(all_nodes(*txn), &NodeState::pending)) return false;
  for (auto& dialler : diallers_) {
    if (!settled(*dialler, round)) return false;
  }
  return true;
}

// Whether it knows that the hub and a custodian hold all of its own, and holds its whole feed.
bool SimWorld::settled(SimDialler& dialler, int round) {
  if (!dialler.online()) {
    tell(dialler.member().label() + " is not online");
    return false;
  }
  const auto txn = dialler.read();
  const auto& member = dialler.member();
  if (member.is_agent()) {
    for (const auto lane : all_lanes) {
      const auto head = journal_last(txn, lane);
      if (meta::acknowledged(txn, lane).seq == head && meta::safe(txn, lane) == head) continue;
      tell(member.label() + " has no receipt for " + std::to_string(head) + ", only for " +
           std::to_string(meta::acknowledged(txn, lane).seq) + " and " +
           std::to_string(meta::safe(txn, lane)));
      return false;
    }
  }
  const auto hub = this->hub().store().read();
  const auto node = find_node_of_key(*hub, member.device_key());
  if (!node) return false;
  if (member.is_custodian() &&
      meta::held(txn, StreamKind::hub_journal).hash != journal_end(*hub).hash) {
    tell(member.label() + " does not hold the hub's journal");
    return false;
  }
  // What it has of a lost history the hub has answered for.
  const auto line = current_line(*hub);
  const auto end = journal_end(*hub).offset;
  if (meta::get_u64(txn, meta::history_lost) &&
      !records_of_lost_history(txn, LineHistory(txn), {line.epoch_of(end), end}).empty()) {
    tell(member.label() + " holds records of a lost history");
    // It asks when a session begins; what it let go of since is asked about in the next.
    if (round % asks_again_rounds == 0) network_->cut(dialler.index());
    return false;
  }
  Key from;
  if (member.is_custodian()) {
    from.u8('a');
  } else {
    from.u8('n').u64(*node);
  }
  const std::string prefix{std::string_view(from)};
  std::uint64_t last = 0;
  hub->scan_back(Table::feeds, Key().bytes(prefix).u64(~std::uint64_t{0}), [&](const Entry& entry) {
    if (entry.key.starts_with(prefix)) last = key_u64(entry.key, prefix.size());
    return false;
  });
  if (last == 0) return true;
  // A position of a history that the hub has lost says nothing of this feed.
  const auto held = meta::held(txn, StreamKind::hub_changes).position;
  const bool holds_all =
      held.offset >= last && std::ranges::any_of(line.entries(), [&](const EpochEntry& entry) {
        return entry.epoch == held.epoch;
      });
  if (!holds_all) {
    tell(member.label() + " holds its feed up to " + std::to_string(held.offset) + " of " +
         std::to_string(last));
  }
  return holds_all;
}

}  // namespace titip
