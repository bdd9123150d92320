// refs: ref text → RefEntry, the position being that of the event in this node's own journal.

#include "core/save_draft.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "core/record_group.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

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

bool is_held(const ReadTxn& txn, const RecordKey& record) {
  const auto value = txn.get(Table::records, record_key(record));
  return value && !only_linked(decode_record_state(*value));
}

// Why two records cannot be said to be one, or two.
std::optional<Refusal> refuse_pair(const ReadTxn& txn, const EventDraft& draft,
                                   const RecordKey& record, RecordId other) {
  if (other == record.id) return Refusal{Code::linked_to_itself, "other", {}};
  if (draft.op != Op::link) return std::nullopt;
  const auto state_of = stored_states(txn);
  auto both = group_of(state_of, record);
  for (const auto id : group_of(state_of, {record.type, other})) {
    if (std::ranges::count(both, id) == 0) both.push_back(id);
  }
  if (both.size() <= limits::group_members_max) return std::nullopt;
  return Refusal{Code::group_full, "other", {std::to_string(limits::group_members_max)}};
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
    if (!is_held(txn, {wanted->number, *id})) saved.not_held |= field->bit();
  }
  if (draft.other.id != 0 || !draft.other.ref.empty()) {
    const auto id = resolve_reference(txn, draft.other, *draft.type, "other");
    if (!id) return id.refusal();
    stamp.other = *id;
    return refuse_pair(txn, draft, saved.record, *id);
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
  auto state = decode_record_state(*value);
  if (only_linked(state)) {
    saved.record_not_held = draft.op != Op::create;
    if (!has_room_for(state, draft.op)) return Refusal{Code::too_contested, "id", {}};
    return state;
  }
  if (draft.op == Op::create) return Refusal{Code::record_exists, "id", {}};
  if (draft.op == Op::set && !shown_alive(state)) return Refusal{Code::record_retracted, "id", {}};
  // No hub would apply it.
  if (!has_room_for(state, draft.op)) return Refusal{Code::too_contested, "id", {}};
  return state;
}

}  // namespace

RecordId RecordIds::mint() {
  if (next_ == 0) next_ = 1;
  return next_++;
}

Result<Saved> save_draft_in(OwnJournal& journal, WriteTxn& txn, const EventDraft& draft,
                            const IntakeContext& context) {
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

  EventStamp stamp;
  stamp.record = saved.record.id;
  stamp.clock = context.clock;
  stamp.zone_minutes = context.zone_minutes;
  if (draft.op != Op::create)
    stamp.version = journal.author_saw(draft.version, saved.record, *state);
  if (auto refusal = resolve_references(txn, draft, context.registry, stamp, saved))
    return *refusal;

  const std::string bytes = make_event(draft, stamp);
  if (bytes.size() > limits::event_bytes_max) {
    return Refusal{Code::too_long, {}, {std::to_string(limits::event_bytes_max)}};
  }
  const auto place = journal.append(bytes, draft, *std::move(state));
  if (!place) return place.refusal();
  saved.seq = *place;
  if (!draft.ref.empty()) put_ref(txn, draft.ref, {saved.record, saved.lane, saved.seq, content});
  return saved;
}

}  // namespace titip
