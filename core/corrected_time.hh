#pragma once

// When a fact was made, by the hub's clock. Decides between concurrent edits only, and is frozen
// when the hub first appends the event.

#include "core/event.hh"
#include "core/nodes.hh"
#include "core/record_state.hh"

namespace titip {

// a - b of clocks that may say anything: wraps rather than overflows.
inline TimeMs clock_minus(TimeMs a, TimeMs b) {
  return static_cast<TimeMs>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

// `id` is where the event stands in its author's stream; `received_at` is hub time.
OrderingFacts corrected_time(schema::Event::Reader event, const EventId& id,
                             const NodeState& author, TimeMs received_at);

// Of an event that the hub itself made: its clock is hub time.
OrderingFacts corrected_time_of_own(schema::Event::Reader event, TimeMs received_at);

}  // namespace titip
