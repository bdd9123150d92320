#pragma once

// What a hub's own people record: events of the hub itself, saved as an agent saves its own.

#include <cstdint>

#include "core/save_draft.hh"

namespace titip {

// Appends one event to the hub's journal and applies it. `epoch` is that of this opening of the
// store; `context` says 0 for the node. A refusal has written nothing.
Result<Saved> save_hub_draft(WriteTxn& txn, const EventDraft& draft, const IntakeContext& context,
                             std::uint64_t epoch);

}  // namespace titip
