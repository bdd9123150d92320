#pragma once

// What `titip-hub status` and `nodes`, GET /v1/status and /v1/nodes say.

#include <functional>
#include <string>

#include "core/refusal.hh"
#include "hub/hub_node.hh"

namespace titip {

// Whether a node has a session now; only a daemon knows.
using IsConnected = std::function<bool(NodeId)>;

std::string hub_status_json(HubNode& node, bool running, const IsConnected& connected);
std::string hub_status_text(HubNode& node, bool running, const IsConnected& connected,
                            Language language);

Seq events_held(const NodeState& node);
// How far behind a node was when it last spoke, less what has come since.
Seq events_behind(const NodeState& node);
// Events of a node that a custodian holds durably.
Seq events_safe(const NodeState& node);

// One JSON object a node, NDJSON; or a table for a person.
std::string nodes_json(const ReadTxn& txn, const IsConnected& connected, TimeMs now);
std::string nodes_text(const ReadTxn& txn, const IsConnected& connected, TimeMs now,
                       Language language);

}  // namespace titip
