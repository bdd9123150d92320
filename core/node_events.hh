#pragma once

// The hub's facts about a node are a record like any other, so that they reach the district and
// come back from it: set by name, from the schema's Node.

#include <string>

#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/registry.hh"

namespace titip {

std::string enrolment_event(const Registry& registry, const NodeState& node, TimeMs now);

// As of node.revoked_at, having seen what `txn` holds of the record.
std::string revocation_event(const ReadTxn& txn, const Registry& registry, const NodeState& node);

}  // namespace titip
