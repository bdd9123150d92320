#pragma once

// How events enter an agent's journal; io/intake.hh does the rest.

#include "agent/agent_node.hh"
#include "io/intake.hh"

namespace titip {

// `node` must outlive it, but not what it makes.
MakeSave saving_at(const AgentNode& node);

}  // namespace titip
