#include "core/queries.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/capnp_bytes.hh"
#include "core/district_store.hh"
#include "core/epochs.hh"
#include "core/hub_journal.hh"
#include "core/intake_json.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "core/parked.hh"
#include "core/record_group.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/united.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

enum class Origins : std::uint8_t { left_out, told };

// How far an agent's own event has come; 0: it has none.
std::string_view receipt_of(const ReadTxn& txn, Lane lane, Seq seq) {
  if (seq == 0) return {};
  if (seq <= meta::safe(txn, lane)) return "district";
  return seq <= meta::acknowledged(txn, lane).seq ? "hub" : "saved";
}

// With all that are one with it.
United whole_of(const ReadTxn& txn, const RecordType* type, const RecordKey& key,
                std::string_view value) {
  auto state = decode_record_state(value);
  return type == nullptr ? alone(key, std::move(state)) : united(txn, key, std::move(state), *type);
}

std::string line_of(const ReadTxn& txn, const RecordReader& reader, const RecordType* type,
                    const United& whole, std::optional<std::uint64_t> position = {},
                    Origins origins = Origins::left_out) {
  const auto& state = whole.state;
  RecordPrint print;
  print.origins = origins == Origins::told;
  print.hub_facility = reader.hub_facility;
  print.position = position;
  print.version.as_of = state.as_of;
  if (whole.is_group()) print.members = whole.members;
  if (reader.agent) {
    const auto own = current_incarnation(txn);
    const AgentHistory history(txn);
    print.version.seen = journal_head(txn, type->lane).seq;
    const auto held = meta::acknowledged(txn, type->lane).seq;
    Seq latest = 0;  // own event of it
    for (const auto& write : state.writes) {
      if (history.in_line(own, carrier_of(write), write.id)) {
        latest = std::max(latest, write.id.seq);
        if (write.id.seq > held) print.unsent.push_back(&write);
      } else {
        print.from_elsewhere = true;
      }
    }
    print.waiting = latest > held;
    print.receipt = receipt_of(txn, type->lane, latest);
  } else {
    print.from_elsewhere = std::any_of(state.writes.begin(), state.writes.end(),
                                       [](const Write& write) { return write.origin != 0; });
  }
  return record_line(whole.record, state, type, print, reader.options);
}

std::string quarantine_reason(const ReadTxn& txn, std::uint64_t offset) {
  const auto value = txn.get(Table::quarantine, Key().u64(offset));
  if (!value) return {};
  const StoredReader<schema::Quarantined> in(*value);
  return std::string(view_of(in->getReason()));
}

// Bytes that are no event still have a place in the journal, and are shown as such.
std::string opaque_line(const EventPlace& place, std::size_t bytes) {
  JsonWriter out;
  out.begin_object();
  out.key("opaqueBytes").number(std::uint64_t{bytes});
  out.key("node").text(format_hex_id(place.node));
  out.key("facility").text(place.facility);
  out.key("lane").text(place.lane == Lane::urgent ? "urgent" : "routine");
  out.key("seq").number(place.seq);
  out.key("hub").text(place.hub);
  if (!place.hub_facility.empty()) out.key("hubFacility").text(place.hub_facility);
  out.key("offset").number(place.offset.value_or(0));
  out.key("quarantined").text(place.quarantined);
  out.end_object();
  return out.take();
}

// Why a hub put an entry into quarantine, as far as the entry itself tells; empty: it did not.
std::string_view reason_against(const HubEntry& entry, const Registry& registry) {
  if (!entry.quarantined) return {};
  const auto event = EventReader::open(entry.event);
  if (!event) return code_name(Code::undecodable);
  if (registry.find(event->record().type) == nullptr) return code_name(Code::unknown_type);
  return "by_hub";
}

void begin_change(JsonWriter& out, const KeptChange& change, const RecordType* type) {
  out.begin_object().key("type");
  if (type != nullptr) {
    out.text(type->name);
  } else {
    out.number(std::uint64_t{change.record.type});
  }
  out.key("id").text(format_hex_id(change.record.id));
}

std::string end_change(JsonWriter& out, const RecordReader& reader, const KeptChange& change) {
  if (!reader.hub_facility.empty()) out.key("hubFacility").text(reader.hub_facility);
  out.key("position").number(change.position);
  out.end_object();
  return out.take();
}

std::string forget_line(const RecordReader& reader, const KeptChange& change,
                        const RecordType* type) {
  JsonWriter out;
  begin_change(out, change, type);
  out.key("forget").boolean(true);
  return end_change(out, reader, change);
}

// It is one with another, under whose id all that is known of both is shown.
std::string same_line(const RecordReader& reader, const KeptChange& change, const RecordType* type,
                      const United& whole) {
  JsonWriter out;
  begin_change(out, change, type);
  out.key("sameAs").text(format_hex_id(whole.record.id));
  out.key("underReview").boolean(whole.state.under_review);
  return end_change(out, reader, change);
}

// Such an entry holds no event of its own; `what` it says of the event that it names.
std::string note_line(std::string_view what, const EventPlace& place, const EventId& event) {
  JsonWriter out;
  out.begin_object();
  out.key(what).text(format_event_id(event));
  out.key("node").text(format_hex_id(place.node));
  out.key("facility").text(place.facility);
  out.key("lane").text(place.lane == Lane::urgent ? "urgent" : "routine");
  out.key("seq").number(place.seq);
  out.key("hub").text(place.hub);
  if (!place.hub_facility.empty()) out.key("hubFacility").text(place.hub_facility);
  out.key("offset").number(place.offset.value_or(0));
  out.end_object();
  return out.take();
}

}  // namespace

std::optional<std::string> record_json(const ReadTxn& txn, const RecordReader& reader,
                                       const RecordType& type, RecordId id) {
  const RecordKey key{type.number, id};
  const auto value = txn.get(Table::records, record_key(key));
  if (!value) return std::nullopt;
  const auto whole = whole_of(txn, &type, key, *value);
  if (!whole.is_held()) return std::nullopt;
  return line_of(txn, reader, &type, whole, {}, Origins::told);
}

void each_record(const ReadTxn& txn, const RecordReader& reader, const RecordType& type,
                 RecordId after, const VisitRecord& visit) {
  if (after == ~RecordId{0}) return;
  txn.scan(Table::records, record_key({type.number, after + 1}), [&](const Entry& entry) {
    if (key_u16(entry.key, 0) != type.number) return false;
    const auto id = key_u64(entry.key, 2);
    const auto whole = whole_of(txn, &type, {type.number, id}, entry.value);
    // A group stands once, under its canonical id.
    if (whole.record.id != id || !whole.is_held()) return true;
    return visit(id, line_of(txn, reader, &type, whole));
  });
}

void each_hub_event(const ReadTxn& txn, const RecordReader& reader, std::uint64_t after,
                    const VisitLine& visit) {
  if (after == ~std::uint64_t{0}) return;
  const auto line = current_line(txn);
  txn.scan(Table::journal, Key().u64(after + 1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    const auto reason = entry.quarantined ? quarantine_reason(txn, entry.offset) : std::string();
    return visit(hub_entry_line(reader, entry, line.epoch_of(entry.offset), reason));
  });
}

std::string hub_entry_line(const RecordReader& reader, const HubEntry& entry, std::uint64_t epoch,
                           std::string_view quarantined) {
  const auto hub = format_hex_id(epoch);
  EventPlace place;
  place.node = entry.origin;
  place.facility = entry.facility;
  place.lane = entry.born.lane;
  place.seq = entry.born.seq;
  place.hub = hub;
  place.hub_facility = reader.hub_facility;
  place.offset = entry.offset;
  place.quarantined = quarantined;
  if (applies_parked(entry)) return note_line("applied", place, entry.born);
  if (entry.says_again()) return note_line("again", place, entry.born);
  const auto event = EventReader::open(entry.event);
  if (!event) return opaque_line(place, entry.event.size());
  return event_line(*event, reader.registry, place, reader.options);
}

void each_kept_event_line(const ReadTxn& txn, const RecordReader& reader, std::uint64_t after,
                          const VisitKept& visit) {
  each_kept_entry(txn, after, [&](const KeptEntry& kept) {
    if (kept.entry) {
      const auto reason = reason_against(*kept.entry, reader.registry);
      return visit({kept.offset, hub_entry_line(reader, *kept.entry, kept.epoch, reason)});
    }
    HubEntry opaque;
    opaque.offset = kept.offset;
    opaque.event = kept.item;
    return visit(
        {kept.offset, hub_entry_line(reader, opaque, kept.epoch, code_name(Code::undecodable))});
  });
}

void each_kept_change_line(const ReadTxn& txn, const RecordReader& reader, std::uint64_t after,
                           const VisitKept& visit) {
  each_kept_change(txn, after, [&](const KeptChange& change) {
    const auto* type = reader.registry.find(change.record.type);
    const auto value = txn.get(Table::records, record_key(change.record));
    if (change.forget || !value) {
      return visit({change.position, forget_line(reader, change, type)});
    }
    const auto whole = whole_of(txn, type, change.record, *value);
    if (whole.record != change.record) {
      return visit({change.position, same_line(reader, change, type, whole)});
    }
    if (!whole.is_held()) return visit({change.position, forget_line(reader, change, type)});
    return visit({change.position, line_of(txn, reader, type, whole, change.position)});
  });
}

}  // namespace titip
