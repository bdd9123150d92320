#include "core/record_state.hh"

#include <vector>

#include "core/limits.hh"
#include "tests/unit/record_fixture.hh"

namespace titip {

namespace {

using test::epoch;
using test::Lines;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class RecordStateTest : public test::RecordFixture {};

TEST_F(RecordStateTest, EarlierWriteOfOwnStreamIsSeen) {
  const auto first = write(Op::create, 1, 1, 0, 0);
  const auto second = write(Op::set, 1, 2, 0, 0);
  EXPECT_TRUE(has_seen(second, first, lines_));
  EXPECT_FALSE(has_seen(first, second, lines_));
  EXPECT_FALSE(has_seen(first, first, lines_));
}

TEST_F(RecordStateTest, OwnWriteThatTheVersionLeavesOutIsNotSeen) {
  auto second = write(Op::set, 1, 2, 0, 0);
  second.seen = 0;
  EXPECT_FALSE(has_seen(second, write(Op::create, 1, 1, 0, 0), lines_));
}

TEST_F(RecordStateTest, OtherLaneIsAnotherStream) {
  auto urgent = write(Op::set, 1, 1, 0, 0);
  urgent.id.lane = Lane::urgent;
  EXPECT_FALSE(has_seen(write(Op::set, 1, 2, 0, 0), urgent, lines_));
}

TEST_F(RecordStateTest, WriteOfTheParentIncarnationIsSeenUpToTheBranch) {
  lines_.incarnations[2] = {1, 4};
  const auto child = write(Op::set, 2, 9, 0, 0);
  EXPECT_TRUE(has_seen(child, write(Op::set, 1, 4, 0, 0), lines_));
  EXPECT_FALSE(has_seen(child, write(Op::set, 1, 5, 0, 0), lines_));
}

TEST_F(RecordStateTest, OtherLifeOfOneIncarnationIsNotSeen) {
  auto clone = write(Op::set, 1, 2, 0, 0);
  clone.id.hash.high = 2;
  clone.carrier = 7;  // it went on under another name
  EXPECT_FALSE(has_seen(clone, write(Op::create, 1, 1, 0, 0), lines_));
  lines_.incarnations[7] = {1, 1};
  EXPECT_TRUE(has_seen(clone, write(Op::create, 1, 1, 0, 0), lines_));
  EXPECT_FALSE(has_seen(write(Op::set, 1, 3, 0, 0), clone, lines_));
}

TEST_F(RecordStateTest, PlacementIsSeenUpToTheBasis) {
  const auto later = write(Op::set, 2, 1, 5, 9);
  EXPECT_TRUE(has_seen(later, write(Op::create, 1, 1, 0, 5), lines_));
  EXPECT_FALSE(has_seen(later, write(Op::create, 1, 1, 0, 6), lines_));
  EXPECT_FALSE(has_seen(write(Op::set, 2, 1, 0, 9), write(Op::create, 1, 1, 0, 5), lines_));
}

TEST_F(RecordStateTest, LostPlacementIsSeenThroughALaterOne) {
  lines_.epochs[8] = {epoch, 3};
  auto early = write(Op::create, 1, 1, 0, 5);
  auto later = write(Op::set, 2, 1, 0, 9);
  later.basis = {8, 6};
  EXPECT_FALSE(has_seen(later, early, lines_));
  early.placements = {{8, 4}, {epoch, 5}};
  EXPECT_TRUE(has_seen(later, early, lines_));
}

TEST_F(RecordStateTest, TwoThatClaimToHaveSeenEachOtherAreBothKept) {
  const auto state = in_any_order({write(Op::set, 1, 1, 9, 1, {{each_.later, 1}}),
                                   write(Op::set, 2, 1, 9, 2, {{each_.later, 2}})});
  EXPECT_EQ(live_on(state, *each_.later).size(), 2u);
}

TEST_F(RecordStateTest, FieldsMergeOneByOne) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}, {each_.max, 1}});
  const auto set = write(Op::set, 2, 1, 1, 2, {{each_.max, 2}});
  const auto state = in_any_order({made, set});
  EXPECT_THAT(live_on(state, *each_.later), ElementsAre(made.id));
  EXPECT_THAT(live_on(state, *each_.max), ElementsAre(set.id));
  EXPECT_FALSE(state.under_review);
}

TEST_F(RecordStateTest, ConcurrentWritesBothStand) {
  const auto state = in_any_order({write(Op::create, 1, 1, 0, 1, {{each_.later, 1}}),
                                   write(Op::set, 2, 1, 1, 2, {{each_.later, 2}}),
                                   write(Op::set, 3, 1, 1, 3, {{each_.later, 3}})});
  EXPECT_EQ(live_on(state, *each_.later).size(), 2u);
  EXPECT_FALSE(state.under_review);
}

TEST_F(RecordStateTest, SupersededSetIsForgotten) {
  const auto made = write(Op::create, 1, 1, 0, 1);
  const auto first = write(Op::set, 2, 1, 1, 2, {{each_.later, 1}});
  const auto second = write(Op::set, 3, 1, 2, 3, {{each_.later, 2}});
  EXPECT_THAT(held(in_any_order({made, first, second})), UnorderedElementsAre(made.id, second.id));
}

TEST_F(RecordStateTest, LateArrivalOfASeenWriteIsNotLive) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 2, 1, 1, 2, {{each_.later, 2}});
  const auto state = apply({set, made});
  EXPECT_THAT(live_on(state, *each_.later), ElementsAre(set.id));
}

TEST_F(RecordStateTest, SameWriteTwiceChangesNothing) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 2, 1, 1, 2, {{each_.later, 2}});
  EXPECT_EQ(apply({made, set, made, set, set}), apply({made, set}));
}

TEST_F(RecordStateTest, FurtherPlacementsAreAddedNewestFirst) {
  lines_.epochs[8] = {epoch, 4};
  auto made = write(Op::create, 1, 1, 0, 3);
  auto again = made;
  again.placements = {{8, 6}};
  const auto state = apply({made, again});
  EXPECT_THAT(state.writes.front().placements, ElementsAre(Position{8, 6}, Position{epoch, 3}));
  EXPECT_EQ(apply({again, made, again}), state);
}

TEST_F(RecordStateTest, PlacementArrivingLaterLetsAWriteBeSeen) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  auto waiting = made;
  waiting.placements.clear();
  const auto set = write(Op::set, 2, 1, 1, 2, {{each_.later, 2}});
  EXPECT_EQ(live_on(apply({waiting, set}), *each_.later).size(), 2u);
  EXPECT_EQ(apply({waiting, set, made}), apply({made, set}));
}

TEST_F(RecordStateTest, HubsOrderingFactsReplaceTheDevices) {
  auto waiting = write(Op::create, 1, 1, 0, 0);
  auto placed = write(Op::create, 1, 1, 0, 4);
  waiting.order.corrected_time = 1;
  placed.order.corrected_time = 99;
  EXPECT_EQ(apply({waiting, placed}).writes.front().order.corrected_time, 99);
  EXPECT_EQ(apply({placed, waiting}).writes.front().order.corrected_time, 99);
}

TEST_F(RecordStateTest, LinksAreKeptWithoutAFieldOrALife) {
  const auto link = write(Op::link, 2, 1, 1, 2);
  const auto state = in_any_order({write(Op::create, 1, 1, 0, 1), link});
  EXPECT_THAT(held(state), testing::Contains(link.id));
  EXPECT_FALSE(state.under_review);
}

TEST_F(RecordStateTest, FieldOfAnUnknownTypeMergesAsLater) {
  RecordState state;
  apply_write(state, write(Op::create, 1, 1, 0, 1, {{each_.review, 1}}), {}, nullptr, lines_);
  const auto set = write(Op::set, 2, 1, 1, 2, {{each_.review, 2}});
  apply_write(state, set, {}, nullptr, lines_);
  EXPECT_THAT(live_on(state, *each_.review), ElementsAre(set.id));
}

TEST_F(RecordStateTest, WriteInLostHistoryKeepsWhatItSawFromComingBack) {
  // Epoch 8 branched at 3. `set` was seen by `lost` in the lost history, and `after` has seen only
  // `lost`.
  lines_.epochs[8] = {epoch, 3};
  const auto set = write(Op::set, 1, 1, 0, 5, {{each_.later, 1}});
  auto lost = write(Op::set, 2, 1, 6, 0, {{each_.later, 2}});
  auto after = write(Op::set, 2, 2, 0, 0, {{each_.later, 3}});
  after.basis = {8, 3};
  EXPECT_THAT(live_on(in_any_order({set, lost, after}), *each_.later), ElementsAre(after.id));
}

TEST_F(RecordStateTest, WriteInAHalfKnownLineKeepsWhatItsOwnStreamHasFromComingBack) {
  // A hub that was made anew knows epoch 7, but not that it went on from 6, where `first` stood.
  lines_.half_known.insert(7);
  auto first = write(Op::create, 1, 1, 0, 0, {{each_.later, 1}});
  first.placements = {{6, 1}};
  auto second = write(Op::set, 1, 2, 0, 0, {{each_.later, 2}});
  second.placements = {{7, 3}};
  auto other = write(Op::set, 2, 1, 0, 9, {{each_.later, 3}});
  other.basis = {7, 5};
  EXPECT_THAT(live_on(in_any_order({first, second, other}), *each_.later), ElementsAre(other.id));
  lines_.half_known.clear();
  lines_.epochs[7] = {6, 2};
  EXPECT_EQ(in_any_order({first, second, other}).writes.size(), 2u) << "all else is inherited";
}

TEST_F(RecordStateTest, WhatSomeoneSawIsJudgedBeforeThemThoughItHadSeenMore) {
  // `last` was made on a page of lost history, so of what stands it has seen its own stream only.
  const auto create = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}});
  const auto other = write(Op::set, 2, 1, 1, 2, {{each_.review, 2}});
  const auto third = write(Op::set, 2, 2, 2, 3, {{each_.review, 3}});
  const auto own = write(Op::set, 1, 2, 3, 4, {{each_.review, 4}});
  auto last = write(Op::set, 1, 3, 0, 5, {{each_.review, 5}});
  last.basis = {99, 7};
  EXPECT_THAT(live_on(in_any_order({create, other, third, own, last}), *each_.review),
              ElementsAre(last.id));
}

TEST_F(RecordStateTest, IdleWritesAreBounded) {
  std::vector<Write> writes{write(Op::create, 1, 1, 0, 1)};
  for (Seq seq = 2; seq < 100; ++seq) {
    writes.push_back(write(Op::set, 1, seq, 0, seq, {{each_.review, static_cast<int>(seq % 20)}}));
  }
  const auto state = apply(writes);
  EXPECT_EQ(state.writes.size(), limits::idle_writes_max + 2);
  EXPECT_THAT(live_on(state, *each_.review), ElementsAre(writes.back().id));
}

}  // namespace

}  // namespace titip
