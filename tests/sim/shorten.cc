#include "tests/sim/shorten.hh"

#include <algorithm>
#include <iostream>

#include "tests/sim/verdict.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

constexpr std::size_t faults_printed_max = 5;
constexpr int tries_max = 60;  // of a shorter history

}  // namespace

void SimTotals::add(const SimOutcome& outcome) {
  ++seeds;
  events += outcome.events;
  disasters += outcome.disasters;
  for (const auto& fault : outcome.faults) ++faults.at(static_cast<std::size_t>(fault.kind));
}

void SimTotals::add(const SimTotals& others) {
  seeds += others.seeds;
  events += others.events;
  disasters += others.disasters;
  for (std::size_t i = 0; i < fault_kinds; ++i) faults.at(i) += others.faults.at(i);
}

std::string SimTotals::line() const {
  static constexpr std::array words{"lost",     "duplicated",     "vanished",
                                    "diverged", "false_receipts", "leaked"};
  std::string line = "seeds=" + std::to_string(seeds) + " events=" + std::to_string(events) +
                     " disasters=" + std::to_string(disasters);
  for (std::size_t i = 0; i < fault_kinds; ++i) {
    line += std::string(" ") + words.at(i) + "=" + std::to_string(faults.at(i));
  }
  return line;
}

SimOutcome run_once(const SimRun& how, bool trace) {
  SimWorld::Tell tell;
  if (trace) tell = [](const std::string& line) { std::cout << line << '\n'; };
  SimWorld world(how.seed, how.may, tell);
  auto& watch = world.watch();
  world.live(how.events);
  if (watch.faults().empty()) {
    const bool rests = world.settle();
    if (!rests) watch.fault(FaultKind::diverged, "it never came to rest");
    if (rests && watch.faults().size() == 0) judge(world);
  }
  return {watch.events(), watch.disasters(), watch.faults()};
}

void print_faults(const SimRun& how, const SimOutcome& outcome) {
  const auto printed = std::min(outcome.faults.size(), faults_printed_max);
  for (std::size_t i = 0; i < printed; ++i) {
    const auto& fault = outcome.faults[i];
    std::cout << "seed " << how.seed << ": " << fault_words.at(static_cast<std::size_t>(fault.kind))
              << ": " << fault.text << '\n';
  }
  if (outcome.faults.size() > printed) {
    std::cout << "seed " << how.seed << ": and " << outcome.faults.size() - printed << " more\n";
  }
}

SimRun shorten(SimRun run, const SimOutcome& outcome) {
  const auto kind = outcome.faults.front().kind;
  int tries = 0;
  const auto fails = [&](const SimRun& shorter) {
    if (++tries > tries_max) return false;
    const auto faults = run_once(shorter, false).faults;
    return std::ranges::any_of(faults, [&](const Fault& fault) { return fault.kind == kind; });
  };
  const auto fewer_events = [&] {
    for (std::uint64_t part = 2; part <= 16; part *= 2) {
      while (run.events >= part) {
        auto shorter = run;
        shorter.events -= run.events / part;
        if (shorter.events == run.events || !fails(shorter)) break;
        run = shorter;
      }
    }
  };
  fewer_events();
  for (std::size_t i = trouble_kinds; i-- > 0;) {
    auto simpler = run;
    simpler.may.without(static_cast<Trouble>(i));
    if (fails(simpler)) run = simpler;
  }
  fewer_events();
  return run;
}

std::string command_of(const SimRun& run) {
  auto command =
      "titip-sim --seed " + std::to_string(run.seed) + " --events " + std::to_string(run.events);
  if (const auto off = run.may.text(); !off.empty()) command += " --without " + off;
  return command + " --no-shorten";
}

}  // namespace titip
