#pragma once

// The truth of a simulation, in books of its own: every event that was ever saved, under the name
// that it keeps for ever; what its author had before their eyes; and whether any medium still holds
// it. What stands nowhere any more nobody can be asked for.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/event.hh"
#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/types.hh"

namespace titip {

// What an author saw of a record: the writes that their store held, and from the hub everything up
// to a position.
struct Sight {
  std::set<EventId> writes;
  Position as_of;
};
Sight sight_of(const ReadTxn& txn, const RecordKey& record);
Sight sight_of(const RecordState& state);

struct SavedEvent {
  std::string bytes;
  bool is_event = false;  // else bytes that no intake would write
  RecordKey record;
  Sight sight;
  bool stands = true;  // somewhere
  bool owed = false;   // it was let go of before anybody had said that it is safe: it still counts
};

class Ledger {
 public:
  void saved(const EventId& id, const std::string& bytes, Sight sight);
  // An event stands in a hub's journal, after `before` in the history of that hub.
  void placed(const Position& place, const Position& before, const EventId& id,
              const RecordKey& record);

  const std::map<EventId, SavedEvent>& events() const { return events_; }
  const SavedEvent* find(const EventId& id) const;
  // A medium is gone: this is what still stands somewhere. How many were given up.
  std::size_t only_these_stand(const std::set<EventId>& standing);
  // A medium that survives let go of them, and had no leave to: wherever else they are must last.
  void let_go_early(const std::set<EventId>& ids);

  // Whether the author of `later` truly had `earlier` before them, or something whose author had.
  bool saw(const EventId& later, const EventId& earlier);

 private:
  struct Placed {
    std::uint64_t offset = 0;
    EventId id;
    RecordKey record;
  };
  struct Epoch {
    Position before;
    std::vector<Placed> placed;
  };

  // All that its author saw, and what their authors saw.
  const std::set<EventId>& behind(const EventId& id);
  void add_placed(const Position& upto, const RecordKey& record, std::set<EventId>& to) const;

  std::map<EventId, SavedEvent> events_;
  std::map<std::uint64_t, Epoch> epochs_;
  std::map<EventId, std::set<EventId>> behind_;
};

// The events that an agent's journal holds, by lane and seq.
std::map<std::pair<Lane, Seq>, EventId> ids_of_journal(const ReadTxn& agent);

}  // namespace titip
