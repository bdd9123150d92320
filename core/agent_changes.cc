#include "core/agent_changes.hh"

#include <algorithm>
#include <iterator>

#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/lineage.hh"
#include "core/lost_history.hh"
#include "core/meta.hh"
#include "core/own_writes.hh"
#include "core/record_state.hh"
#include "core/under_review.hh"

namespace titip {

namespace {

// Lays on top what this agent wrote after the position that the hub's state includes. An own write
// up to there that the hub's state has not is one that it dropped, or refused.
RecordState overlaid(const ReadTxn& txn, const Change& change, const RecordType* type,
                     std::vector<Write> held) {
  const auto own = current_incarnation(txn);
  const AgentHistory history(txn);
  RecordState state = change.state;
  for (auto& write : held) {
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
  // What is held here of a record may come from a history that the hub has lost, in which own
  // writes that it will be sent again were superseded.
  const bool history_lost = meta::get_u64(txn, meta::history_lost).has_value();
  OwnWrites own(txn);
  for (const auto& item : items) {
    const auto change = decode_change(item.bytes);
    if (!change) continue;
    const auto key = record_key(change->record);
    const auto here = txn.get(Table::records, key);
    const auto* type = registry.find(change->record.type);
    const auto before = here ? decode_record_state(*here) : RecordState{};
    auto held = before.writes;
    if (history_lost && type != nullptr) {
      auto written = own.beyond(change->record, type->lane, change->included);
      std::ranges::move(written, std::back_inserter(held));
    }
    const auto state = overlaid(txn, *change, type, std::move(held));
    if (!state.writes.empty()) {
      txn.put(Table::records, key, encode_record_state(state));
    } else if (here) {
      txn.erase(Table::records, key);
    }
    note_under_review(txn, change->record, type, before, state);
    note_delivered(txn, change->record, {feed_epoch, change->position});
    changed.push_back(change->record);
  }
  return changed;
}

}  // namespace titip
