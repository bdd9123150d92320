#pragma once

// What an event of the journal makes of records: its own, of a link or unlink the other of the pair
// likewise, and of all that are one with either, which are sent together (core/record_group.hh).

#include <optional>
#include <vector>

#include "core/hub_append.hh"

namespace titip {

// Applies one event, as `entry` holds and orders it, to the state of its record; why it was not, or
// nothing; then the state is of no use any more. `as_of` is the caller's to set.
std::optional<Code> apply_entry(RecordState& state, const EventReader& event, const HubEntry& entry,
                                std::vector<Position> placements, const RecordType& type,
                                const History& history);

// Applies the event that the appender is about to append, in the store, the feeds and the review
// list. Why it was not applied after all, or nothing; then nothing was changed.
std::optional<Code> apply_to_records(const AppendWork& work, const EventReader& event,
                                     const HubEntry& entry, std::vector<Position> placements,
                                     const RecordType& type);

}  // namespace titip
