#include "core/lost_history.hh"

#include <algorithm>
#include <set>
#include <string>

#include "core/agent_journal.hh"
#include "core/event.hh"
#include "core/meta.hh"

namespace titip {

namespace {

constexpr std::string_view absent_prefix = "absent ";

Key absent_key(const RecordKey& record) {
  return Key().bytes(absent_prefix).bytes(record_key(record));
}

// What this agent's journal still holds events of.
std::set<RecordKey> written_here(const ReadTxn& txn, const std::vector<Lane>& lanes) {
  std::set<RecordKey> records;
  for (const auto lane : lanes) {
    const auto last = journal_head(txn, lane).seq;
    for (Seq seq = last; seq > 0; --seq) {
      const auto entry = journal_entry(txn, lane, seq);
      if (!entry) break;  // let go of, and all before it
      if (const auto event = EventReader::open(entry->event)) records.insert(event->record());
    }
  }
  return records;
}

}  // namespace

void note_seen(WriteTxn& txn, const std::vector<Position>& as_of) {
  const auto before = meta::get_position(txn, meta::hub_seen).value_or(Position{});
  const LineHistory history(txn);
  auto seen = before;
  for (const auto& position : as_of) {
    if (position.epoch != 0 && !history.covers(seen, position)) seen = position;
  }
  if (seen != before) meta::put_position(txn, meta::hub_seen, seen);
}

void note_absent(WriteTxn& txn, const RecordKey& record) {
  if (meta::get_u64(txn, meta::history_lost)) txn.put(Table::meta, absent_key(record), {});
}

bool is_history_lost(const ReadTxn& txn, const History& history, const Position& end) {
  const auto lacks = [&](std::string_view name) {
    const auto known = meta::get_position(txn, name);
    return known && !history.covers(end, *known);
  };
  return lacks(meta::hub_highest) || lacks(meta::hub_seen);
}

std::vector<RecordKey> records_of_lost_history(const ReadTxn& txn, const History& history,
                                               const Position& end,
                                               const std::vector<Lane>& own_lanes) {
  std::vector<RecordKey> records;
  txn.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto as_of = decode_record_state(entry.value).as_of;
    if (as_of.epoch != 0 && !history.covers(end, as_of)) {
      records.push_back(record_of_key(entry.key, 0));
    }
    return true;
  });
  for (const auto& record : written_here(txn, own_lanes)) {
    if (txn.get(Table::records, record_key(record))) continue;
    if (!txn.get(Table::meta, absent_key(record))) records.push_back(record);
  }
  return records;
}

void settle_lost_history(WriteTxn& txn) {
  txn.erase(Table::meta, meta::history_lost);
  std::vector<std::string> keys;
  txn.scan(Table::meta, absent_prefix, [&](const Entry& entry) {
    if (!entry.key.starts_with(absent_prefix)) return false;
    keys.emplace_back(entry.key);
    return true;
  });
  for (const auto& key : keys) txn.erase(Table::meta, key);
}

}  // namespace titip
