#pragma once

// Drafts and stamps that the tests of events and of printing share. Names and numbers are invented.

#include <string>
#include <string_view>
#include <utility>

#include "core/check.hh"
#include "core/event.hh"
#include "core/registry.hh"

namespace titip::samples {

inline constexpr RecordId record_id = 0x1122334455667788;
inline constexpr RecordId person_id = 0x99aabbccddeeff01;
inline constexpr TimeMs saved_at = 1'728'951'180'000;  // 2024-10-15T00:13:00Z
inline constexpr TimeMs made_at = saved_at - 60'000;
inline constexpr std::int64_t october_15 = 20'011;  // 2024-10-15 in days

inline const RecordType& type(std::string_view name) {
  const RecordType* found = Registry::ilp().find(name);
  check(found != nullptr, "the test names a type of schema/ilp.capnp");
  return *found;
}

inline const FieldRules& field(std::string_view type_name, std::string_view name) {
  const FieldRules* found = type(type_name).field(name);
  check(found != nullptr, "the test names a field of schema/ilp.capnp");
  return *found;
}

inline EventStamp stamp() {
  EventStamp stamp;
  stamp.record = record_id;
  stamp.clock = {saved_at, 3'600'000, 0xb007};
  stamp.zone_minutes = 540;
  return stamp;
}

// A child weighed at a posyandu, as in design section 9.
inline EventDraft growth() {
  const auto of = [](std::string_view name) { return &field("GrowthMeasurement", name); };
  EventDraft draft;
  draft.type = &type("GrowthMeasurement");
  draft.ref = "my-app-8731";
  draft.by = "kader-03";
  draft.at = made_at;
  draft.zone_minutes = 540;
  draft.set = {{of("person"), RecordReference{0, "my-app-8700"}},
               {of("date"), october_15},
               {of("weightGrams"), std::int64_t{9200}},
               {of("lengthMillimetres"), std::int64_t{731}},
               {of("posture"), std::int64_t{0}}};
  return draft;
}

inline EventStamp growth_stamp() {
  EventStamp with_person = stamp();
  with_person.references = {person_id};
  return with_person;
}

// A name mended and a phone number taken away, by someone who had seen the hub's state.
inline EventDraft person_edit() {
  EventDraft draft;
  draft.type = &type("Person");
  draft.op = Op::set;
  draft.record = {record_id, {}};
  draft.by = "bidan-1";
  draft.set = {{&field("Person", "name"), std::string("Yosefina Ma\xc3\xb1u")}};
  draft.cleared = field("Person", "phone").bit();
  return draft;
}

inline EventStamp person_edit_stamp() {
  EventStamp with_version = stamp();
  with_version.version = {{0xfeed, 4711}, 12};
  return with_version;
}

inline std::string growth_event() { return make_event(growth(), growth_stamp()); }
inline std::string person_edit_event() { return make_event(person_edit(), person_edit_stamp()); }

inline EventReader opened(std::string_view bytes) {
  auto event = EventReader::open(bytes);
  check(event.has_value(), "the test's event opens");
  return std::move(*event);
}

}  // namespace titip::samples
