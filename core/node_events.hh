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

std::string enrolment_event(const Registry& registry, const NodeState& node, TimeMs now);
// The same said again of a node whose enrolment was lost with its hub's directory. It makes no
// record: the enrolment may come back, and nobody should be asked which of two was the node's.
std::string confirmation_event(const Registry& registry, const NodeState& node, TimeMs now);

// What a Node record that came back says of its node, stored: a node that was unknown or pending is
// enrolled, a revocation holds. The node, if that changed anything. One whose key or id is another
// node's by now stays as it is.
std::optional<NodeState> node_is_back(WriteTxn& txn, const Registry& registry, NodeId id,
                                      const RecordState& state);

// As of node.revoked_at, having seen what `txn` holds of the record.
std::string revocation_event(const ReadTxn& txn, const Registry& registry, const NodeState& node);

}  // namespace titip
