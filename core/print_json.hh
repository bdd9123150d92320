#pragma once

// Events and records as `get`, `list`, `events` and the HTTP API print them: one JSON object on one
// line, in the input shape of design section 9 plus where it stands.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/event.hh"
#include "core/record_state.hh"
#include "core/registry.hh"

namespace titip {

// Appends JSON; strings are escaped, commas are its own business.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);  // what is not UTF-8 prints as U+FFFD
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  void quote(std::string_view value);
  std::string out_;
  std::vector<bool> first_;  // of each open object or array: nothing in it yet
  bool after_key_ = false;
};

// A sender's own words as a person reads them: without a NIK, and without what could steer a
// terminal.
std::string plain(std::string_view text);

struct PrintOptions {
  bool identifying = true;  // false: fields that identify a person are left out
};

// Where an event stands; what is absent is not printed.
struct EventPlace {
  NodeId node = 0;
  std::string_view facility;
  Lane lane = Lane::routine;
  Seq seq = 0;                          // 0: neither lane nor seq is printed
  std::string_view hub;                 // epoch as 16 hex digits; empty at an agent
  std::string_view hub_facility = {};   // at a district: of that hub
  std::optional<std::uint64_t> offset;  // in the hub's journal
  std::string_view quarantined;         // reason; empty: applied
};

// {"type","id","op","ref","by","at","set",…,"node","facility","lane","seq","hub","hubFacility","offset"}.
// Of a record type unknown here `type` is its number and there is no `set`. "unknownFields" counts
// the fields that the registry does not know, "withheld" those left out because they identify a
// person.
std::string event_line(const EventReader& event, const Registry& registry, const EventPlace& place,
                       const PrintOptions& options);

// What the state itself does not say of a record.
struct RecordPrint {
  Version version;              // to be given back as `version` by who edits what is shown
  bool waiting = false;         // events of it are not yet durable at the hub
  bool from_elsewhere = false;  // something of it came from another node
  std::string_view receipt;     // how far this node's own events of it have come; empty: none
  std::string_view hub_facility = {};          // at a district: of the hub that it came from
  std::optional<std::uint64_t> position = {};  // of its last change, where changes are read
  bool origins = false;                        // say of each field who wrote what is shown
  std::vector<const Write*> unsent = {};       // of the state: own, not yet durable at the hub
  std::vector<RecordId> members = {};          // of a group: those that are linked as one
};

// {"type","id","members":[ids],"set":{shown fields},"withheld","alive","underReview",
//  "conflicts":{field:[{"value","by","facility","at","event"}]},
//  "unusual":[fields outside their usual range],
//  "origins":{shown field:{"by","facility","at","waiting"}},
//  "version","waiting","receipt","fromElsewhere"}; what is
// empty is left out, but never `set`. A null `type` is unknown here: its number prints, no `set`.
std::string record_line(const RecordKey& key, const RecordState& state, const RecordType* type,
                        const RecordPrint& print, const PrintOptions& options);

// The value of one field as the input shape has it.
void print_field(JsonWriter& out, const FieldRules& field, const FieldValue& value);

}  // namespace titip
