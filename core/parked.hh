#pragma once

// Events whose type a hub did not know when they came: they stand in its journal and, parked, in
// its quarantine, until a version that knows the type opens the store. docs/decisions/0012 says
// how they are applied then.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/hub_journal.hh"
#include "core/kv.hh"
#include "core/registry.hh"

namespace titip {

// Whether parked events have not been looked at with this vocabulary.
bool parked_may_apply(const ReadTxn& txn, const Registry& registry);

struct ParkedWork {
  std::uint64_t after = 0;    // offset looked at last
  std::uint64_t applied = 0;  // so far
  bool done = false;
};
// Applies the next of the parked events whose type is known now, in the order of the journal: at
// most limits::parked_per_commit_max, so that no transaction grows without bound. Call it, each in
// a transaction of its own, until `work.done`.
void apply_parked(WriteTxn& txn, const HubContext& context, ParkedWork& work);

// Whether an entry says that an earlier one, of the event `born`, was applied with it. Bytes of
// length 0 that a node sent are in quarantine.
inline bool applies_parked(const HubEntry& entry) {
  return entry.event.empty() && !entry.quarantined && !entry.says_again();
}
// Notes that such entries stand at [first, last].
void note_applied(WriteTxn& txn, std::uint64_t first, std::uint64_t last);

// Notes that the event which stands in quarantine at `held` came again with the entry at `offset`.
void note_refused_again(WriteTxn& txn, std::uint64_t offset, std::uint64_t held);
// Why an event stands in quarantine; nullopt: it does not.
std::optional<std::string> reason_in_quarantine(const ReadTxn& txn, std::uint64_t offset);

struct PlacedOutcome {
  std::uint64_t offset = 0;
  Outcome outcome;
};
// What became of a journal's events that were not simply applied, by the entries beyond `after`: in
// quarantine for a reason or, without one, applied after all. In order, at least the first
// limits::outcomes_per_frame_max.
std::vector<PlacedOutcome> outcomes_beyond(const ReadTxn& txn, NodeId node, Incarnation incarnation,
                                           std::uint64_t after);

}  // namespace titip
