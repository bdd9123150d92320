#pragma once

// Nodes that a hub which lost its directory knows by nothing but the certificate that it once gave
// them: it takes their events and sends them nothing until an administrator confirms them, for one
// of them may have been revoked since.

#include <optional>
#include <string_view>
#include <vector>

#include "core/hub_journal.hh"
#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/nodes.hh"

namespace titip {

// The node of a certificate whose signature was checked, stored as pending. nullopt: its id or its
// key is another node's.
std::optional<NodeState> take_pending(WriteTxn& txn, const Certificate& certificate);

// Confirms the node that is named as node_named() says, or all that are pending if the name is
// empty: their enrolments are journal events again. Refused: no_such_node. Empty: none was pending.
Result<std::vector<NodeState>> confirm(WriteTxn& txn, std::string_view name,
                                       const HubContext& context);

}  // namespace titip
