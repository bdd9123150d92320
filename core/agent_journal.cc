#include "core/agent_journal.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/epochs.hh"
#include "core/meta.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

Key entry_key(Lane lane, Seq seq) { return Key().u8(static_cast<std::uint8_t>(lane)).u64(seq); }

Key record_key(const RecordKey& record) { return Key().u16(record.type).u64(record.id); }

AgentEntry read_entry(std::string_view value) {
  const StoredReader<schema::AgentEntry> in(value);
  AgentEntry entry{std::string(view_of(in->getEvent())), {in->getHashLow(), in->getHashHigh()}, {}};
  if (in->hasBorn()) {
    const auto born = in->getBorn();
    entry.born = EventId{born.getIncarnation(),
                         born.getSeq(),
                         {born.getHashLow(), born.getHashHigh()},
                         static_cast<Lane>(born.getLane())};
  }
  return entry;
}

struct RefHolder {
  RecordKey record;
  Lane lane = Lane::routine;
  Seq seq = 0;
  Hash content;
};

std::optional<RefHolder> find_ref(const ReadTxn& txn, std::string_view ref) {
  const auto value = txn.get(Table::refs, ref);
  if (!value) return std::nullopt;
  const StoredReader<schema::RefEntry> in(*value);
  return RefHolder{{in->getType(), in->getRecord()},
                   static_cast<Lane>(in->getLane()),
                   in->getSeq(),
                   {in->getContentLow(), in->getContentHigh()}};
}

void put_ref(WriteTxn& txn, std::string_view ref, const RefHolder& holder) {
  StoredBuilder<schema::RefEntry> out(128);
  out->setRecord(holder.record.id);
  out->setType(holder.record.type);
  out->setLane(static_cast<schema::Lane>(holder.lane));
  out->setSeq(holder.seq);
  out->setContentLow(holder.content.low);
  out->setContentHigh(holder.content.high);
  txn.put(Table::refs, ref, out.bytes());
}

// The record that a reference means. `wanted`: the type it must be of.
Result<RecordId> resolve_reference(const ReadTxn& txn, const RecordReference& reference,
                                   const RecordType& wanted, const std::string& field) {
  if (reference.id != 0) return reference.id;
  const auto holder = find_ref(txn, reference.ref);
  if (!holder) return Refusal{Code::unknown_ref, field, {}};
  if (holder->record.type != wanted.number)
    return Refusal{Code::wrong_ref_type, field, {wanted.name}};
  return holder->record.id;
}

// Fills the stamp's resolved ids and marks what is not held here.
std::optional<Refusal> resolve_references(const ReadTxn& txn, const EventDraft& draft,
                                          const Registry& registry, EventStamp& stamp,
                                          Saved& saved) {
  for (const auto& [field, value] : draft.set) {
    const auto* reference = std::get_if<RecordReference>(&value);
    if (reference == nullptr) continue;
    const auto* wanted = registry.find(field->refers_to);
    check(wanted != nullptr, "a reference to a type that the registry does not know");
    const auto id = resolve_reference(txn, *reference, *wanted, field->name);
    if (!id) return id.refusal();
    stamp.references.push_back(*id);
    if (!txn.get(Table::records, record_key({wanted->number, *id}))) saved.not_held |= field->bit();
  }
  if (draft.other.id != 0 || !draft.other.ref.empty()) {
    const auto id = resolve_reference(txn, draft.other, *draft.type, "other");
    if (!id) return id.refusal();
    stamp.other = *id;
  }
  return std::nullopt;
}

// Chooses the record that the draft is about and reads its state. A `set` of a retracted record is
// refused.
Result<RecordState> open_record(const ReadTxn& txn, const EventDraft& draft, RecordIds& ids,
                                Saved& saved) {
  saved.record.type = draft.type->number;
  if (draft.op == Op::create && draft.record.id == 0) {
    saved.record.id = ids.mint();
    return RecordState{};
  }
  const auto id = resolve_reference(txn, draft.record, *draft.type, "id");
  if (!id) return id.refusal();
  saved.record.id = *id;
  const auto value = txn.get(Table::records, record_key(saved.record));
  if (!value) {
    saved.record_not_held = draft.op != Op::create;
    return RecordState{};
  }
  if (draft.op == Op::create) return Refusal{Code::record_exists, "id", {}};
  auto state = decode_record_state(*value);
  if (draft.op == Op::set && !shown_alive(state)) return Refusal{Code::record_retracted, "id", {}};
  if (draft.op == Op::set && state.writes.size() >= limits::record_writes_max) {
    return Refusal{Code::too_contested, "id", {}};
  }
  return state;
}

void append_entry(WriteTxn& txn, const Head& head, const std::string& event) {
  StoredBuilder<schema::AgentEntry> out(event.size() + 128);
  out->setEvent(data_of(event));
  out->setHashLow(head.hash.low);
  out->setHashHigh(head.hash.high);
  txn.put(Table::journal, entry_key(head.lane, head.seq), out.bytes());
}

}  // namespace

RecordId RecordIds::mint() {
  if (next_ == 0) next_ = 1;
  return next_++;
}

Result<Saved> save_draft(WriteTxn& txn, const EventDraft& draft, IntakeContext& context) {
  const Hash content = draft.ref.empty() ? Hash{} : draft_content(draft);
  if (!draft.ref.empty()) {
    if (const auto holder = find_ref(txn, draft.ref)) {
      if (holder->content != content) return Refusal{Code::ref_reused, "ref", {}};
      return Saved{holder->record, holder->lane, holder->seq, true, 0, 0, false};
    }
  }

  Saved saved;
  saved.lane = draft.type->lane;
  saved.unusual = draft.unusual;
  auto state = open_record(txn, draft, context.ids, saved);
  if (!state) return state.refusal();

  const Head before = journal_head(txn, saved.lane);
  EventStamp stamp;
  stamp.record = saved.record.id;
  stamp.clock = context.clock;
  stamp.zone_minutes = context.zone_minutes;
  if (draft.op != Op::create) {
    stamp.version = draft.version.value_or(Version{state->as_of, before.seq});
  }
  if (auto refusal = resolve_references(txn, draft, context.registry, stamp, saved))
    return *refusal;

  const std::string bytes = make_event(draft, stamp);
  if (bytes.size() > limits::event_bytes_max) {
    return Refusal{Code::too_long, {}, {std::to_string(limits::event_bytes_max)}};
  }
  const Head head{saved.lane, before.seq + 1, chain_next(before.hash, bytes)};
  saved.seq = head.seq;
  append_entry(txn, head, bytes);

  const auto event = EventReader::open(bytes);
  check(event.has_value(), "intake made an event that cannot be read");
  const EventId id{current_incarnation(txn), head.seq, head.hash, head.lane};
  const OrderingFacts order{event->get().getAt(), Confidence::wall,
                            static_cast<std::uint8_t>(context.kind)};
  apply_write(*state, write_of(*event, id, order, context.node, context.facility), draft.settles,
              draft.type, LineHistory(txn));
  txn.put(Table::records, record_key(saved.record), encode_record_state(*state));
  if (!draft.ref.empty()) put_ref(txn, draft.ref, {saved.record, saved.lane, saved.seq, content});
  return saved;
}

void begin_incarnation(WriteTxn& txn, Incarnation incarnation) {
  check(!meta::get_u64(txn, meta::incarnation), "this journal has a name already");
  meta::put_u64(txn, meta::incarnation, incarnation);
}

Incarnation current_incarnation(const ReadTxn& txn) {
  const auto incarnation = meta::get_u64(txn, meta::incarnation);
  check(incarnation.has_value(), "an agent's store without an incarnation");
  return *incarnation;
}

Head journal_head(const ReadTxn& txn, Lane lane) {
  Head head{lane, 0, {}};
  txn.scan_back(Table::journal, entry_key(lane, ~std::uint64_t{0}), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != static_cast<std::uint8_t>(lane)) return false;
    const StoredReader<schema::AgentEntry> in(entry.value);
    head = {lane, key_u64(entry.key, 1), {in->getHashLow(), in->getHashHigh()}};
    return false;
  });
  if (head.seq == 0) head.hash = chain_start(current_incarnation(txn), lane);
  return head;
}

bool journal_agrees(const ReadTxn& txn, const Head& head) {
  if (head.seq > journal_head(txn, head.lane).seq) return false;
  const auto hash = LaneSource(txn, head.lane).hash_at(head.seq);
  return !hash || *hash == head.hash;
}

std::optional<AgentEntry> journal_entry(const ReadTxn& txn, Lane lane, Seq seq) {
  const auto value = txn.get(Table::journal, entry_key(lane, seq));
  if (!value) return std::nullopt;
  return read_entry(*value);
}

std::optional<Hash> LaneSource::hash_at(Seq seq) const {
  if (seq == 0) return chain_start(current_incarnation(txn_), lane_);
  const auto entry = journal_entry(txn_, lane_, seq);
  if (!entry) return std::nullopt;
  return entry->hash;
}

StreamItems LaneSource::read(Seq from, std::size_t count, std::size_t raw_bytes) const {
  std::vector<BatchEvent> events;
  std::size_t total = 0;
  txn_.scan(Table::journal, entry_key(lane_, from + 1), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != static_cast<std::uint8_t>(lane_)) return false;
    auto read = read_entry(entry.value);
    total += read.event.size();
    if (!events.empty() && total > raw_bytes) return false;
    events.push_back({std::move(read.event), read.born});
    return events.size() < count;
  });
  const Seq to = from + events.size();
  return {std::move(events), to};
}

std::uint64_t backlog_events(const ReadTxn& txn) {
  std::uint64_t events = 0;
  for (const auto lane : all_lanes) {
    events += journal_head(txn, lane).seq - meta::acknowledged(txn, lane).seq;
  }
  return events;
}

std::optional<TimeMs> oldest_beyond(const ReadTxn& txn, const std::function<Seq(Lane)>& mark) {
  std::optional<TimeMs> oldest;
  for (const auto lane : all_lanes) {
    const auto entry = journal_entry(txn, lane, mark(lane) + 1);
    if (!entry) continue;
    const auto event = EventReader::open(entry->event);
    if (event) oldest = std::min(oldest.value_or(event->get().getSaved()), event->get().getSaved());
  }
  return oldest;
}

std::uint64_t oldest_unsent_seconds(const ReadTxn& txn, TimeMs wall) {
  constexpr TimeMs ms_per_second = 1000;
  const auto oldest =
      oldest_beyond(txn, [&](Lane lane) { return meta::acknowledged(txn, lane).seq; });
  if (!oldest) return 0;
  return static_cast<std::uint64_t>(std::max<TimeMs>(0, wall - *oldest) / ms_per_second);
}

namespace {

// Whether the hub's line of epochs holds the position that it once told this node. If not, the hub
// was taken back to an old copy, and that position is the proof: it must not be overwritten.
bool extends_known_hub(const ReadTxn& txn, const HubAnswer& answer) {
  const auto known = meta::get_position(txn, meta::hub_highest);
  if (!known || answer.epochs.empty()) return true;
  const bool told = std::ranges::any_of(
      answer.epochs, [&](const EpochEntry& entry) { return entry.epoch == known->epoch; });
  // The hub names its line down to the epoch that we named, or the newest part of it.
  if (!told && answer.epochs.back().parent != 0) return true;
  return EpochLine(answer.epochs).covers(*answer.position, *known);
}

}  // namespace

void record_hub_answer(WriteTxn& txn, const HubAnswer& answer) {
  for (const auto& head : answer.acknowledged) {
    if (head.seq > meta::acknowledged(txn, head.lane).seq) meta::put_acknowledged(txn, head);
  }
  for (const auto& outcome : answer.quarantined) {
    // Of what was never made here there is no outcome.
    if (outcome.seq == 0 || outcome.seq > journal_head(txn, outcome.lane).seq) continue;
    StoredBuilder<schema::Quarantined> out(256);
    out->setReason(text_of(outcome.reason));
    out->setSince(answer.at);
    out->setLane(static_cast<schema::Lane>(outcome.lane));
    out->setSeq(outcome.seq);
    txn.put(Table::quarantine, entry_key(outcome.lane, outcome.seq), out.bytes());
  }
  if (answer.position && extends_known_hub(txn, answer)) {
    meta::put_position(txn, meta::hub_highest, *answer.position);
  }
  put_line(txn, answer.epochs);
  for (const auto& mark : answer.safe) {
    if (mark.seq > meta::safe(txn, mark.lane)) meta::put_safe(txn, mark.lane, mark.seq);
  }
  meta::put_u64(txn, meta::last_sync, static_cast<std::uint64_t>(answer.at));
}

}  // namespace titip
