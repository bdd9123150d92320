#include "core/agent_changes.hh"

#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/lineage.hh"
#include "core/lost_history.hh"
#include "core/record_state.hh"

namespace titip {

namespace {

// Lays on top what this agent wrote after the position that the hub's state includes. An own write
// up to there that the hub's state has not is one that it dropped, or refused.
RecordState overlaid(const ReadTxn& txn, const Change& change, const RecordType* type,
                     std::string_view here) {
  const auto own = current_incarnation(txn);
  const AgentHistory history(txn);
  RecordState state = change.state;
  for (auto& write : decode_record_state(here).writes) {
    if (write.id.seq <= change.included || !history.in_line(own, carrier_of(write), write.id)) {
      continue;
    }
    const auto settles = write.settles;
    apply_write(state, std::move(write), settles, type, history);
  }
  return state;
}

}  // namespace

std::vector<RecordKey> apply_changes(WriteTxn& txn, std::span<const BatchEvent> items,
                                     std::uint64_t feed_epoch, const Registry& registry) {
  std::vector<RecordKey> changed;
  for (const auto& item : items) {
    const auto change = decode_change(item.bytes);
    if (!change) continue;
    const auto key = record_key(change->record);
    const auto here = txn.get(Table::records, key);
    const auto state =
        here ? overlaid(txn, *change, registry.find(change->record.type), *here) : change->state;
    if (!state.writes.empty()) {
      txn.put(Table::records, key, encode_record_state(state));
    } else if (here) {
      txn.erase(Table::records, key);
    }
    note_delivered(txn, change->record, {feed_epoch, change->position});
    changed.push_back(change->record);
  }
  return changed;
}

}  // namespace titip
