#include "core/rebuilding.hh"

#include <algorithm>
#include <string>

#include "core/custody.hh"
#include "core/meta.hh"
#include "core/mutants.hh"

namespace titip {

namespace {

constexpr std::size_t foreign_epochs_max = 1'024;  // beyond, the oldest is forgotten

bool note_foreign(WriteTxn& txn, std::uint64_t epoch) {
  std::string known(txn.get(Table::meta, meta::foreign_epochs).value_or(std::string_view{}));
  for (std::size_t at = 0; at < known.size(); at += sizeof(epoch)) {
    if (key_u64(known, at) == epoch) return false;
  }
  if (known.size() >= foreign_epochs_max * sizeof(epoch)) known.erase(0, sizeof(epoch));
  txn.put(Table::meta, meta::foreign_epochs,
          known + std::string(std::string_view(Key().u64(epoch))));
  return true;
}

void end_rebuilding(WriteTxn& txn) { txn.erase(Table::meta, meta::rebuilding); }

std::vector<NodeState> custodians(const ReadTxn& txn) {
  auto nodes = all_nodes(txn);
  std::erase_if(nodes, [](const NodeState& node) { return !is_custodian(node); });
  return nodes;
}

}  // namespace

std::optional<Rebuilding> rebuilding(const ReadTxn& txn) {
  const auto value = txn.get(Table::meta, meta::rebuilding);
  if (!value) return std::nullopt;
  return Rebuilding{key_u64(*value, 0), static_cast<RebuildReason>(key_u8(*value, 8)),
                    static_cast<TimeMs>(key_u64(*value, 9))};
}

void expect_rebuilding(WriteTxn& txn, RebuildReason reason, TimeMs now) {
  if (is_rebuilding(txn)) return;
  const auto name = meta::get_u64(txn, meta::rebuildings).value_or(0) + 1;
  meta::put_u64(txn, meta::rebuildings, name);
  txn.put(
      Table::meta, meta::rebuilding,
      Key().u64(name).u8(static_cast<std::uint8_t>(reason)).u64(static_cast<std::uint64_t>(now)));
}

Proceeded proceed(WriteTxn& txn) {
  Proceeded ended;
  ended.was_rebuilding = is_rebuilding(txn);
  end_rebuilding(txn);
  // Should it still run, the next device that it has welcomed shows it again.
  ended.had_other_copy = txn.erase(Table::meta, meta::other_copy);
  return ended;
}

bool position_presented(WriteTxn& txn, const Position& foreign, TimeMs now) {
  if (mutant(Mutant::no_rebuilding)) return false;
  if (!note_foreign(txn, foreign.epoch) || is_rebuilding(txn)) return false;
  // Without a custodian there is nobody to wait for: agents send again what they hold.
  if (custodians(txn).empty()) return false;
  expect_rebuilding(txn, RebuildReason::presented, now);
  return true;
}

bool custodian_agrees(WriteTxn& txn, NodeState& custodian) {
  const auto now = rebuilding(txn);
  if (!now || custodian.handed_back == now->name) return false;
  custodian.handed_back = now->name;
  put_node(txn, custodian);
  if (now->reason == RebuildReason::made_anew) return false;
  const auto known = custodians(txn);
  const bool all = std::ranges::all_of(
      known, [&](const NodeState& node) { return node.handed_back == now->name; });
  if (all) end_rebuilding(txn);
  return all;
}

void note_other_copy(WriteTxn& txn, const OtherCopy& copy) {
  txn.put(Table::meta, meta::other_copy,
          Key().u64(copy.node).u64(static_cast<std::uint64_t>(copy.at)));
}

std::optional<OtherCopy> other_copy(const ReadTxn& txn) {
  const auto value = txn.get(Table::meta, meta::other_copy);
  if (!value) return std::nullopt;
  return OtherCopy{key_u64(*value, 0), static_cast<TimeMs>(key_u64(*value, 8))};
}

}  // namespace titip
