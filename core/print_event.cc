#include <array>
#include <bit>

#include "core/capnp_bytes.hh"
#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

namespace {

void print_text_if_any(JsonWriter& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out.key(key).text(text);
}

void print_envelope(JsonWriter& out, const EventReader& event, const RecordType* type) {
  const auto reader = event.get();
  out.key("type");
  if (type != nullptr) {
    out.text(type->name);
  } else {
    out.number(std::uint64_t{reader.getType()});
  }
  out.key("id").text(format_hex_id(reader.getRecord()));
  out.key("op").text(op_word(event.op()));
  print_text_if_any(out, "ref", view_of(reader.getRef()));
  print_text_if_any(out, "by", view_of(reader.getBy()));
  out.key("at").text(format_time({reader.getAt(), reader.getZoneMinutes()}));
}

// Fields in the order of the schema; a cleared one is null, as its author wrote it.
void print_set(JsonWriter& out, const EventReader& event, const RecordType& type, FieldMask shown) {
  if (shown == 0) return;
  const FieldMask cleared = event.get().getClearedFields();
  const auto payload = event.payload();
  out.key("set").begin_object();
  for (const FieldRules& field : type.fields) {
    if ((shown & field.bit()) == 0) continue;
    out.key(field.name);
    if ((cleared & field.bit()) != 0) {
      out.null();
    } else {
      print_field(out, field, read_field(field, payload));
    }
  }
  out.end_object();
}

void print_count_if_any(JsonWriter& out, std::string_view key, FieldMask fields) {
  if (fields != 0) out.key(key).number(static_cast<std::uint64_t>(std::popcount(fields)));
}

void print_fields(JsonWriter& out, const EventReader& event, const RecordType* type,
                  const PrintOptions& options) {
  const FieldMask touched = event.get().getSetFields() | event.get().getClearedFields();
  FieldMask known = 0;
  FieldMask withheld = 0;
  if (type != nullptr) {
    for (const FieldRules& field : type->fields) known |= field.bit();
    if (!options.identifying) withheld = touched & type->identifying;
    print_set(out, event, *type, touched & known & ~withheld);
  }
  print_count_if_any(out, "withheld", withheld);
  print_count_if_any(out, "unknownFields", touched & ~known);
}

void print_causes(JsonWriter& out, schema::Event::Reader event, const PrintOptions& options) {
  if (event.getOther() != 0) out.key("other").text(format_hex_id(event.getOther()));
  if (event.getSettles().size() > 0) {
    out.key("settles").begin_array();
    for (const auto id : event.getSettles()) {
      const auto lane = id.getLane() == schema::Lane::URGENT ? Lane::urgent : Lane::routine;
      out.text(format_event_id(
          {id.getIncarnation(), id.getSeq(), {id.getHashLow(), id.getHashHigh()}, lane}));
    }
    out.end_array();
  }
  const Version version{{event.getBasisEpoch(), event.getBasisOffset()}, event.getSeen()};
  if (version != Version{}) out.key("version").text(format_version(version));
  if (event.getSaved() != event.getAt()) {
    out.key("saved").text(format_time({event.getSaved(), event.getZoneMinutes()}));
  }
  // It may name a person.
  if (options.identifying) print_text_if_any(out, "note", view_of(event.getNote()));
}

void print_place(JsonWriter& out, const EventPlace& place) {
  out.key("node").text(format_hex_id(place.node));
  print_text_if_any(out, "facility", place.facility);
  if (place.seq != 0) {
    out.key("lane").text(place.lane == Lane::urgent ? "urgent" : "routine");
    out.key("seq").number(place.seq);
  }
  print_text_if_any(out, "hub", place.hub);
  print_text_if_any(out, "hubFacility", place.hub_facility);
  if (place.offset) out.key("offset").number(*place.offset);
  print_text_if_any(out, "quarantined", place.quarantined);
}

}  // namespace

std::string event_line(const EventReader& event, const Registry& registry, const EventPlace& place,
                       const PrintOptions& options) {
  const RecordType* type = registry.find(event.record().type);
  JsonWriter out;
  out.begin_object();
  print_envelope(out, event, type);
  print_fields(out, event, type, options);
  print_causes(out, event.get(), options);
  print_place(out, place);
  out.end_object();
  return out.take();
}

}  // namespace titip
