#include "tests/sim/mutants.hh"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>

#include "core/check.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "tests/sim/shorten.hh"

namespace titip {

void drop_overlay(WriteTxn& txn) {
  const AgentHistory history(txn);
  txn.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto held = decode_record_state(entry.value);
    const auto goes = [&](const Write& write) {
      return write.placements.empty() && write.id.seq <= meta::acknowledged(txn, write.id.lane).seq;
    };
    // A record that is the agent's alone is not sent back to it.
    if (std::ranges::all_of(held.writes, goes) || std::ranges::none_of(held.writes, goes)) {
      return true;
    }
    RecordState left;
    left.as_of = held.as_of;
    for (auto write : held.writes) {
      if (goes(write)) continue;
      write.live = write.fields;
      const auto settles = write.settles;
      apply_write(left, std::move(write), settles, Registry::ilp().find(key_u16(entry.key, 0)),
                  history);
    }
    txn.put(Table::records, entry.key, encode_record_state(left));
    return true;
  });
}

#ifdef TITIP_MUTANTS

Mutant& switched_off() {
  static Mutant rule = Mutant::none;
  return rule;
}

namespace {

struct Entry {
  Mutant rule;
  std::string_view name;
};

constexpr std::uint64_t seeds_max = 150;  // within which each is caught
constexpr std::uint64_t clean_seeds = 25;

constexpr std::array table{
    Entry{Mutant::no_incarnation, "no-incarnation"},
    Entry{Mutant::trim_on_hub_ack, "trim-on-hub-ack"},
    Entry{Mutant::no_hash_in_event_id, "no-hash-in-event-id"},
    Entry{Mutant::trust_own_position, "trust-own-position"},
    Entry{Mutant::no_dedupe, "no-dedupe"},
    Entry{Mutant::no_hand_back, "no-hand-back"},
    Entry{Mutant::no_session_nonce, "no-session-nonce"},
    Entry{Mutant::ack_before_sync, "ack-before-sync"},
    Entry{Mutant::feed_cursor_as_basis, "feed-cursor-as-basis"},
    Entry{Mutant::positions_without_epochs, "positions-without-epochs"},
    Entry{Mutant::lane_per_event, "lane-per-event"},
    Entry{Mutant::resent_echo, "resent-echo"},
    Entry{Mutant::overlay_dropped_at_ack, "overlay-dropped-at-ack"},
    Entry{Mutant::any_chain, "any-chain"},
    Entry{Mutant::no_rebuilding, "no-rebuilding"},
    Entry{Mutant::no_asking, "no-asking"},
    Entry{Mutant::sends_while_rebuilding, "sends-while-rebuilding"},
    Entry{Mutant::marks_only_rise, "marks-only-rise"},
    Entry{Mutant::nothing_withheld, "nothing-withheld"},
    Entry{Mutant::lost_concern_kept, "lost-concern-kept"},
    Entry{Mutant::gained_concern_alone, "gained-concern-alone"},
    Entry{Mutant::outcomes_told_once, "outcomes-told-once"},
    Entry{Mutant::resolve_settles_all, "resolve-settles-all"},
};

enum class End { clean, faults, died };

// In a process of its own: without its rule the core may well run into a check() or worse.
End end_of(const SimRun& run, Mutant rule) {
  const auto child = fork();
  if (child == 0) {
    switched_off() = rule;
    _exit(run_once(run, false).faults.empty() ? 0 : 1);
  }
  int status = 0;
  check(child > 0 && waitpid(child, &status, 0) == child, "a seed cannot be run by itself");
  if (!WIFEXITED(status)) return End::died;
  return WEXITSTATUS(status) == 0 ? End::clean : End::faults;
}

// What ends the program shows that something is wrong, but not that the oracle would have seen it.
bool caught(const Entry& entry, const SimOptions& options) {
  std::uint64_t died = 0;
  const auto how = [&](const std::string& what) {
    std::cout << entry.name << ": " << what;
    if (died > 0) std::cout << "; " << died << " ended the program before";
    std::cout << std::endl;
  };
  for (std::uint64_t i = 0; i < seeds_max; ++i) {
    const SimRun run{options.first + i, options.events, options.may};
    const auto end = end_of(run, entry.rule);
    if (end == End::died) ++died;
    if (end != End::faults || end_of(run, Mutant::none) != End::clean) continue;
    how("caught by seed " + std::to_string(run.seed));
    return true;
  }
  how("NOT caught by " + std::to_string(seeds_max) + " seeds");
  return false;
}

// Else every mutant would be caught.
bool clean_without(const SimOptions& options) {
  for (std::uint64_t i = 0; i < clean_seeds; ++i) {
    const SimRun run{options.first + i, options.events, options.may};
    if (end_of(run, Mutant::none) == End::clean) continue;
    std::cout << "without a mutant: seed " << run.seed << " fails" << std::endl;
    return false;
  }
  std::cout << "without a mutant: " << clean_seeds << " seeds are clean" << std::endl;
  return true;
}

}  // namespace

int run_mutants(std::string_view name, const SimOptions& options) {
  Registry::ilp();  // once for all the processes that are forked
  bool known = false;
  bool all_caught = name != "all" || clean_without(options);
  for (const auto& entry : table) {
    if (name == "list") {
      std::cout << entry.name << " (within " << seeds_max << " seeds)\n";
    } else if (name != "all" && name != entry.name) {
      continue;
    } else {
      all_caught = caught(entry, options) && all_caught;
    }
    known = true;
  }
  if (!known) std::cerr << "no such mutant; see titip-sim-mutants --mutant list\n";
  return !known ? 2 : all_caught ? 0 : 1;
}

#else

int run_mutants(std::string_view, const SimOptions&) {
  std::cerr
      << "rules can be switched off in titip-sim-mutants only: titip-sim-mutants --mutant …\n";
  return 2;
}

#endif

}  // namespace titip
