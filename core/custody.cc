#include "core/custody.hh"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/check.hh"
#include "core/hub_journal.hh"
#include "core/meta.hh"

namespace titip {

namespace {

using LaneName = std::tuple<NodeId, Incarnation, Lane>;

std::map<LaneName, Seq> lanes_in(const ReadTxn& txn, std::uint64_t after, std::uint64_t to) {
  std::map<LaneName, Seq> lanes;
  txn.scan(Table::journal, Key().u64(after + 1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    if (entry.offset > to) return false;
    if (entry.is_of_lane()) {
      auto& seq = lanes[{entry.origin, entry.carried_by(), entry.born.lane}];
      seq = std::max(seq, entry.born.seq);
    }
    return true;
  });
  return lanes;
}

std::uint64_t held_by_any(const ReadTxn& txn) {
  std::uint64_t held = 0;
  for (const auto& node : all_nodes(txn)) {
    if (is_custodian(node)) held = std::max(held, node.journal_held);
  }
  return held;
}

// Which marks have moved, also those of lives that go on from the lanes that changed.
void note_moved(const NodeState& before, const NodeState& node, std::vector<SafeMark>& moved) {
  for (const auto& lane : node.lanes) {
    const auto safe = node.safe_in(lane.incarnation, lane.have.lane);
    const auto stood = before.safe_in(lane.incarnation, lane.have.lane);
    if (safe == stood) continue;
    moved.push_back({node.id, lane.incarnation, lane.have.lane, safe, lane.have.seq, safe < stood});
  }
}

// When what custodians hold has fallen, which is rare, all marks are made anew.
std::vector<SafeMark> lower_marks(WriteTxn& txn, std::uint64_t held) {
  std::vector<SafeMark> moved;
  const auto stands = lanes_in(txn, 0, held);
  for (auto node : all_nodes(txn)) {
    const auto before = node;
    for (auto& lane : node.lanes) {
      const auto found = stands.find({node.id, lane.incarnation, lane.have.lane});
      lane.safe = found == stands.end() ? 0 : found->second;
    }
    note_moved(before, node, moved);
    put_node(txn, node);
  }
  return moved;
}

std::vector<SafeMark> raise_marks(WriteTxn& txn, std::uint64_t before, std::uint64_t held) {
  std::map<NodeId, std::pair<NodeState, NodeState>> nodes;  // before, after
  for (const auto& [name, seq] : lanes_in(txn, before, held)) {
    const auto& [id, incarnation, lane] = name;
    auto known = nodes.find(id);
    if (known == nodes.end()) {
      const auto node = find_node(txn, id);
      if (!node || !node->owns(incarnation)) continue;
      known = nodes.emplace(id, std::pair(*node, *node)).first;
    }
    auto& state = known->second.second.lane(incarnation, lane);
    state.safe = std::max(state.safe, seq);
  }
  std::vector<SafeMark> moved;
  for (const auto& [id, node] : nodes) {
    note_moved(node.first, node.second, moved);
    put_node(txn, node.second);
  }
  return moved;
}

// Marks up to what a custodian holds now.
std::vector<SafeMark> settle_marks(WriteTxn& txn) {
  const auto held = held_by_any(txn);
  const auto before = safe_offset(txn);
  if (held == before) return {};
  meta::put_u64(txn, meta::safe_offset, held);
  return held < before ? lower_marks(txn, held) : raise_marks(txn, before, held);
}

}  // namespace

bool is_custodian(const NodeState& node) {
  return node.kind == FacilityKind::district && node.revoked_at == 0 && !node.pending &&
         node.scope.everything();
}

std::vector<SafeMark> hold_journal(WriteTxn& txn, NodeId custodian, std::uint64_t offset) {
  auto holder = find_node(txn, custodian);
  check(holder.has_value(), "a custodian that is no node");
  if (offset != holder->journal_held) {
    holder->journal_held = offset;
    put_node(txn, *holder);
  }
  return settle_marks(txn);
}

std::vector<SafeMark> custodian_revoked(WriteTxn& txn) { return settle_marks(txn); }

std::uint64_t safe_offset(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::safe_offset).value_or(0);
}

}  // namespace titip
