#pragma once

// What GET /metrics of a hub says. A node is named by its id and facility, never by a name.

#include <cstddef>
#include <string>

#include "hub/hub_node.hh"
#include "hub/status.hh"

namespace titip {

std::string hub_metrics(HubNode& node, const IsConnected& connected, std::size_t sessions);

}  // namespace titip
