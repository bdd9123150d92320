// titip-sim [--seed N | --seeds N] [--events N] [--trace]
// Runs the shipped state machines through made-up years of bad luck. Exit code 1: something was
// wrong; the seed is printed, and replays exactly.

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/verdict.hh"
#include "tests/sim/world.hh"

namespace {

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  std::uint64_t events = 0;  // 0: the seed decides
  std::string list;          // a file of seeds
  bool trace = false;
};

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  std::array<std::uint64_t, titip::fault_kinds> faults{};

  bool clean() const { return faults == std::array<std::uint64_t, titip::fault_kinds>{}; }
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Options> read_options(const std::vector<std::string_view>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--trace") {
      options.trace = true;
      continue;
    }
    if (i + 1 == words.size()) return std::nullopt;
    const auto name = words[i];
    const auto word = words[++i];
    if (name == "--list") {
      options.list = word;
      continue;
    }
    const auto value = number(word);
    if (!value) return std::nullopt;
    if (name == "--seed") {
      options.first = *value;
      options.seeds = 1;
    } else if (name == "--seeds") {
      options.seeds = *value;
    } else if (name == "--from") {
      options.first = *value;
    } else if (name == "--events") {
      options.events = *value;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

void run(std::uint64_t seed, std::uint64_t events, bool trace, Totals& totals) {
  titip::SimWorld::Tell tell;
  if (trace) tell = [](const std::string& line) { std::cout << line << '\n'; };
  titip::SimWorld world(seed, tell);
  auto& watch = world.watch();
  titip::Seeded size(seed ^ 0xe7e);
  world.live(events != 0 ? events : static_cast<std::uint64_t>(size.between(10, 120)));
  if (watch.faults().empty()) {
    if (!world.settle()) watch.fault(titip::FaultKind::diverged, "it never came to rest");
    judge(world);
  }
  ++totals.seeds;
  totals.events += watch.events();
  for (const auto& fault : watch.faults()) {
    ++totals.faults.at(static_cast<std::size_t>(fault.kind));
    static constexpr std::array words{"lost", "duplicated", "diverged", "false receipt", "leaked"};
    std::cout << "seed " << seed << ": " << words.at(static_cast<std::size_t>(fault.kind)) << ": "
              << fault.text << '\n';
  }
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = read_options({arguments + 1, arguments + count});
  if (!options) {
    std::cerr << "titip-sim [--seed N | --seeds N] [--from N] [--list FILE] [--events N] "
                 "[--trace]\n";
    return 2;
  }
  Totals totals;
  if (!options->list.empty()) {
    std::ifstream file(options->list);
    if (!file) return std::cerr << "cannot read " << options->list << '\n', 2;
    for (std::string line; std::getline(file, line);) {
      const auto seed = number(line.substr(0, line.find(' ')));
      if (seed) run(*seed, options->events, options->trace, totals);
    }
  } else {
    for (std::uint64_t i = 0; i < options->seeds; ++i) {
      run(options->first + i, options->events, options->trace, totals);
    }
  }
  std::cout << "seeds=" << totals.seeds << " events=" << totals.events
            << " lost=" << totals.faults[0] << " duplicated=" << totals.faults[1]
            << " diverged=" << totals.faults[2] << " false_receipts=" << totals.faults[3]
            << " leaked=" << totals.faults[4] << std::endl;
  return totals.clean() ? 0 : 1;
}
