#pragma once

// An agent keeps every event until something else than its hub alone holds it: a custodian or,
// where there is none, a verified backup of the hub's on another machine. Only then, and only when
// room gets short, it lets go of the oldest.

#include <cstddef>
#include <cstdint>

#include "core/kv.hh"
#include "core/types.hh"

namespace titip {

// Up to which seq a lane may go: 0: nothing of it.
Seq trim_mark(const ReadTxn& txn, Lane lane);

// Lets go of what lies below the marks, at most `events_max`, oldest first. The event at a mark
// stays: its hash is where the lane goes on from. How many went.
std::size_t trim_journal(WriteTxn& txn, std::size_t events_max);

}  // namespace titip
