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
    if (entry.origin != 0) {
      auto& seq = lanes[{entry.origin, entry.born.incarnation, entry.born.lane}];
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

void drop_marks(WriteTxn& txn) {
  for (auto node : all_nodes(txn)) {
    bool any = false;
    for (auto& lane : node.lanes) {
      any = any || lane.safe != 0;
      lane.safe = 0;
    }
    if (any) put_node(txn, node);
  }
}

// Marks up to what a custodian holds now. When that has fallen, which is rare, all are made anew.
std::vector<SafeMark> settle_marks(WriteTxn& txn) {
  std::vector<SafeMark> moved;
  const auto held = held_by_any(txn);
  auto before = safe_offset(txn);
  if (held == before) return moved;
  if (held < before) {
    drop_marks(txn);
    before = 0;
  }
  for (const auto& [name, seq] : lanes_in(txn, before, held)) {
    const auto& [id, incarnation, lane] = name;
    auto node = find_node(txn, id);
    if (!node) continue;
    auto& state = node->lane(incarnation, lane);
    if (seq <= state.safe) continue;
    state.safe = seq;
    moved.push_back({id, incarnation, lane, seq, state.have.seq});
    put_node(txn, *node);
  }
  meta::put_u64(txn, meta::safe_offset, held);
  return moved;
}

}  // namespace

bool is_custodian(const NodeState& node) {
  return node.kind == FacilityKind::district && node.revoked_at == 0 && node.scope.everything();
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

void custodian_revoked(WriteTxn& txn) { settle_marks(txn); }

std::uint64_t safe_offset(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::safe_offset).value_or(0);
}

}  // namespace titip
