#pragma once

// Seeds know nothing of each other, so several processes may share them.

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/sim/shorten.hh"

namespace titip {

using RunSeed = std::function<void(std::uint64_t seed, SimTotals& totals)>;

// Runs every seed, in `jobs` processes if that is more than 1, and sums up. What a process prints
// comes as it finds it, so faults are not in the order of seeds. If one dies of a signal, this one
// does too, once the others are done.
SimTotals run_seeds(const std::vector<std::uint64_t>& seeds, std::uint64_t jobs,
                    const RunSeed& run);

}  // namespace titip
