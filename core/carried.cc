#include "core/carried.hh"

#include <algorithm>

#include "core/mutants.hh"

namespace titip {

namespace {

Key run_key(Incarnation carrier, Lane lane, Seq seq) {
  return Key().u8('r').u64(carrier).u8(static_cast<std::uint8_t>(lane)).u64(seq);
}

Key born_lane_key(Incarnation incarnation, Lane lane) {
  return Key().u8('b').u64(incarnation).u8(static_cast<std::uint8_t>(lane));
}

Key born_key(const EventId& id) {
  return born_lane_key(id.incarnation, id.lane).u64(id.seq).u64(id.hash.low).u64(id.hash.high);
}

constexpr std::size_t seq_at = 10;  // in a run's key

struct Run {
  Seq first_seq = 0;
  std::uint64_t first_offset = 0;
  std::uint64_t count = 0;
};

// The last run of a lane that begins at or below `seq`.
std::optional<Run> run_at(const ReadTxn& txn, Incarnation carrier, Lane lane, Seq seq) {
  std::optional<Run> run;
  const std::string lane_key{std::string_view(run_key(carrier, lane, 0)).substr(0, seq_at)};
  txn.scan_back(Table::events, run_key(carrier, lane, seq), [&](const Entry& entry) {
    if (entry.key.starts_with(lane_key)) {
      run = Run{key_u64(entry.key, seq_at), key_u64(entry.value, 0), key_u64(entry.value, 8)};
    }
    return false;
  });
  return run;
}

std::optional<HubEntry> entry_at(const ReadTxn& txn, std::uint64_t offset) {
  const auto stored = txn.get(Table::journal, Key().u64(offset));
  if (!stored) return std::nullopt;
  return decode_hub_entry(offset, *stored);
}

bool same_event(const EventId& one, const EventId& other) {
  if (!mutant(Mutant::no_hash_in_event_id)) return one == other;
  return one.incarnation == other.incarnation && one.lane == other.lane && one.seq == other.seq;
}

}  // namespace

void note_carried(WriteTxn& txn, Incarnation carrier, Lane lane, Seq first_seq,
                  std::uint64_t first_offset, std::uint64_t count) {
  if (const auto last = run_at(txn, carrier, lane, first_seq)) {
    if (last->first_seq + last->count == first_seq &&
        last->first_offset + last->count == first_offset) {
      first_seq = last->first_seq;
      first_offset = last->first_offset;
      count += last->count;
    }
  }
  txn.put(Table::events, run_key(carrier, lane, first_seq), Key().u64(first_offset).u64(count));
}

void note_born_elsewhere(WriteTxn& txn, const EventId& id, std::uint64_t offset) {
  txn.put(Table::events, born_key(id), Key().u64(offset));
}

std::optional<std::uint64_t> carried_at(const ReadTxn& txn, Incarnation carrier, Lane lane,
                                        Seq seq) {
  const auto run = run_at(txn, carrier, lane, seq);
  if (!run || seq >= run->first_seq + run->count) return std::nullopt;
  return run->first_offset + (seq - run->first_seq);
}

std::optional<Hash> carried_hash_at(const ReadTxn& txn, Incarnation carrier, Lane lane, Seq seq) {
  const auto offset = carried_at(txn, carrier, lane, seq);
  const auto entry = offset ? entry_at(txn, *offset) : std::nullopt;
  return entry ? std::optional(entry->carried_hash()) : std::nullopt;
}

Seq carried_up_to(const ReadTxn& txn, Incarnation carrier, Lane lane, std::uint64_t offset) {
  Seq reached = 0;
  const std::string lane_key{std::string_view(run_key(carrier, lane, 0)).substr(0, seq_at)};
  txn.scan_back(Table::events, run_key(carrier, lane, ~Seq{0}), [&](const Entry& entry) {
    if (!entry.key.starts_with(lane_key)) return false;
    const auto first = key_u64(entry.value, 0);
    if (first > offset) return true;
    reached =
        key_u64(entry.key, seq_at) + std::min(key_u64(entry.value, 8), offset - first + 1) - 1;
    return false;
  });
  return reached;
}

bool any_born_elsewhere(const ReadTxn& txn, Incarnation incarnation, Lane lane) {
  bool any = false;
  const std::string prefix{std::string_view(born_lane_key(incarnation, lane))};
  txn.scan(Table::events, prefix, [&](const Entry& entry) {
    any = entry.key.starts_with(prefix);
    return false;
  });
  return any;
}

std::optional<HubEntry> find_event(const ReadTxn& txn, const EventId& id) {
  if (mutant(Mutant::no_dedupe)) return std::nullopt;
  if (const auto offset = txn.get(Table::events, born_key(id))) {
    return entry_at(txn, key_u64(*offset, 0));
  }
  if (const auto offset = carried_at(txn, id.incarnation, id.lane, id.seq)) {
    auto entry = entry_at(txn, *offset);
    if (entry && !entry->says_again() && same_event(entry->born, id)) return entry;
  }
  // The hub's own are born at their offset.
  auto entry = entry_at(txn, id.seq);
  if (entry && entry->origin == 0 && entry->born == id && !entry->event.empty()) return entry;
  return std::nullopt;
}

void build_carried(WriteTxn& txn) {
  txn.scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    // Before there was this table every event came by the lane that it was born in.
    const bool applied = entry.event.empty() && !entry.quarantined;
    if (entry.origin != 0 && !applied) {
      note_carried(txn, entry.born.incarnation, entry.born.lane, entry.born.seq, entry.offset, 1);
    }
    return true;
  });
}

}  // namespace titip
