#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/kinds.hh"

namespace titip {

inline constexpr const char* usage =
    "titip-sim [--seed N | --seeds N] [--from N] [--list FILE] [--events N] [--trace]\n"
    "          [--without KIND,… | --only KIND,…] [--no-shorten] [--jobs N]\n"
    "titip-sim-mutants --mutant NAME|all|list   (only there: rules are switched off in its core)\n"
    "KIND: cuts reach restarts full clocks poison unknown agent-restored agent-cloned\n"
    "      hub-restored hub-backup hub-twice hub-dead district-restored disasters\n";

struct SimOptions {
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  std::uint64_t events = 150;
  std::uint64_t jobs = 1;  // processes that share the seeds
  std::string list;        // a file of seeds
  std::string mutant;
  bool trace = false;
  bool shorten = true;
  Troubles may;
};

std::optional<std::uint64_t> number_of(std::string_view text);
std::optional<SimOptions> read_options(const std::vector<std::string_view>& words);

}  // namespace titip
