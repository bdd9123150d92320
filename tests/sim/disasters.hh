#pragma once

// Which stores are lost, go back or are doubled, and when: drawn before anything happens, so that
// a disaster can be left out without moving the others.

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/sim/kinds.hh"
#include "tests/support/memory_kv.hh"
#include "tests/support/seeded.hh"

namespace titip {

struct Disaster {
  Trouble kind = Trouble::agent_restored;
  std::size_t who = 0;        // a dialler, if it is one's
  std::uint64_t copy_at = 0;  // once so many events are saved
  std::uint64_t happens_at = 0;
  std::uint64_t ends_at = 0;  // of two hubs: when one of them stops
  bool other_stays = false;   // and which
  std::optional<MemoryStore::Tables> copy = {};
  bool happened = false;
  bool over = false;
};

// Within a life of so many events; agents are the diallers before the districts.
std::vector<Disaster> disasters_of(std::uint64_t seed, std::uint64_t events, const Troubles& may,
                                   std::size_t agents, std::size_t diallers);

}  // namespace titip
