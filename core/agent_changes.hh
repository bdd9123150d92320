#pragma once

// What an agent makes of the changes that its hub sends down: the hub's state of each record, with
// the agent's own writes that the hub has not applied yet laid on top.

#include <span>
#include <vector>

#include "core/batch_codec.hh"
#include "core/kv.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

// `items` are changes as encode_change makes them; one that is none is passed over. `feed_epoch`:
// of the hub that sent them. Returns the records that may look otherwise now.
std::vector<RecordKey> apply_changes(WriteTxn& txn, std::span<const BatchEvent> items,
                                     std::uint64_t feed_epoch, const Registry& registry);

}  // namespace titip
