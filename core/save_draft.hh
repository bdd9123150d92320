#pragma once

// From a draft to an event of this node's own, inside a transaction that someone else commits: what
// agents and hubs decide alike. Each brings its journal.

#include <cstdint>
#include <optional>
#include <string>

#include "core/event.hh"
#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

// Mints record ids: a random start drawn at each opening of a store and never persisted, counting
// up. (Ids restored from a backup would give two children one id.)
class RecordIds {
 public:
  explicit RecordIds(std::uint64_t random_start) : next_(random_start) {}
  RecordId mint();

 private:
  std::uint64_t next_;
};

// What intake needs beside the store.
struct IntakeContext {
  const Registry& registry;
  RecordIds& ids;
  ClockReading clock;             // of this device, at the commit
  std::int16_t zone_minutes = 0;  // the facility's
  FacilityKind kind = FacilityKind::posyandu;
  NodeId node = 0;  // 0: an agent that is not enrolled yet, or a hub
  std::string facility;
};

struct Saved {
  RecordKey record;
  Lane lane = Lane::routine;     // of the record type
  Seq seq = 0;                   // at a hub: the offset
  bool again = false;            // a retry of a ref: nothing was written
  FieldMask unusual = 0;         // accepted outside the usual range
  FieldMask not_held = 0;        // references to records that are not held here
  bool record_not_held = false;  // `set` of a record that is not held here
};

// Where this node's own events go.
class OwnJournal {
 public:
  virtual ~OwnJournal() = default;
  // What the author of an event on a record in `state` had seen; `said`: what they say themselves.
  virtual Version author_saw(const std::optional<Version>& said, const RecordKey& record,
                             const RecordState& state) const = 0;
  // Appends the event and applies it to its record, which is in `state`. Its position; a refusal
  // has written nothing.
  virtual Result<Seq> append(const std::string& event, const EventDraft& draft,
                             RecordState state) = 0;
};

// Saves one event. A refusal has written nothing.
Result<Saved> save_draft_in(OwnJournal& journal, WriteTxn& txn, const EventDraft& draft,
                            const IntakeContext& context);

}  // namespace titip
