// Agent and hub over a link that breaks, stores that fill up and processes that die, by seed.

#include <gmock/gmock.h>

#include "tests/support/replication_world.hh"

namespace titip {
namespace {

constexpr TimeMs minute_ms = 60'000;

Lane any_lane(Seeded& random) { return random.chance(250) ? Lane::urgent : Lane::routine; }

void save_some(ReplicationWorld& world, Seeded& random) {
  const int count = random.chance(100) ? random.between(50, 300) : random.between(1, 12);
  const Lane lane = any_lane(random);
  for (int i = 0; i < count; ++i) world.save(lane);
}

void save_strange(ReplicationWorld& world, Seeded& random) {
  std::string bytes(static_cast<std::size_t>(random.between(1, 200)), '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random.between(0, 255));
  world.save_opaque(any_lane(random), bytes);
}

void something_happens(ReplicationWorld& world, Seeded& random) {
  switch (random.between(0, 11)) {
    case 0:
    case 1:
    case 2:
    case 3: return save_some(world, random);
    case 4: return save_strange(world, random);
    case 5: return world.cut();
    case 6: return world.network(random.chance(700));
    case 7: return random.chance(500) ? world.restart_hub() : world.restart_agent();
    case 8:
      return random.chance(500) ? world.fill_hub(random.chance(400))
                                : world.hub_has_room(random.chance(600));
    case 9: return world.fill_agent(random.chance(300));
    default: return world.duplicate_next_frame();
  }
}

TEST(Replication, EverythingArrivesOnceAndInOrderWhateverBreaks) {
  constexpr std::uint64_t seeds = 320;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Seeded random(seed);
    ReplicationWorld world(
        seed, {.frame_ms_max = random.between(1, 900), .commit_ms_max = random.between(1, 400)});
    world.network(true);
    const int happenings = random.between(5, 40);
    for (int i = 0; i < happenings; ++i) {
      something_happens(world, random);
      world.run(random.chance(300) ? random.between(1, 60'000) : random.between(1, 1500));
    }
    world.fill_hub(false);
    world.hub_has_room(true);
    world.fill_agent(false);
    world.network(true);
    for (int i = 0; i < 120 && !world.settled() && world.faults().empty(); ++i)
      world.run(minute_ms);
    ASSERT_THAT(world.faults(), testing::IsEmpty());
    ASSERT_TRUE(world.settled());
    // One more session: what an author was not told before is told now.
    world.cut();
    world.run(2 * minute_ms);
    ASSERT_THAT(world.faults(), testing::IsEmpty());
    ASSERT_THAT(world.differences(), testing::IsEmpty());
  }
}

TEST(Replication, ASlowStoreDoesNotMakeTheAgentSendTwice) {
  ReplicationWorld world(1, {.frame_ms_max = 1, .commit_ms_max = 900});
  int batches = 0;
  world.on_traffic(
      [&](const std::string& line) { batches += line.find("→ hub  Batch") != std::string::npos; });
  world.network(true);
  world.run(10'000);
  for (int i = 0; i < 3000; ++i) world.save(Lane::routine);
  world.run(60'000);
  EXPECT_TRUE(world.settled());
  const int once = batches;
  world.duplicate_next_frame();
  for (int i = 0; i < 3000; ++i) world.save(Lane::routine);
  world.run(60'000);
  EXPECT_TRUE(world.settled());
  EXPECT_LE(batches - once, 2 * once + 8) << "one frame that came twice set off a storm";
}

TEST(Replication, ARevokedDeviceFallsSilent) {
  ReplicationWorld world(1, {.frame_ms_max = 50, .commit_ms_max = 20});
  int frames = 0;
  world.on_traffic([&](const std::string&) { ++frames; });
  world.network(true);
  world.run(10'000);
  world.hub_store().write([](WriteTxn& txn) {
    auto node = all_nodes(txn).at(0);
    node.revoked_at = 1;
    put_node(txn, node);
  });
  world.save(Lane::routine);
  frames = 0;
  world.run(30 * minute_ms);
  EXPECT_LE(frames, 8) << "it goes on sending what the hub refuses";
  EXPECT_EQ(world.agent_store().read()->get(Table::meta, "refused by hub"), "revoked");
}

}  // namespace
}  // namespace titip
