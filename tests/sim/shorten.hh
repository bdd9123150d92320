#pragma once

// One run of one seed, and the search for the shortest history that still fails.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/kinds.hh"
#include "tests/sim/watch.hh"

namespace titip {

struct SimRun {
  std::uint64_t seed = 0;
  std::uint64_t events = 0;
  Troubles may;
};

struct SimOutcome {
  std::uint64_t events = 0;
  std::uint64_t disasters = 0;
  std::vector<Fault> faults;
};

struct SimTotals {
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  std::uint64_t disasters = 0;
  std::array<std::uint64_t, fault_kinds> faults{};

  void add(const SimOutcome& outcome);
  void add(const SimTotals& others);
  bool clean() const { return faults == std::array<std::uint64_t, fault_kinds>{}; }
  std::string line() const;
};

SimOutcome run_once(const SimRun& how, bool trace);
void print_faults(const SimRun& how, const SimOutcome& outcome);

// Fewer events, and without what it does not take, as long as a fault of the same kind remains.
SimRun shorten(SimRun run, const SimOutcome& outcome);
// What replays it exactly.
std::string command_of(const SimRun& run);

}  // namespace titip
