// A hub's journal: offset u64, contiguous from 1 → HubEntry. Its chain hash covers the hash before
// and the entry's canonical bytes with an empty hash, so what orders an event is as unforgeable as
// the event.

#include "core/hub_journal.hh"

#include "core/capnp_bytes.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/corrected_time.hh"
#include "core/feeds.hh"
#include "core/meta.hh"
#include "core/parked.hh"
#include "core/refusal.hh"
#include "core/review_list.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

// Appends entries one after another and knows where the journal ends.
class Appender {
 public:
  Appender(WriteTxn& txn, const HubContext& context)
      : txn_(txn), context_(context), end_(journal_end(txn)) {
    if (meta::get_u64(txn, meta::epoch) != context.epoch) begin_epoch(txn, context.epoch);
  }

  Position next() const { return {context_.epoch, end_.offset + 1}; }

  void append(HubEntry entry) {
    entry.offset = end_.offset + 1;
    entry.epoch = context_.epoch;
    const auto stored = chain_hub_entry(end_.hash, entry);
    end_ = {entry.offset, entry.hash};
    txn_.append(Table::journal, Key().u64(entry.offset), stored);
  }

 private:
  WriteTxn& txn_;
  const HubContext& context_;
  JournalEnd end_;
};

// Why an event cannot be applied, or nothing. `forged`: another node's event under this one's name;
// that stays so when its type becomes known.
std::optional<Code> reason_against(const std::optional<EventReader>& event, const RecordType* type,
                                   NodeId origin, bool forged) {
  if (!event) return Code::undecodable;
  if (forged) return Code::bad_id;
  if (type == nullptr) return Code::unknown_type;
  if (type->system && origin != 0) return Code::system_type;
  return std::nullopt;
}

std::vector<EventId> settled_by(schema::Event::Reader event) {
  std::vector<EventId> ids;
  for (const auto id : event.getSettles()) {
    ids.push_back({id.getIncarnation(),
                   id.getSeq(),
                   {id.getHashLow(), id.getHashHigh()},
                   static_cast<Lane>(id.getLane())});
  }
  return ids;
}

// Why it was not applied after all, or nothing.
std::optional<Code> apply_to_record(WriteTxn& txn, const EventReader& event, const HubEntry& entry,
                                    const Position& placement, const RecordType& type,
                                    const History& history, Feeds& feeds) {
  RecordState state;
  const auto key = record_key(event.record());
  if (const auto value = txn.get(Table::records, key)) state = decode_record_state(*value);
  // A resolve settles; anything else would pile up.
  if (state.writes.size() >= limits::record_writes_max && event.op() != Op::resolve) {
    return Code::too_contested;
  }
  const auto before = state;
  auto write = write_of(event, entry.born, entry.order, entry.origin, entry.facility);
  write.placements = {placement};
  apply_write(state, std::move(write), settled_by(event.get()), &type, history);
  // Beyond that no feed could carry it.
  if (!fits_change(state)) return Code::too_contested;
  state.as_of = placement;
  feeds.changed(event.record(), before, state, entry.origin);
  update_review_list(txn, event.record(), type, before, state, entry.received_at);
  txn.put(Table::records, key, encode_record_state(state));
  return std::nullopt;
}

void put_in_quarantine(WriteTxn& txn, const HubEntry& entry, std::uint64_t offset, Code reason) {
  StoredBuilder<schema::Quarantined> out(256);
  out->setReason(std::string(code_name(reason)).c_str());
  out->setSince(entry.received_at);
  out->setNode(entry.origin);
  out->setLane(static_cast<schema::Lane>(entry.born.lane));
  out->setSeq(entry.born.seq);
  txn.put(Table::quarantine, Key().u64(offset), out.bytes());
}

// Appends one event in place and applies it if it can be applied; the reason if not.
std::optional<Code> append_one(WriteTxn& txn, Appender& appender, HubEntry entry,
                               const NodeState* author, const Registry& registry,
                               const History& history, Feeds& feeds) {
  const auto event = EventReader::open(entry.event);
  const auto* type = event ? registry.find(event->record().type) : nullptr;
  auto reason = reason_against(event, type, entry.origin, entry.quarantined);
  entry.order = {entry.received_at, Confidence::clamped, 0};
  if (event && author != nullptr) {
    entry.order = corrected_time(event->get(), entry.born, *author, entry.received_at);
  } else if (event) {
    entry.order = corrected_time_of_own(event->get(), entry.received_at);
  }
  const Position placement = appender.next();
  if (!reason) reason = apply_to_record(txn, *event, entry, placement, *type, history, feeds);
  // Of the hub's own nothing is kept that cannot be applied: its author is here, and is told.
  if (reason && author == nullptr) return reason;
  entry.quarantined = reason.has_value();
  if (reason) put_in_quarantine(txn, entry, placement.offset, *reason);
  appender.append(std::move(entry));
  return reason;
}

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

// Applies one of them as of now: nobody had seen it before. What orders it stays frozen.
bool apply_one(WriteTxn& txn, Appender& appender, HubEntry entry, const HubContext& context,
               const History& history, Feeds& feeds) {
  const auto event = EventReader::open(entry.event);
  check(event.has_value(), "a parked event cannot be read");
  const auto* type = context.registry.find(event->record().type);
  auto reason = reason_against(event, type, entry.origin, false);
  if (!reason) {
    reason = apply_to_record(txn, *event, entry, appender.next(), *type, history, feeds);
  }
  if (reason) {
    put_in_quarantine(txn, entry, entry.offset, *reason);
    return false;
  }
  txn.erase(Table::quarantine, Key().u64(entry.offset));
  entry.event.clear();
  entry.quarantined = false;
  entry.received_at = context.now;
  appender.append(std::move(entry));
  return true;
}

}  // namespace

void apply_parked(WriteTxn& txn, const HubContext& context, ParkedWork& work) {
  const auto offsets = known_now(txn, work.after, context.registry);
  work.done = offsets.size() < limits::parked_per_commit_max;
  if (work.done) meta::put_u64(txn, meta::vocabulary, context.registry.fingerprint());
  if (offsets.empty()) return;
  Appender appender(txn, context);
  const LineHistory history(txn);
  Feeds feeds(txn, context.registry);
  const auto first = appender.next().offset;
  for (const auto offset : offsets) {
    auto entry = decode_hub_entry(offset, txn.get(Table::journal, Key().u64(offset)).value());
    if (apply_one(txn, appender, std::move(entry), context, history, feeds)) ++work.applied;
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

AppendOutcome append_stream(WriteTxn& txn, const StreamAppend& append, NodeState& node,
                            const HubContext& context) {
  auto& lane = node.lane(append.incarnation, append.lane);
  if (lane.have.seq == 0) lane.have.hash = chain_start(append.incarnation, append.lane);
  AppendOutcome outcome;
  outcome.have = lane.have;
  // The store decides, not what a session remembers: another session may have moved the lane.
  if (lane.have.seq != append.from || lane.have.hash != append.before) return outcome;
  outcome.extended = true;

  Appender appender(txn, context);
  const LineHistory history(txn);
  Feeds feeds(txn, context.registry);
  feeds.writes_under(append.node, append.incarnation);
  for (std::size_t i = 0; i < append.events.size(); ++i) {
    const auto& event = append.events[i];
    HubEntry entry;
    entry.event = event.bytes;
    entry.origin = append.node;
    const Seq seq = append.from + i + 1;
    entry.born = {append.incarnation, seq, append.hashes[i], append.lane};
    if (event.born && node.owns(event.born->incarnation)) {
      entry.born = *event.born;
    } else if (event.born) {
      entry.quarantined = true;
    }
    entry.received_at = context.now;
    entry.facility = node.facility;
    if (const auto reason =
            append_one(txn, appender, std::move(entry), &node, context.registry, history, feeds)) {
      outcome.quarantined.push_back({append.lane, seq, std::string(code_name(*reason))});
      // One of an unknown type is right at its author, and waits here for the schema.
      const auto refused = EventReader::open(event.bytes);
      if (refused && *reason != Code::unknown_type) feeds.correct(append.node, refused->record());
    }
  }
  if (!append.hashes.empty()) {
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
  const auto reason = append_one(txn, appender, std::move(entry), nullptr, context.registry,
                                 LineHistory(txn), feeds);
  if (reason) return Refusal{*reason, "id", {}};
  return OwnAppend{place, feeds.touched()};
}

std::vector<NodeId> append_own(WriteTxn& txn, const std::string& event, const HubContext& context) {
  auto appended = append_recorded(txn, event, context);
  check(appended.ok(), "the hub made an event that it cannot apply");
  return std::move(appended->touched);
}

}  // namespace titip
