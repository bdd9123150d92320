#include "core/district_store.hh"

#include <algorithm>

#include "core/chain.hh"
#include "core/changes.hh"
#include "core/check.hh"
#include "core/epochs.hh"
#include "core/lost_history.hh"
#include "core/meta.hh"
#include "core/record_state.hh"
#include "core/under_review.hh"

namespace titip {

namespace {

constexpr std::size_t hash_bytes = 16;    // before the item
constexpr std::size_t record_bytes = 10;  // type and id

Key entry_key(std::uint64_t offset, std::uint64_t epoch) { return Key().u64(offset).u64(epoch); }
Key change_key(std::uint64_t position) { return Key().u8('a').u64(position); }
Key forgotten_key(const RecordKey& record) { return Key().u8('f').u16(record.type).u64(record.id); }

std::string_view tail_name(StreamKind feed) {
  check(feed != StreamKind::agent_journal, "no district prints an agent's journal");
  return feed == StreamKind::hub_journal ? meta::tail_events : meta::tail_changes;
}

KeptEntry read_entry(const Entry& stored) {
  check(stored.value.size() >= hash_bytes, "a kept entry is shorter than its hash");
  KeptEntry kept;
  kept.offset = key_u64(stored.key, 0);
  kept.epoch = key_u64(stored.key, 8);
  kept.hash = {key_u64(stored.value, 0), key_u64(stored.value, 8)};
  kept.item = stored.value.substr(hash_bytes);
  kept.entry = decode_entry_item(kept.item);
  if (kept.entry) {
    kept.entry->offset = kept.offset;
    kept.entry->epoch = kept.epoch;
    kept.entry->hash = kept.hash;
  }
  return kept;
}

// Takes a record out of its place in the feed, wherever that is.
void leave_place(WriteTxn& txn, const RecordKey& record,
                 const std::optional<RecordState>& state_here) {
  if (state_here) txn.erase(Table::feeds, change_key(state_here->changed));
  const auto forgotten = forgotten_key(record);
  if (const auto position = txn.get(Table::feeds, forgotten)) {
    txn.erase(Table::feeds, change_key(key_u64(*position, 0)));
    txn.erase(Table::feeds, forgotten);
  }
}

// Whether anything looks otherwise now.
bool keep_change(WriteTxn& txn, const Registry& registry, Change change, std::uint64_t position) {
  const auto key = record_key(change.record);
  std::optional<RecordState> here;
  if (const auto value = txn.get(Table::records, key)) here = decode_record_state(*value);
  if (change.forget && !here) return false;  // never had, or forgotten already
  if (!change.forget && here && *here == change.state) return false;  // sent again
  leave_place(txn, change.record, here);
  if (change.forget) {
    txn.erase(Table::records, key);
    txn.put(Table::feeds, change_key(position), Key(key).u8(1));
    txn.put(Table::feeds, forgotten_key(change.record), Key().u64(position));
  } else {
    change.state.changed = position;
    txn.put(Table::records, key, encode_record_state(change.state));
    txn.put(Table::feeds, change_key(position), key);
  }
  note_under_review(txn, change.record, registry.find(change.record.type),
                    here.value_or(RecordState{}), change.forget ? RecordState{} : change.state);
  return true;
}

}  // namespace

HubId hub_id(std::string_view curve_public_key) {
  return blake2b("titip hub id", curve_public_key).low;
}

std::string hub_prefix(HubId hub) { return std::string(std::string_view(Key().u8(1).u64(hub))); }

std::vector<HubId> known_hubs(const ReadTxn& whole) {
  std::vector<HubId> hubs;
  const auto value = whole.get(Table::meta, meta::hubs);
  if (!value) return hubs;
  for (std::size_t at = 0; at < value->size(); at += sizeof(HubId)) {
    hubs.push_back(key_u64(*value, at));
  }
  return hubs;
}

void add_hub(WriteTxn& whole, HubId hub) {
  Key value;
  for (const auto known : known_hubs(whole)) {
    if (known == hub) return;
    value.u64(known);
  }
  whole.put(Table::meta, meta::hubs, value.u64(hub));
}

bool forget_hub(WriteTxn& whole, HubId hub) {
  Key value;
  bool was = false;
  for (const auto known : known_hubs(whole)) {
    if (known == hub) {
      was = true;
    } else {
      value.u64(known);
    }
  }
  if (was) whole.put(Table::meta, meta::hubs, value);
  return was;
}

void keep_journal(WriteTxn& txn, const Received& received) {
  const auto& items = received.items;
  check(items.size() == received.hashes.size(), "a journal's item without its hash");
  auto offset = received.held.position.offset - items.size();
  auto kept = meta::get_u64(txn, meta::events_kept).value_or(0);
  std::optional<EpochLine> line;
  for (std::size_t i = 0; i < items.size(); ++i) {
    ++offset;
    const auto entry = decode_entry_item(items[i].bytes);
    auto epoch = entry ? entry->epoch : 0;
    if (epoch == 0) {
      // It does not say, so it goes by what the hub told of its epochs.
      if (!line) line = current_line(txn);
      epoch = line->epoch_of(offset);
      if (epoch == 0) epoch = received.held.position.epoch;
    }
    const auto key = entry_key(offset, epoch);
    if (txn.get(Table::journal, key)) continue;
    const auto& hash = received.hashes[i];
    txn.put(Table::journal, key, Key().u64(hash.low).u64(hash.high).bytes(items[i].bytes));
    ++kept;
  }
  meta::put_u64(txn, meta::events_kept, kept);
}

std::vector<RecordKey> keep_changes(WriteTxn& txn, const Received& received,
                                    const Registry& registry) {
  std::vector<RecordKey> changed;
  const bool custodian = meta::get_u64(txn, meta::sends_journal) == 1;
  auto position = last_kept_change(txn);
  for (const auto& item : received.items) {
    auto change = decode_change(item.bytes);
    if (!change) continue;
    const auto record = change->record;
    // Of a custodian every record is its concern, so the state's asOf tells it all.
    if (custodian) {
      forget_delivered(txn, record);
    } else {
      note_delivered(txn, record, {received.held.position.epoch, change->position});
    }
    if (!keep_change(txn, registry, std::move(*change), position + 1)) continue;
    ++position;
    changed.push_back(record);
  }
  meta::put_u64(txn, meta::changes_kept, position);
  return changed;
}

std::optional<KeptEntry> find_kept_entry(const ReadTxn& txn, std::uint64_t offset,
                                         std::uint64_t epoch) {
  const auto key = entry_key(offset, epoch);
  const auto value = txn.get(Table::journal, key);
  if (!value) return std::nullopt;
  return read_entry({key, *value});
}

void each_kept_entry(const ReadTxn& txn, std::uint64_t after,
                     const std::function<bool(const KeptEntry&)>& visit) {
  if (after == ~std::uint64_t{0}) return;
  const auto line = current_line(txn);
  std::vector<KeptEntry> same_offset;
  const auto show = [&] {
    std::stable_partition(same_offset.begin(), same_offset.end(), [&](const KeptEntry& kept) {
      return kept.epoch == line.epoch_of(kept.offset);
    });
    bool more = true;
    for (const auto& kept : same_offset) more = visit(kept) && more;
    same_offset.clear();
    return more;
  };
  bool more = true;
  txn.scan(Table::journal, Key().u64(after + 1), [&](const Entry& stored) {
    const auto offset = key_u64(stored.key, 0);
    if (!same_offset.empty() && same_offset.front().offset != offset) more = show();
    if (more) same_offset.push_back(read_entry(stored));
    return more;
  });
  if (more) show();
}

void each_kept_change(const ReadTxn& txn, std::uint64_t after,
                      const std::function<bool(const KeptChange&)>& visit) {
  if (after == ~std::uint64_t{0}) return;
  txn.scan(Table::feeds, change_key(after + 1), [&](const Entry& stored) {
    if (key_u8(stored.key, 0) != 'a') return false;
    return visit({key_u64(stored.key, 1),
                  {key_u16(stored.value, 0), key_u64(stored.value, 2)},
                  stored.value.size() > record_bytes});
  });
}

std::uint64_t tail_cursor(const ReadTxn& txn, StreamKind feed) {
  return meta::get_u64(txn, tail_name(feed)).value_or(0);
}

void advance_tail(WriteTxn& txn, StreamKind feed, std::uint64_t to) {
  const auto last = feed == StreamKind::hub_journal ? last_kept_offset(txn) : last_kept_change(txn);
  to = std::min(to, last);  // what was never kept was never printed
  if (to > tail_cursor(txn, feed)) meta::put_u64(txn, tail_name(feed), to);
}

void rewind_tail(WriteTxn& txn, StreamKind feed, std::uint64_t to) {
  if (to < tail_cursor(txn, feed)) meta::put_u64(txn, tail_name(feed), to);
}

std::uint64_t last_kept_offset(const ReadTxn& txn) {
  return meta::held(txn, StreamKind::hub_journal).position.offset;
}

std::uint64_t last_kept_change(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::changes_kept).value_or(0);
}

}  // namespace titip
