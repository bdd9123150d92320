#pragma once

// Rules that the simulator's mutants switch off one at a time, to show that it would notice. In
// every build that people use `mutant` is the constant false.

#include <cstdint>

namespace titip {

enum class Mutant : std::uint8_t {
  none,
  no_incarnation,            // a restored store writes on under its old name
  trim_on_hub_ack,           // an agent trims what only the hub holds
  no_hash_in_event_id,       // two events at one position are one
  trust_own_position,        // an agent goes on sending from what it remembers, not from the answer
  no_dedupe,                 // what comes again under another name is appended again
  no_hand_back,              // a custodian keeps what the hub has lost
  no_session_nonce,          // any Hello takes the place of a session
  ack_before_sync,           // answers go out before the commit is synced (tests/sim)
  feed_cursor_as_basis,      // an author is said to have seen all that was sent down
  positions_without_epochs,  // offsets of two histories compare
  lane_per_event,            // an event's lane is chosen without regard to its record
  resent_echo,               // what an agent alone wrote comes back to it
  overlay_dropped_at_ack,    // own writes leave the view when they are acknowledged (tests/sim)
  any_chain,                 // no hash of a batch is compared with what is held
  no_rebuilding,             // a hub does not mind positions that it does not have
  no_asking,                 // nobody asks about records of a lost history
  sends_while_rebuilding,    // old states go down before the custodians have finished
  marks_only_rise,           // what a restored hub no longer holds still counts as held
  nothing_withheld,          // who may not see identifying fields is sent them
  lost_concern_kept,         // nobody is told to forget
  gained_concern_alone,      // a record that moves in comes without what refers to it
  outcomes_told_once,        // an author may never hear of a quarantine
  resolve_settles_all,       // and not only what it names
};

#ifdef TITIP_MUTANTS
// Set by the simulator before anything runs.
Mutant& switched_off();
inline bool mutant(Mutant rule) { return switched_off() == rule; }
#else
constexpr bool mutant(Mutant) { return false; }
#endif

}  // namespace titip
