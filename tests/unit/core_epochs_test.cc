#include "core/epochs.hh"

#include "replication_fixture.hh"

namespace titip {
namespace {

// 3 grew out of 2 after offset 20, 2 out of 1 after offset 10.
EpochLine line() { return EpochLine({{3, 2, 21, {}}, {2, 1, 11, {}}, {1, 0, 1, {}}}); }

TEST(EpochLine, WithinOneEpochPositionsCompare) {
  EXPECT_TRUE(line().covers({3, 25}, {3, 25}));
  EXPECT_TRUE(line().covers({3, 25}, {3, 24}));
  EXPECT_FALSE(line().covers({3, 25}, {3, 26}));
}

TEST(EpochLine, AnAncestorIsCoveredUpToWhereItsChildBegan) {
  EXPECT_TRUE(line().covers({3, 21}, {2, 20}));
  EXPECT_FALSE(line().covers({3, 21}, {2, 21}))
      << "written in a history that the child does not share";
  EXPECT_TRUE(line().covers({3, 21}, {1, 10}));
  EXPECT_FALSE(line().covers({3, 21}, {1, 15}));
}

TEST(EpochLine, ADescendantIsNeverCovered) { EXPECT_FALSE(line().covers({1, 100}, {2, 11})); }

TEST(EpochLine, AnUnknownEpochCoversAndIsCoveredByNothing) {
  EXPECT_FALSE(line().covers({9, 100}, {1, 1}));
  EXPECT_FALSE(line().covers({3, 100}, {9, 1}));
  EXPECT_FALSE(line().covers({0, 0}, {1, 1}));
  EXPECT_FALSE(EpochLine({}).covers({1, 1}, {1, 1}));
}

TEST(EpochLine, AnOffsetBelongsToTheNewestEpochThatBeganBefore) {
  EXPECT_EQ(line().epoch_of(0), 0u);
  EXPECT_EQ(line().epoch_of(10), 1u);
  EXPECT_EQ(line().epoch_of(11), 2u);
  EXPECT_EQ(line().epoch_of(1000), 3u);
}

TEST(Epochs, AnOpeningThatWritesBeginsAChildOfTheFormer) {
  test::HubStore hub;
  test::AgentStore agent;
  agent.save(Lane::routine, 2);
  auto hello = agent.hello(1);
  hello.first = agent.batch(Lane::routine, 0, 1);
  hub.perform(GreetOrder{"r", 7, hello, hub.now});
  hub.epoch = 0xe2;  // opened again, nothing written
  hub.epoch = 0xe3;
  hello.first = agent.batch(Lane::routine, 1, 2);
  hub.perform(GreetOrder{"r", 7, hello, hub.now});
  const auto entries = current_line(*hub.store.read()).entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].epoch, 0xe3u);
  EXPECT_EQ(entries[0].parent, 0xe1u);
  EXPECT_EQ(entries[0].first_offset, 2u);
  EXPECT_EQ(entries[1].first_offset, 1u);
  EXPECT_EQ(current_line(*hub.store.read(), 1).entries().size(), 1u);
}

}  // namespace
}  // namespace titip
