// titip-sim [--seed N | --seeds N] [--events N] [--trace] [--jobs N]
// Runs the shipped state machines through made-up years of bad luck. Exit code 1: something was
// wrong; the seed is printed, with the shortest history that was found, and replays exactly.

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/jobs.hh"
#include "tests/sim/mutants.hh"
#include "tests/sim/options.hh"
#include "tests/sim/shorten.hh"

namespace {

// A check() that fails ends the process: then this is all that can be said of the seed. A signal
// handler can be told of it in no other way.
volatile std::sig_atomic_t running_seed = 0;

extern "C" void died(int signal) {
  char text[] = "seed ........... ended the simulator\n";
  auto seed = static_cast<unsigned long>(running_seed);
  for (std::size_t i = 15; i > 4; --i, seed /= 10) {
    text[i] = seed == 0 && i < 15 ? ' ' : static_cast<char>('0' + seed % 10);
  }
  (void)!write(STDOUT_FILENO, text, sizeof text - 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const titip::SimOptions& options, std::uint64_t seed, titip::SimTotals& totals) {
  running_seed = static_cast<std::sig_atomic_t>(seed);
  const titip::SimRun how{seed, options.events, options.may};
  const auto outcome = titip::run_once(how, options.trace);
  totals.add(outcome);
  if (outcome.faults.empty()) return;
  titip::print_faults(how, outcome);
  std::cout.flush();  // other jobs print too
  if (!options.shorten) return;
  const auto shortest = titip::shorten(how, outcome);
  std::cout << "  shortest found: " << titip::command_of(shortest) << std::endl;
}

// nullopt: the list cannot be read.
std::optional<std::vector<std::uint64_t>> seeds_of(const titip::SimOptions& options) {
  std::vector<std::uint64_t> seeds;
  if (options.list.empty()) {
    for (std::uint64_t i = 0; i < options.seeds; ++i) seeds.push_back(options.first + i);
    return seeds;
  }
  std::ifstream file(options.list);
  if (!file) return std::nullopt;
  for (std::string line; std::getline(file, line);) {
    if (const auto seed = titip::number_of(line.substr(0, line.find(' ')))) seeds.push_back(*seed);
  }
  return seeds;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = titip::read_options({arguments + 1, arguments + count});
  if (!options) {
    std::cerr << titip::usage;
    return 2;
  }
  if (!options->mutant.empty()) return titip::run_mutants(options->mutant, *options);
  std::signal(SIGABRT, died);
  std::signal(SIGSEGV, died);
  const auto seeds = seeds_of(*options);
  if (!seeds) return std::cerr << "cannot read " << options->list << '\n', 2;
  const auto totals =
      titip::run_seeds(*seeds, options->jobs,
                       [&](std::uint64_t seed, titip::SimTotals& to) { run(*options, seed, to); });
  std::cout << totals.line() << std::endl;
  return totals.clean() ? 0 : 1;
}
