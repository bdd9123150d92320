#include "core/lost_history.hh"

#include <algorithm>
#include <set>

#include "core/lineage.hh"
#include "core/meta.hh"
#include "core/record_state.hh"

namespace titip {

namespace {

Key delivered_key(const RecordKey& record) { return Key().u8('d').bytes(record_key(record)); }

// Whether this agent cannot send again what it wrote of it and no hub has sent it back: then the hub
// may hold less of it, and take what it holds for an echo or for what was sent already.
bool was_let_go_of(const ReadTxn& txn, const RecordState& state) {
  return std::ranges::any_of(state.writes, [&](const Write& write) {
    return write.placements.empty() && write.id.seq < journal_floor(txn, write.id.lane);
  });
}

}  // namespace

void note_delivered(WriteTxn& txn, const RecordKey& record, const Position& position) {
  txn.put(Table::feeds, delivered_key(record), Key().u64(position.epoch).u64(position.offset));
}

void forget_delivered(WriteTxn& txn, const RecordKey& record) {
  txn.erase(Table::feeds, delivered_key(record));
}

bool is_history_lost(const ReadTxn& txn, const LineHistory& history, const Position& end) {
  const auto told = meta::get_position(txn, meta::hub_highest);
  if (told && !history.covers(end, *told)) return true;
  const auto held = meta::held(txn, StreamKind::hub_changes).position;
  return held.offset > 0 && !history.feed_covers(held);
}

std::vector<RecordKey> records_of_lost_history(const ReadTxn& txn, const LineHistory& history,
                                               const Position& end) {
  std::set<RecordKey> records;
  txn.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto record = record_of_key(entry.key, 0);
    const auto state = decode_record_state(entry.value);
    const bool lost = state.as_of.epoch != 0 && !history.covers(end, state.as_of);
    if (lost || was_let_go_of(txn, state)) records.insert(record);
    return true;
  });
  txn.scan(Table::feeds, Key().u8('d'), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != 'd') return false;
    const Position delivered{key_u64(entry.value, 0), key_u64(entry.value, 8)};
    if (!history.feed_covers(delivered)) {
      records.insert(record_of_key(entry.key, 1));
    }
    return true;
  });
  return {records.begin(), records.end()};
}

}  // namespace titip
