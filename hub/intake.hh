#pragma once

// How events enter a hub's journal; io/intake.hh does the rest.

#include "hub/hub_node.hh"
#include "io/intake.hh"

namespace titip {

// `node` must outlive it, but not what it makes.
MakeSave saving_at(const HubNode& node);

}  // namespace titip
