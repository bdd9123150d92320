#pragma once

// What GET /metrics of an agent says.

#include <string>

#include "agent/agent_node.hh"
#include "agent/status.hh"

namespace titip {

std::string agent_metrics(AgentNode& node, const AgentStatus& status);

}  // namespace titip
