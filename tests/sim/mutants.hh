#pragma once

// Rules that are switched off one at a time, to show that the simulator would notice. In use only
// in titip-sim-mutants, whose core is compiled with TITIP_MUTANTS.

#include <cstdint>
#include <string_view>

#include "core/kv.hh"
#include "tests/sim/options.hh"

namespace titip {

// Lists them; else runs one, or `all`, each within the number of seeds that it is given. Exit code
// 1: a mutant was not caught. A seed catches a mutant if it fails with the rule switched off and
// not without.
int run_mutants(std::string_view name, const SimOptions& options);

// The view of an agent without its own writes that are acknowledged and that no change has
// included yet. What Mutant::overlay_dropped_at_ack does.
void drop_overlay(WriteTxn& txn);

}  // namespace titip
