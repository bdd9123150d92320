#include "tests/sim/mutants.hh"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <string>

#include "core/check.hh"
#include "core/mutants.hh"
#include "tests/sim/shorten.hh"

namespace titip {

#ifdef TITIP_MUTANTS

Mutant& switched_off() {
  static Mutant rule = Mutant::none;
  return rule;
}

namespace {

struct Entry {
  Mutant rule;
  std::string_view name;
  std::uint64_t seeds;  // within which it is caught
};

constexpr std::array table{
    Entry{Mutant::no_incarnation, "no-incarnation", 100},
    Entry{Mutant::trim_on_hub_ack, "trim-on-hub-ack", 1000},
    Entry{Mutant::no_hash_in_event_id, "no-hash-in-event-id", 1000},
    Entry{Mutant::trust_own_position, "trust-own-position", 200},
    Entry{Mutant::no_dedupe, "no-dedupe", 200},
    Entry{Mutant::no_hand_back, "no-hand-back", 100},
    Entry{Mutant::no_session_nonce, "no-session-nonce", 1000},
    Entry{Mutant::ack_before_sync, "ack-before-sync", 200},
    Entry{Mutant::feed_cursor_as_basis, "feed-cursor-as-basis", 100},
    Entry{Mutant::positions_without_epochs, "positions-without-epochs", 1000},
    Entry{Mutant::lane_per_event, "lane-per-event", 100},
    Entry{Mutant::resent_echo, "resent-echo", 1000},
    Entry{Mutant::overlay_dropped_at_ack, "overlay-dropped-at-ack", 200},
    Entry{Mutant::any_chain, "any-chain", 1000},
    Entry{Mutant::no_rebuilding, "no-rebuilding", 200},
    Entry{Mutant::no_asking, "no-asking", 200},
    Entry{Mutant::sends_while_rebuilding, "sends-while-rebuilding", 1000},
    Entry{Mutant::marks_only_rise, "marks-only-rise", 200},
    Entry{Mutant::nothing_withheld, "nothing-withheld", 100},
    Entry{Mutant::lost_concern_kept, "lost-concern-kept", 100},
    Entry{Mutant::gained_concern_alone, "gained-concern-alone", 100},
    Entry{Mutant::outcomes_told_once, "outcomes-told-once", 1000},
    Entry{Mutant::resolve_settles_all, "resolve-settles-all", 200},
};

// In a process of its own: without its rule the core may well run into a check() or worse.
bool fails(const SimRun& run, Mutant rule) {
  const auto child = fork();
  if (child == 0) {
    switched_off() = rule;
    _exit(run_once(run, false).faults.empty() ? 0 : 1);
  }
  int status = 0;
  check(child > 0 && waitpid(child, &status, 0) == child, "a seed cannot be run by itself");
  return status != 0;
}

bool caught(const Entry& entry, const SimOptions& options) {
  for (std::uint64_t i = 0; i < entry.seeds; ++i) {
    const SimRun run{options.first + i, options.events, options.may};
    if (!fails(run, entry.rule) || fails(run, Mutant::none)) continue;
    std::cout << entry.name << ": caught by seed " << run.seed << std::endl;
    return true;
  }
  std::cout << entry.name << ": NOT caught by " << entry.seeds << " seeds" << std::endl;
  return false;
}

}  // namespace

int run_mutants(std::string_view name, const SimOptions& options) {
  bool known = false;
  bool all_caught = true;
  for (const auto& entry : table) {
    if (name == "list") {
      std::cout << entry.name << " (within " << entry.seeds << " seeds)\n";
    } else if (name != "all" && name != entry.name) {
      continue;
    } else {
      all_caught = caught(entry, options) && all_caught;
    }
    known = true;
  }
  if (!known) std::cerr << "no such mutant; see --mutant list\n";
  return !known ? 2 : all_caught ? 0 : 1;
}

#else

int run_mutants(std::string_view, const SimOptions&) {
  std::cerr << "rules can be switched off in titip-sim-mutants only\n";
  return 2;
}

#endif

}  // namespace titip
