#include <algorithm>
#include <map>
#include <variant>

#include "core/capnp_bytes.hh"
#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

namespace {

// The payloads of a state's writes, each opened once however many fields it shows.
class Payloads {
 public:
  FieldValue read(const FieldRules& field, const Write& write) {
    auto [at, is_new] = opened_.try_emplace(&write, nullptr);
    if (is_new) at->second = std::make_unique<StoredReader<capnp::AnyStruct>>(write.payload);
    return read_field(field, at->second->get());
  }

 private:
  std::map<const Write*, std::unique_ptr<StoredReader<capnp::AnyStruct>>> opened_;
};

struct Shown {
  const FieldRules* field;
  ShownField by;
};

bool is_unusual(const FieldRules& field, const FieldValue& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  return integer != nullptr && field.range && field.range->has_usual() &&
         (*integer < field.range->usual_min || *integer > field.range->usual_max);
}

void print_set(JsonWriter& out, const std::vector<Shown>& shown, Payloads& payloads) {
  out.key("set").begin_object();
  for (const auto& [field, by] : shown) {
    if (by.cleared) continue;
    out.key(field->name);
    print_field(out, *field, payloads.read(*field, *by.from));
  }
  out.end_object();
}

// Whose words a write is.
void print_author(JsonWriter& out, const Write& write) {
  out.key("by").text(write.by);
  out.key("facility").text(write.facility);
  out.key("at").text(format_time({write.at, write.zone_minutes}));
}

// Every write that stands in the field's frontier, so that a `resolve` can name them all.
void print_conflict(JsonWriter& out, const RecordState& state, const FieldRules& field,
                    Payloads& payloads) {
  out.key(field.name).begin_array();
  for (const Write& write : state.writes) {
    if ((write.live & field.bit()) == 0) continue;
    out.begin_object().key("value");
    if ((write.cleared & field.bit()) != 0) {
      out.null();
    } else {
      print_field(out, field, payloads.read(field, write));
    }
    print_author(out, write);
    out.key("event").text(format_event_id(write.id));
    out.end_object();
  }
  out.end_array();
}

void print_conflicts(JsonWriter& out, const RecordState& state, const std::vector<Shown>& shown,
                     Payloads& payloads) {
  bool any = false;
  for (const auto& [field, by] : shown) {
    if (!by.contested) continue;
    if (!any) out.key("conflicts").begin_object();
    any = true;
    print_conflict(out, state, *field, payloads);
  }
  if (any) out.end_object();
}

void print_unusual(JsonWriter& out, const std::vector<Shown>& shown, Payloads& payloads) {
  bool any = false;
  for (const auto& [field, by] : shown) {
    if (by.cleared || !is_unusual(*field, payloads.read(*field, *by.from))) continue;
    if (!any) out.key("unusual").begin_array();
    any = true;
    out.text(field->name);
  }
  if (any) out.end_array();
}

void print_origins(JsonWriter& out, const std::vector<Shown>& shown,
                   const std::vector<const Write*>& unsent) {
  out.key("origins").begin_object();
  for (const auto& [field, by] : shown) {
    if (by.cleared) continue;
    out.key(field->name).begin_object();
    print_author(out, *by.from);
    if (std::ranges::find(unsent, by.from) != unsent.end()) out.key("waiting").boolean(true);
    out.end_object();
  }
  out.end_object();
}

}  // namespace

std::string record_line(const RecordKey& key, const RecordState& state, const RecordType* type,
                        const RecordPrint& print, const PrintOptions& options) {
  JsonWriter out;
  Payloads payloads;
  std::vector<Shown> shown;
  std::uint64_t withheld = 0;
  if (type != nullptr) {
    for (const FieldRules& field : type->fields) {
      const auto by = shown_field(state, field);
      if (!by) continue;
      if (field.identifies && !options.identifying) {
        ++withheld;
      } else {
        shown.push_back({&field, *by});
      }
    }
  }
  out.begin_object().key("type");
  if (type != nullptr) {
    out.text(type->name);
  } else {
    out.number(std::uint64_t{key.type});
  }
  out.key("id").text(format_hex_id(key.id));
  if (!print.members.empty()) {
    out.key("members").begin_array();
    for (const auto member : print.members) out.text(format_hex_id(member));
    out.end_array();
  }
  if (type != nullptr) print_set(out, shown, payloads);
  if (withheld != 0) out.key("withheld").number(withheld);
  out.key("alive").boolean(shown_alive(state));
  out.key("underReview").boolean(state.under_review);
  print_conflicts(out, state, shown, payloads);
  print_unusual(out, shown, payloads);
  if (print.origins) print_origins(out, shown, print.unsent);
  out.key("version").text(format_version(print.version));
  out.key("waiting").boolean(print.waiting);
  if (!print.receipt.empty()) out.key("receipt").text(print.receipt);
  out.key("fromElsewhere").boolean(print.from_elsewhere);
  if (!print.hub_facility.empty()) out.key("hubFacility").text(print.hub_facility);
  if (print.position) out.key("position").number(*print.position);
  out.end_object();
  return out.take();
}

}  // namespace titip
