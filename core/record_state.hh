#pragma once

// What is known of one record: for every field its frontier, the writes that no other write has
// seen. The set depends only on what was written and seen, never on arrival order or clocks; clocks
// and ranks only choose which of its values is shown. Rules: shared/replication.md sections 2
// and 3.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

enum class Confidence : std::uint8_t { anchored = 0, wall = 1, clamped = 2 };

// Frozen when a hub first appends an event, and replicated unchanged.
struct OrderingFacts {
  TimeMs corrected_time = 0;
  Confidence confidence = Confidence::wall;
  std::uint8_t rank = 0;
  bool operator==(const OrderingFacts&) const = default;
};

// One event's part in a record: kept while it stands in the frontier of any field, and as long as
// a later arrival must be judged by it (core/record_frontier.hh says when that is).
struct Write {
  EventId id;
  Incarnation carrier = 0;           // whose lane brought it; 0: the one that it was born in
  std::vector<Position> placements;  // at hubs, newest first in one line; empty: not at a hub yet
  Position basis;
  Seq seen = 0;             // position of its own stream that its author had seen
  FieldMask fields = 0;     // that it set or emptied
  FieldMask live = 0;       // those in whose frontier it stands
  FieldMask cleared = 0;    // those that it emptied
  bool alive_live = false;  // whether it stands in the frontier of the built-in field `alive`; of a
                            // link or unlink: of the field `same` of the pair
  RecordId other = 0;       // of link and unlink: the other of the pair than this state's record
  Op op = Op::create;
  OrderingFacts order;
  NodeId origin = 0;
  std::string by;
  std::string facility;
  TimeMs at = 0;
  std::int16_t zone_minutes = 0;
  std::vector<EventId> settles;  // of a resolve, in order
  std::string payload;           // canonical bytes of the struct; core/payload.hh opens them
  bool operator==(const Write&) const = default;

  bool of_pair() const { return op == Op::link || op == Op::unlink; }
};

struct RecordState {
  Position as_of;             // epoch 0: not heard of from a hub
  std::vector<Write> writes;  // in order of event id, so that equal states have equal bytes
  bool under_review = false;
  std::uint64_t changed = 0;  // position in this hub's feed of all changes; 0: in none
  // Of those from whom values are withheld: so are all that are one with it (core/united.hh), as
  // the hub told them.
  bool whole_under_review = false;

  // Whether they say the same. A feed's positions are of one hub and one history.
  bool operator==(const RecordState& other) const {
    return as_of == other.as_of && writes == other.writes && under_review == other.under_review &&
           whole_under_review == other.whole_under_review;
  }
};

// What is known of histories that a comparison may cross; the caller looks it up in its store.
class History {
 public:
  virtual ~History() = default;
  // Whether `placement` is at or below `basis` in the basis's own line of epochs.
  virtual bool covers(const Position& basis, const Position& placement) const = 0;
  // Whether the line that leads to an epoch is known back to where it began: then all that stood
  // before a position in it is known to have.
  virtual bool is_whole(std::uint64_t epoch) const = 0;
  // Whether the event `id`, which the lane of `carrier` brought, stands in the past of the journal
  // `descendant`: that journal is the carrier, or goes on from it beyond `id`. An incarnation's
  // lane is one unbroken chain at a hub, so what a clone wrote under the same name has another
  // carrier.
  virtual bool in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const = 0;
};

// The write that an event made, if it is still needed; nullptr: none, or it went.
const Write* find_write(const RecordState& state, const EventId& id);

// The incarnation whose lane brought a write.
inline Incarnation carrier_of(const Write& write) {
  return write.carrier == 0 ? write.id.incarnation : write.carrier;
}

// Whether the author of `later` had seen `earlier`. In doubt: no, they are concurrent.
bool has_seen(const Write& later, const Write& earlier, const History& history);

// The write that an event makes, before it is applied: live for everything it sets, clears or
// retracts.
Write write_of(const EventReader& event, const EventId& id, const OrderingFacts& order,
               NodeId origin, std::string_view facility);

// Adds `write` to the frontiers of `state`. Applying a write twice changes nothing, except that
// placements not known before are added. `settles` names what a `resolve` removes, and exactly
// that; it is added to write.settles. `type` may be null for a type unknown here: fields then merge
// as `later` and show nothing. `as_of` is the caller's to set.
void apply_write(RecordState& state, Write write, const std::vector<EventId>& settles,
                 const RecordType* type, const History& history);

// The value shown for a field by its policy; nullopt: nobody has set or cleared it. A cleared value
// yields to any other under `max` and `min`.
struct ShownField {
  const Write* from = nullptr;  // into the state
  bool cleared = false;
  bool contested = false;  // other live writes hold other values
};
std::optional<ShownField> shown_field(const RecordState& state, const FieldRules& field);
// That value itself; nullopt: none, or emptied.
std::optional<FieldValue> shown_value(const RecordState& state, const FieldRules& field);

// Whether words about pairs are all that is held: it may have been made elsewhere.
bool only_linked(const RecordState& state);
// Whether the record is shown as living: no retraction stands, or one does with a concurrent write
// (that is under review and stays shown). Of what is only linked nobody has said so.
bool shown_alive(const RecordState& state);

// schema::RecordState, canonical; a multiple of 8 bytes.
std::string encode_record_state(const RecordState& state);
// check()s the form: such bytes come only from our own store, behind its checksum.
RecordState decode_record_state(std::string_view bytes);

}  // namespace titip
