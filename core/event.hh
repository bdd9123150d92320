#pragma once

// Events: from a draft that a person or program typed to the canonical bytes that are stored,
// hashed and compared for ever, and back.

#include <capnp/any.h>
#include <capnp/message.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/refusal.hh"
#include "core/registry.hh"
#include "core/types.hh"
#include "schema/event.capnp.h"

namespace titip {

// As people and programs write it: "new", "set", …
std::string_view op_word(Op op);
std::optional<Op> op_named(std::string_view word);

// A reference to a record: by id, or by the `ref` of an earlier event of this node.
struct RecordReference {
  RecordId id = 0;
  std::string ref;  // used when id is 0
};

// boolean; integer, date (days), time (ms) and enumeration (ordinal); text; record.
using FieldValue = std::variant<bool, std::int64_t, std::string, RecordReference>;

// What an author asks for, validated field by field but not yet placed in any journal.
struct EventDraft {
  const RecordType* type = nullptr;
  Op op = Op::create;
  RecordReference record;  // empty for `create`: one is minted
  std::string ref;         // empty: none
  std::string by;
  std::optional<TimeMs> at;                  // absent: the time of saving
  std::optional<std::int16_t> zone_minutes;  // of `at` as written; absent: the facility's
  std::vector<std::pair<const FieldRules*, FieldValue>> set;
  FieldMask cleared = 0;
  std::optional<Version> version;  // what the author saw; absent: the state at commit
  RecordReference other;           // of link and unlink
  std::vector<EventId> settles;    // of resolve
  std::string note;                // why, in the author's words; empty: none
  FieldMask unusual = 0;           // accepted, but outside the usual range
};

// What the commit adds to a draft.
struct EventStamp {
  RecordId record = 0;
  std::vector<RecordId> references;  // resolved ids of draft.set's references, in that order
  RecordId other = 0;
  ClockReading clock;
  std::int16_t zone_minutes = 0;  // used if the draft has none
  Version version;
};

// Canonical Cap'n Proto bytes of schema::Event; a multiple of 8.
std::string make_event(const EventDraft& draft, const EventStamp& stamp);

// Names what the draft says, for recognising a retry of its `ref`: everything a person typed,
// nothing that the commit added.
Hash draft_content(const EventDraft& draft);

// A well-formed event. Holds its own aligned copy of the bytes.
class EventReader {
 public:
  // nullopt: not the canonical form of an Event within limits; such bytes are carried opaque.
  static std::optional<EventReader> open(std::string_view bytes);
  ~EventReader();
  EventReader(EventReader&&) noexcept;
  EventReader& operator=(EventReader&&) noexcept;

  std::string_view bytes() const;
  schema::Event::Reader get() const;
  RecordKey record() const;
  Op op() const;
  capnp::AnyStruct::Reader payload() const;  // empty struct if none

 private:
  struct Held;
  explicit EventReader(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

// Raw value of a field in a payload that may come from an older or newer schema; absent fields read
// as zero or empty. Never throws: a payload inside an EventReader has been checked.
FieldValue read_field(const FieldRules& field, capnp::AnyStruct::Reader payload);

}  // namespace titip
