#pragma once

// The hub's facts about a node are a record like any other, so that they reach the district and
// come back from it: set by name, from the schema's Node.

#include <optional>
#include <string>

#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/record_state.hh"
#include "core/registry.hh"

namespace titip {

// `again`: a hub that is lost had enrolled it under that id. That hub made the record, and what it
// wrote may come back: a second creation would stand against it.
std::string enrolment_event(const Registry& registry, const NodeState& node, TimeMs now,
                            bool again = false);

// What a Node record that came back says of its node, stored: a node that was unknown or pending is
// enrolled, a revocation holds. The node, if that changed anything. One whose key or id is another
// node's by now stays as it is.
std::optional<NodeState> node_is_back(WriteTxn& txn, const Registry& registry, NodeId id,
                                      const RecordState& state);

// As of node.revoked_at, having seen what `txn` holds of the record.
std::string revocation_event(const ReadTxn& txn, const Registry& registry, const NodeState& node);

}  // namespace titip
