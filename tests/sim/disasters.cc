#include "tests/sim/disasters.hh"

#include <algorithm>
#include <utility>

namespace titip {

std::vector<Disaster> disasters_of(std::uint64_t seed, std::uint64_t events, const Troubles& may,
                                   std::size_t agents, std::size_t diallers) {
  Seeded random(seed ^ 0xd15a57e5);
  std::vector<Disaster> disasters;
  const int count = random.chance(600) ? 2 : random.between(3, 4);
  const auto share = [&](int from, int to) {
    return events * static_cast<std::uint64_t>(random.between(from, to)) / 1000;
  };
  bool two_hubs = false;
  for (int i = 0; i < count; ++i) {
    Disaster disaster;
    const auto first = static_cast<int>(first_disaster);
    disaster.kind =
        static_cast<Trouble>(random.between(first, static_cast<int>(trouble_kinds) - 1));
    disaster.who = disaster.kind == Trouble::district_restored
                       ? agents + random.below(diallers - agents)
                       : random.below(agents);
    disaster.copy_at = share(50, 700);
    disaster.happens_at = std::max(disaster.copy_at, share(200, 950));
    disaster.ends_at = disaster.happens_at + share(30, 300);
    disaster.other_stays = random.chance(500);
    // Two copies of a hub are trouble enough.
    if (disaster.kind == Trouble::hub_twice && std::exchange(two_hubs, true)) {
      disaster.kind = Trouble::agent_cloned;
    }
    if (may.has(disaster.kind)) disasters.push_back(disaster);
  }
  std::ranges::stable_sort(disasters, {}, &Disaster::happens_at);
  return disasters;
}

}  // namespace titip
