#include "core/hub_lives.hh"

#include <algorithm>

#include "core/carried.hh"
#include "core/chain.hh"

namespace titip {

HubHistory::Parent HubHistory::parent_of(Incarnation incarnation, Lane lane) const {
  const auto parent_in = [&](const NodeState& node) {
    const auto* state = node.find_lane(incarnation, lane);
    return state == nullptr ? Parent{} : Parent{state->parent, state->branch};
  };
  if (present_ != nullptr && present_->owns(incarnation)) return parent_in(*present_);
  const auto [found, fresh] = parents_.try_emplace({incarnation, lane});
  if (fresh) {
    const auto owner = owner_of(txn(), incarnation);
    auto node = owner ? find_node(txn(), *owner) : std::nullopt;
    if (owner && !node) node = find_unknown_node(txn(), *owner);
    if (node) found->second = parent_in(*node);
  }
  return found->second;
}

bool HubHistory::in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const {
  constexpr int lives_max = 1'000;  // of one device; a line that is longer is made up
  Seq limit = ~Seq{0};
  for (int steps = 0; steps < lives_max && descendant != 0; ++steps) {
    if (descendant == carrier) return id.seq <= limit;
    const auto parent = parent_of(descendant, id.lane);
    limit = std::min(limit, parent.branch);
    descendant = parent.incarnation;
  }
  return false;
}

bool adopt_life(const ReadTxn& txn, NodeState& node, const HelloMessage& hello) {
  if (hello.parent_incarnation != 0 && !node.owns(hello.parent_incarnation)) return false;
  for (const auto& branch : hello.branches) {
    if (hello.parent_incarnation == 0) continue;
    const auto* parent = node.find_lane(hello.parent_incarnation, branch.lane);
    if (branch.seq == 0) continue;
    if (parent == nullptr || parent->have.seq < branch.seq) return false;
    const auto hash = branch.seq == parent->base
                          ? std::optional(chain_start(hello.parent_incarnation, branch.lane))
                          : carried_hash_at(txn, hello.parent_incarnation, branch.lane, branch.seq);
    if (hash != branch.hash) return false;
  }
  for (const auto& branch : hello.branches) {
    const Seq shared = hello.parent_incarnation == 0 ? 0 : branch.seq;
    auto& lane = node.lane(hello.incarnation, branch.lane);
    lane.have = {branch.lane, branch.seq, chain_start(hello.incarnation, branch.lane)};
    lane.parent = hello.parent_incarnation;
    lane.branch = shared;
    lane.base = branch.seq;
  }
  return true;
}

void learn_branch(LaneState& lane, Seq seq, Incarnation known) {
  if (known == lane.incarnation) return;
  const bool first = lane.parent == 0 && seq == lane.base + 1;
  const bool next = lane.parent == known && seq == lane.branch + 1;
  if (!first && !next) return;
  lane.parent = known;
  lane.branch = seq;
}

}  // namespace titip
