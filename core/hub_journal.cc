// A hub's journal: offset u64, contiguous from 1 → HubEntry. Its chain hash covers the hash before
// and the entry's canonical bytes with an empty hash, so what orders an event is as unforgeable as
// the event.

#include "core/hub_journal.hh"

#include "core/capnp_bytes.hh"
#include "core/carried.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/feeds.hh"
#include "core/hub_append.hh"
#include "core/hub_lives.hh"
#include "core/meta.hh"
#include "core/parked.hh"
#include "core/refusal.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

// Offsets of the parked events after `after` that this vocabulary knows.
std::vector<std::uint64_t> known_now(const ReadTxn& txn, std::uint64_t after,
                                     const Registry& registry) {
  std::vector<std::uint64_t> offsets;
  txn.scan(Table::quarantine, Key().u64(after + 1), [&](const Entry& parked) {
    const StoredReader<schema::Quarantined> in(parked.value);
    if (view_of(in->getReason()) != code_name(Code::unknown_type)) return true;
    const auto stored = txn.get(Table::journal, parked.key);
    check(stored.has_value(), "something in quarantine that is not in the journal");
    const auto offset = key_u64(parked.key, 0);
    const auto event = EventReader::open(decode_hub_entry(offset, *stored).event);
    if (event && registry.find(event->record().type) != nullptr) offsets.push_back(offset);
    return offsets.size() < limits::parked_per_commit_max;
  });
  return offsets;
}

}  // namespace

void apply_parked(WriteTxn& txn, const HubContext& context, ParkedWork& work) {
  const auto offsets = known_now(txn, work.after, context.registry);
  work.done = offsets.size() < limits::parked_per_commit_max;
  if (work.done) meta::put_u64(txn, meta::vocabulary, context.registry.fingerprint());
  if (offsets.empty()) return;
  Appender appender(txn, context);
  const HubHistory history(txn);
  Feeds feeds(txn, context.registry);
  const auto first = appender.next().offset;
  for (const auto offset : offsets) {
    // Nobody had seen it before. What orders it stays frozen.
    auto entry = decode_hub_entry(offset, txn.get(Table::journal, Key().u64(offset)).value());
    entry.former.clear();
    if (append_applied({txn, context, appender, history, feeds}, entry, entry)) ++work.applied;
  }
  work.after = offsets.back();
  const auto next = appender.next().offset;
  if (next > first) note_applied(txn, first, next - 1);
}

JournalEnd journal_end(const ReadTxn& txn) {
  JournalEnd end{0, hub_chain_start()};
  txn.scan_back(Table::journal, Key().u64(~std::uint64_t{0}), [&](const Entry& entry) {
    const StoredReader<schema::HubEntry> in(entry.value);
    end = {key_u64(entry.key, 0), {in->getHashLow(), in->getHashHigh()}};
    return false;
  });
  return end;
}

Head JournalSource::head() const {
  const auto end = journal_end(txn_);
  return {Lane::routine, end.offset, end.hash};
}

Seq JournalSource::last() const {
  Seq last = 0;
  txn_.scan_back(Table::journal, Key().u64(~std::uint64_t{0}), [&](const Entry& entry) {
    last = key_u64(entry.key, 0);
    return false;
  });
  return last;
}

std::optional<Hash> JournalSource::hash_at(Seq offset) const {
  if (offset == 0) return hub_chain_start();
  const auto value = txn_.get(Table::journal, Key().u64(offset));
  if (!value) return std::nullopt;
  const StoredReader<schema::HubEntry> in(*value);
  return Hash{in->getHashLow(), in->getHashHigh()};
}

StreamItems JournalSource::read(Seq from, std::size_t count, std::size_t raw_bytes) const {
  StreamItems read{{}, from};
  std::size_t bytes = 0;
  txn_.scan(Table::journal, Key().u64(from + 1), [&](const Entry& entry) {
    auto item = encode_hub_entry(decode_hub_entry(key_u64(entry.key, 0), entry.value));
    bytes += item.size();
    if (!read.items.empty() && bytes > raw_bytes) return false;
    read.items.push_back({std::move(item), {}});
    ++read.to;
    return read.items.size() < count;
  });
  return read;
}

namespace {

// The node shows what it wrote until it is told how the records stand.
void correct(Feeds& feeds, NodeId node, const EventReader& event) {
  feeds.correct(node, event.record());
  if (const RecordId other = event.get().getOther(); other != 0) {
    feeds.correct(node, {event.record().type, other});
  }
}

// The entry that one event of an append makes, as if it came for the first time.
HubEntry carried_entry(WriteTxn& txn, const StreamAppend& append, std::size_t index,
                       const NodeState& node, const HubContext& context) {
  const auto& event = append.events[index];
  const Seq seq = append.from + index + 1;
  HubEntry entry;
  entry.event = event.bytes;
  entry.origin = append.node;
  entry.received_at = context.now;
  entry.facility = node.facility;
  entry.born = {append.incarnation, seq, append.hashes[index], append.lane};
  if (!event.born || event.born->incarnation == append.incarnation) return entry;
  // A seq and a lane stay with an event, and a life belongs to one node for ever.
  if (event.born->seq == seq && event.born->lane == append.lane &&
      claim_incarnation(txn, event.born->incarnation, append.node)) {
    entry.born = *event.born;
    entry.carrier = append.incarnation;
    entry.carrier_hash = append.hashes[index];
  } else {
    entry.forged = true;
  }
  return entry;
}

// That it came again by this lane.
HubEntry again_of(HubEntry entry, const HubEntry& held, const StreamAppend& append) {
  if (entry.carrier == 0) {
    entry.carrier = append.incarnation;
    entry.carrier_hash = entry.born.hash;
  }
  entry.order = held.order;
  entry.facility = held.facility;
  return entry;
}

}  // namespace

AppendOutcome append_stream(WriteTxn& txn, const StreamAppend& append, NodeState& node,
                            const HubContext& context) {
  auto& lane = node.lane(append.incarnation, append.lane);
  if (lane.have.seq == lane.base) lane.have.hash = chain_start(append.incarnation, append.lane);
  AppendOutcome outcome;
  outcome.have = lane.have;
  // The store decides, not what a session remembers: another session may have moved the lane.
  if (lane.have.seq != append.from || lane.have.hash != append.before) return outcome;
  outcome.extended = true;

  Appender appender(txn, context);
  const HubHistory history(txn, &node);
  Feeds feeds(txn, context.registry);
  feeds.writes_under(append.node, append.incarnation);
  const AppendWork work{txn, context, appender, history, feeds};
  const auto first_offset = appender.next().offset;
  const bool some_elsewhere = any_born_elsewhere(txn, append.incarnation, append.lane);
  const auto refuse = [&](Seq seq, const std::string& bytes, std::string reason) {
    // One of an unknown type is right at its author, and waits here for the schema.
    const auto refused = EventReader::open(bytes);
    if (refused && reason != code_name(Code::unknown_type)) {
      correct(feeds, append.node, *refused);
    }
    outcome.quarantined.push_back({append.lane, seq, std::move(reason)});
  };
  for (std::size_t i = 0; i < append.events.size(); ++i) {
    const Seq seq = append.from + i + 1;
    auto entry = carried_entry(txn, append, i, node, context);
    if (entry.carrier != 0 || some_elsewhere) {
      if (const auto held = find_event(txn, entry.born)) {
        learn_branch(lane, seq, held->carried_by());
        const auto offset = appender.next().offset;
        append_again(work, *held, again_of(std::move(entry), *held, append));
        if (const auto reason = reason_in_quarantine(txn, held->offset)) {
          note_refused_again(txn, offset, held->offset);
          refuse(seq, held->event, *reason);
        } else if (const auto event = EventReader::open(held->event)) {
          // Its sender has laid it on top of a state that may have had it for long.
          correct(feeds, append.node, *event);
        }
        continue;
      }
    }
    const auto bytes = entry.event;
    if (const auto reason = append_one(work, std::move(entry), OrderedBy::author, &node)) {
      refuse(seq, bytes, std::string(code_name(*reason)));
    }
  }
  if (!append.hashes.empty()) {
    note_carried(txn, append.incarnation, append.lane, append.from + 1, first_offset,
                 append.events.size());
    lane.have = {append.lane, append.from + append.events.size(), append.hashes.back()};
  }
  outcome.have = lane.have;
  outcome.touched = feeds.touched();
  return outcome;
}

Result<OwnAppend> append_recorded(WriteTxn& txn, const std::string& event,
                                  const HubContext& context) {
  Appender appender(txn, context);
  HubEntry entry;
  entry.event = event;
  const auto place = appender.next();
  entry.born = {place.epoch, place.offset, blake2b("titip hub event", event), Lane::routine};
  entry.received_at = context.now;
  entry.facility = context.facility;
  Feeds feeds(txn, context.registry);
  const HubHistory history(txn);
  const auto reason = append_one({txn, context, appender, history, feeds}, std::move(entry),
                                 OrderedBy::hub, nullptr);
  if (reason) return Refusal{*reason, "id", {}};
  return OwnAppend{place, feeds.touched()};
}

std::vector<NodeId> append_own(WriteTxn& txn, const std::string& event, const HubContext& context) {
  auto appended = append_recorded(txn, event, context);
  check(appended.ok(), "the hub made an event that it cannot apply");
  return std::move(appended->touched);
}

}  // namespace titip
