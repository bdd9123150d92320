#include "core/lineage.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/event.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
#include "core/record_state.hh"

namespace titip {

namespace {

constexpr std::size_t life_bytes = 25;  // incarnation, two bases, orphan

void put_lives(WriteTxn& txn, const std::vector<Life>& lives) {
  Key value;
  for (const auto& life : lives) {
    value.u64(life.incarnation).u64(life.base_of(Lane::urgent)).u64(life.base_of(Lane::routine));
    value.u8(life.orphan ? 1 : 0);
  }
  txn.put(Table::meta, meta::lives, value);
  meta::put_u64(txn, meta::incarnation, lives.front().incarnation);
}

std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

// The write of a moved event is carried by the new life from now on.
void move_write(WriteTxn& txn, const RecordKey& record, const EventId& born, Incarnation carrier) {
  const auto key = record_key(record);
  const auto stored = txn.get(Table::records, key);
  if (!stored) return;
  auto state = decode_record_state(*stored);
  const auto write = std::ranges::find(state.writes, born, &Write::id);
  if (write == state.writes.end()) return;
  write->carrier = carrier;
  txn.put(Table::records, key, encode_record_state(state));
}

void move_writes(WriteTxn& txn, const AgentEntry& entry, Incarnation carrier) {
  const auto event = EventReader::open(entry.event);
  if (!event) return;
  const auto record = event->record();
  move_write(txn, record, *entry.born, carrier);
  if (const RecordId other = event->get().getOther(); other != 0) {
    move_write(txn, {record.type, other}, *entry.born, carrier);
  }
}

void move_lane(WriteTxn& txn, Lane lane, const std::vector<Life>& before, const Life& fresh) {
  auto hash = chain_start(fresh.incarnation, lane);
  const auto last = journal_head(txn, lane).seq;
  for (Seq seq = fresh.base_of(lane) + 1; seq <= last; ++seq) {
    auto entry = journal_entry(txn, lane, seq);
    check(entry.has_value(), "a journal with a hole");
    if (!entry->born) {
      entry->born = EventId{incarnation_at(before, lane, seq), seq, entry->hash, lane};
    }
    hash = chain_next(hash, entry->event);
    entry->hash = hash;
    put_journal_entry(txn, lane, seq, *entry);
    move_writes(txn, *entry, fresh.incarnation);
  }
}

}  // namespace

std::vector<Life> lives(const ReadTxn& txn) {
  std::vector<Life> found;
  const auto value = txn.get(Table::meta, meta::lives);
  if (!value) return {{current_incarnation(txn), {}}};
  for (std::size_t at = 0; at + life_bytes <= value->size(); at += life_bytes) {
    Life life{key_u64(*value, at), {}};
    life.base[index(Lane::urgent)] = key_u64(*value, at + 8);
    life.base[index(Lane::routine)] = key_u64(*value, at + 16);
    life.orphan = key_u8(*value, at + 24) != 0;
    found.push_back(life);
  }
  return found;
}

Incarnation incarnation_at(const std::vector<Life>& lives, Lane lane, Seq seq) {
  for (const auto& life : lives) {
    if (life.base_of(lane) < seq) return life.incarnation;
  }
  return lives.back().incarnation;
}

Seq journal_floor(const ReadTxn& txn, Lane lane) {
  Seq first = 0;
  txn.scan(Table::journal, Key().u8(static_cast<std::uint8_t>(lane)).u64(0),
           [&](const Entry& entry) {
             if (key_u8(entry.key, 0) == static_cast<std::uint8_t>(lane)) {
               first = key_u64(entry.key, 1);
             }
             return false;
           });
  return first == 1 ? 0 : first;
}

Parentage parentage(const ReadTxn& txn) {
  Parentage found;
  const auto all = lives(txn);
  const auto& now = all.front();
  if (all.size() == 1) return found;
  if (all.size() > 1 && !now.orphan) found.parent = all[1].incarnation;
  for (const auto lane : all_lanes) {
    const auto base = now.base_of(lane);
    Head branch{lane, base, {}};
    if (found.parent != 0) {
      const auto entry =
          base == all[1].base_of(lane) ? std::nullopt : journal_entry(txn, lane, base);
      branch.hash = entry ? entry->hash : chain_start(found.parent, lane);
    }
    found.branches.push_back(branch);
  }
  return found;
}

void mint(WriteTxn& txn, const MintOrder& order) {
  const auto before = lives(txn);
  check(std::ranges::find(before, order.fresh, &Life::incarnation) == before.end(),
        "this journal has lived under that name");
  if (mutant(Mutant::no_incarnation)) return;
  if (!order.has_lanes) return meta::put_u64(txn, meta::incarnation, order.fresh);
  Life fresh{order.fresh, {}};
  bool whole = order.whole;
  for (const auto lane : all_lanes) {
    const auto confirmed = meta::acknowledged(txn, lane).seq;
    // Before the present life began nothing was confirmed of it.
    whole = whole || confirmed < before.front().base_of(lane);
    fresh.base[index(lane)] = std::max(confirmed, journal_floor(txn, lane));
  }
  if (whole) {
    // The first that is still held moves, too: a new chain needs no hash before it.
    for (const auto lane : all_lanes) {
      const auto floor = journal_floor(txn, lane);
      fresh.base[index(lane)] = floor == 0 ? 0 : floor - 1;
    }
  }
  for (const auto lane : all_lanes) {
    move_lane(txn, lane, before, fresh);
    meta::put_acknowledged(txn, {lane, fresh.base_of(lane), chain_start(order.fresh, lane)});
  }
  fresh.orphan = whole;
  std::vector<Life> now{fresh};
  now.insert(now.end(), before.begin(), before.end());
  put_lives(txn, now);
}

void life_was_welcomed(WriteTxn& txn) {
  meta::put_u64(txn, meta::welcomed, current_incarnation(txn));
}

bool life_is_welcomed(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::welcomed) == current_incarnation(txn);
}

bool AgentHistory::in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const {
  if (descendant == carrier) return true;
  if (!lives_) lives_ = lives(txn());
  const auto life = std::ranges::find(*lives_, descendant, &Life::incarnation);
  if (life == lives_->end()) return false;
  // A former life ended where the next one began; what a copy of this store wrote under it is
  // not in this journal.
  if (life != lives_->begin() && id.seq > std::prev(life)->base_of(id.lane)) return false;
  // What is still held tells exactly; of what is not, the lives.
  if (const auto entry = journal_entry(txn(), id.lane, id.seq)) {
    const auto born = entry->born.value_or(
        EventId{incarnation_at(*lives_, id.lane, id.seq), id.seq, entry->hash, id.lane});
    return born == id;
  }
  return incarnation_at(*lives_, id.lane, id.seq) == carrier;
}

}  // namespace titip
