#include "core/hub_append.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/carried.hh"
#include "core/check.hh"
#include "core/corrected_time.hh"
#include "core/hub_apply.hh"
#include "core/meta.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

// Of two records no intake would say that.
std::optional<Code> reason_against_pair(const EventReader& event, const RecordType& type) {
  if (event.op() != Op::link && event.op() != Op::unlink) return std::nullopt;
  const auto in = event.get();
  if (in.getOther() == 0 || in.getOther() == event.record().id) return Code::linked_to_itself;
  const bool fields = in.getSetFields() != 0 || in.getClearedFields() != 0;
  if (fields || type.alike_keys.empty()) return Code::not_allowed_here;
  return std::nullopt;
}

// Why an event cannot be applied, or nothing. `forged`: another node's event under this one's name;
// that stays so when its type becomes known.
std::optional<Code> reason_against(const std::optional<EventReader>& event, const RecordType* type,
                                   NodeId origin, bool forged) {
  if (!event) return Code::undecodable;
  if (forged) return Code::bad_id;
  if (type == nullptr) return Code::unknown_type;
  if (type->system && origin != 0) return Code::system_type;
  return reason_against_pair(*event, *type);
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

OrderingFacts ordered(const HubEntry& entry, const std::optional<EventReader>& event, OrderedBy by,
                      const NodeState* author) {
  if (by == OrderedBy::former_hub) return entry.order;
  if (!event) return {entry.received_at, Confidence::clamped, 0};
  if (by == OrderedBy::hub) return corrected_time_of_own(event->get(), entry.received_at);
  check(author != nullptr, "an author's event without its author");
  return corrected_time(event->get(), entry.born, *author, entry.received_at);
}

// Knows where the event stands, if not where its birth name says.
void note_place(WriteTxn& txn, const HubEntry& entry, const Position& place) {
  const bool own = entry.origin == 0 && entry.born.seq == place.offset;
  if (entry.carrier != 0 || (entry.origin == 0 && !own)) {
    note_born_elsewhere(txn, entry.born, place.offset);
  }
}

// What went because it was seen is not looked at once more: where else it stood was told of it only
// while it was there.
bool is_needed(const ReadTxn& txn, const RecordKey& record, const EventId& id) {
  const auto stored = txn.get(Table::records, record_key(record));
  return stored && find_write(decode_record_state(*stored), id) != nullptr;
}

}  // namespace

std::vector<EventId> settled_by(const EventReader& event) {
  std::vector<EventId> ids;
  for (const auto id : event.get().getSettles()) {
    ids.push_back({id.getIncarnation(),
                   id.getSeq(),
                   {id.getHashLow(), id.getHashHigh()},
                   static_cast<Lane>(id.getLane())});
  }
  return ids;
}

std::vector<Position> placements_of(const Position& now, const std::vector<Position>& former) {
  std::vector<Position> placements{now};
  placements.insert(placements.end(), former.begin(), former.end());
  return placements;
}

Appender::Appender(WriteTxn& txn, const HubContext& context)
    : txn_(txn), context_(context), end_(journal_end(txn)) {
  begin_epoch(txn, context.epoch);
}

void Appender::append(HubEntry entry) {
  entry.offset = end_.offset + 1;
  entry.epoch = context_.epoch;
  const auto stored = chain_hub_entry(end_.hash, entry);
  end_ = {entry.offset, entry.hash};
  txn_.append(Table::journal, Key().u64(entry.offset), stored);
}

std::optional<Code> append_one(const AppendWork& work, HubEntry entry, OrderedBy by,
                               const NodeState* author) {
  const auto event = EventReader::open(entry.event);
  const auto* type = event ? work.context.registry.find(event->record().type) : nullptr;
  auto reason = reason_against(event, type, entry.origin, entry.forged);
  entry.order = ordered(entry, event, by, author);
  const Position placement = work.appender.next();
  if (!reason) {
    reason = apply_to_records(work, *event, entry, placements_of(placement, entry.former), *type);
  }
  if (reason && by == OrderedBy::hub) return reason;
  entry.quarantined = reason.has_value();
  if (reason) put_in_quarantine(work.txn, entry, placement.offset, *reason);
  note_place(work.txn, entry, placement);
  work.appender.append(std::move(entry));
  return reason;
}

void append_again(const AppendWork& work, const HubEntry& held, HubEntry again) {
  const auto event = EventReader::open(held.event);
  const auto* type = event ? work.context.registry.find(event->record().type) : nullptr;
  if (type != nullptr && !again.former.empty() &&
      is_needed(work.txn, event->record(), held.born)) {
    auto placements = placements_of({held.epoch, held.offset}, held.former);
    placements.insert(placements.end(), again.former.begin(), again.former.end());
    auto same = held;
    same.order = again.order;  // of which the earlier frozen stay
    // It may be too contested to be looked at once more; nothing of it goes.
    apply_to_records(work, *event, same, std::move(placements), *type);
  }
  again.event.clear();
  again.quarantined = false;
  work.appender.append(std::move(again));
}

bool append_applied(const AppendWork& work, const HubEntry& held, HubEntry applied) {
  const auto event = EventReader::open(held.event);
  check(event.has_value(), "a parked event cannot be read");
  const auto* type = work.context.registry.find(event->record().type);
  auto reason = reason_against(event, type, held.origin, held.forged);
  if (!reason) {
    auto as_applied = held;
    as_applied.order = applied.order;
    reason = apply_to_records(work, *event, as_applied,
                              placements_of(work.appender.next(), applied.former), *type);
  }
  if (reason) {
    put_in_quarantine(work.txn, held, held.offset, *reason);
    return false;
  }
  work.txn.erase(Table::quarantine, Key().u64(held.offset));
  applied.event.clear();
  applied.quarantined = false;
  applied.carrier = 0;
  applied.carrier_hash = {};
  applied.received_at = work.context.now;
  work.appender.append(std::move(applied));
  return true;
}

}  // namespace titip
