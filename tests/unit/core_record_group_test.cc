#include "core/record_group.hh"

#include "review_fixture.hh"

namespace titip {
namespace {

// One child whom two posts have entered, each at its own.
class RecordGroup : public test::ReviewFixture {
 protected:
  static constexpr RecordKey ani{person, 7};
  static constexpr RecordKey other_ani{person, 9};

  RecordGroup() {
    make(1, "Person", ani.id, {{"name", text("Ani")}, {"facility", text("A")}});
    make(2, "Person", other_ani.id, {{"name", text("Bayi Ny. Ida")}, {"facility", text("B")}});
    make(2, "Immunization", 20,
         {{"person", to(other_ani.id)},
          {"date", std::int64_t{19'800}},
          {"antigen", std::int64_t{4}}});
  }
  std::vector<RecordId> group(const RecordKey& key) {
    return group_of(stored_states(*store_.read()), key);
  }
  std::string quarantined(const AppendOutcome& outcome) {
    return outcome.quarantined.empty() ? "" : outcome.quarantined.front().reason;
  }
};

TEST_F(RecordGroup, ALinkStandsInTheStatesOfBoth) {
  say_of_pair(1, Op::link, ani, other_ani.id);
  EXPECT_EQ(group(ani), (std::vector<RecordId>{7, 9}));
  EXPECT_EQ(group(other_ani), group(ani));
  const auto words = pair_words(state(other_ani));
  ASSERT_EQ(words.size(), 1u);
  EXPECT_EQ(words[0].other, ani.id);
  EXPECT_TRUE(words[0].same && !words[0].contested);
}

TEST_F(RecordGroup, AllOfAGroupAreSentAtOneAsOf) {
  say_of_pair(1, Op::link, ani, other_ani.id);
  const auto from = head(1);
  edit(2, "Person", other_ani.id, {{"address", text("Jl. Merdeka")}});
  EXPECT_EQ(state(ani).as_of, state(other_ani).as_of);
  EXPECT_THAT(told(1, from), testing::UnorderedElementsAre("3:7", "3:9"));
}

TEST_F(RecordGroup, WhoCaresForOneIsToldOfAllAndOfWhatRefersToThem) {
  const auto from = head(1);
  say_of_pair(2, Op::link, other_ani, ani.id);
  EXPECT_THAT(told(1, from), testing::UnorderedElementsAre("3:7", "3:9", "13:20"));
  EXPECT_EQ(concerned(ani), concerned(other_ani));
}

TEST_F(RecordGroup, WhoAreTwoAfterAllGoTheirOwnWays) {
  say_of_pair(1, Op::link, ani, other_ani.id);
  const auto from = head(1);
  say_of_pair(2, Op::unlink, other_ani, ani.id);
  EXPECT_EQ(group(ani), (std::vector<RecordId>{7}));
  EXPECT_THAT(told(1, from), testing::UnorderedElementsAre("3:7", "-3:9", "-13:20"));
}

TEST_F(RecordGroup, OneMayBeLinkedByWayOfAnother) {
  make(1, "Person", 8, {{"name", text("An")}});
  say_of_pair(1, Op::link, {person, 8}, ani.id);
  say_of_pair(1, Op::link, {person, 8}, other_ani.id);
  EXPECT_EQ(group(other_ani), (std::vector<RecordId>{7, 8, 9}));
}

TEST_F(RecordGroup, NoMoreThanSixteenAreOne) {
  for (RecordId id = 100; id < 115; ++id) {
    EXPECT_EQ(quarantined(say_of_pair(1, Op::link, ani, id)), "");
  }
  EXPECT_EQ(group(ani).size(), limits::group_members_max);
  const auto before = state(ani);
  EXPECT_EQ(quarantined(say_of_pair(1, Op::link, ani, 200)), "group_full");
  EXPECT_EQ(state(ani), before);
  EXPECT_TRUE(state({person, 200}).writes.empty());
}

TEST_F(RecordGroup, TwoWordsThatHadNotSeenEachOtherAreUnderReview) {
  const Version seen{state(ani).as_of, 0};
  say_of_pair(1, Op::link, ani, other_ani.id);
  say_of_pair(2, Op::unlink, ani, other_ani.id, seen);
  EXPECT_TRUE(pair_words(state(ani)).front().contested);
  EXPECT_TRUE(state(ani).under_review && state(other_ani).under_review);
  EXPECT_EQ(list().size(), 2u);  // of two that are not shown as one each

  say_of_pair(2, Op::link, other_ani, ani.id);
  EXPECT_FALSE(state(ani).under_review || state(other_ani).under_review);
  ASSERT_EQ(list(Listing::open).size(), 1u);  // of where she is cared for, as one
  EXPECT_FALSE(list(Listing::open).front().what.pairs);
}

TEST_F(RecordGroup, AWordSaidAgainDoesNotReopenWhatWasDecidedOfBothWords) {
  const Version seen{state(ani).as_of, 0};
  say_of_pair(1, Op::link, ani, other_ani.id);
  const Version saw_link{state(ani).as_of, 0};
  say_of_pair(2, Op::unlink, ani, other_ani.id, seen);
  ASSERT_TRUE(state(ani).under_review);
  say_of_pair(2, Op::unlink, ani, other_ani.id);  // having seen both
  ASSERT_FALSE(state(ani).under_review);

  say_of_pair(1, Op::link, ani, other_ani.id, seen);      // as if nobody had said so before
  say_of_pair(1, Op::link, ani, other_ani.id, saw_link);  // and as by someone who knew
  EXPECT_FALSE(state(ani).under_review || state(other_ani).under_review);
  EXPECT_EQ(group(ani), (std::vector<RecordId>{7}));
}

TEST_F(RecordGroup, TwoWhoHadBothSeenBothWordsAndDecideDifferentlyAreUnderReview) {
  const Version seen{state(ani).as_of, 0};
  say_of_pair(1, Op::link, ani, other_ani.id);
  say_of_pair(2, Op::unlink, ani, other_ani.id, seen);
  const Version saw_both{state(ani).as_of, 0};
  say_of_pair(1, Op::link, ani, other_ani.id, saw_both);
  say_of_pair(2, Op::unlink, ani, other_ani.id, saw_both);
  EXPECT_TRUE(state(ani).under_review && state(other_ani).under_review);
}

TEST_F(RecordGroup, OfWordsThatStandNoMoreOnlyTheLatestAreKept) {
  for (int i = 0; i < 100; ++i) say_of_pair(1, Op::link, ani, other_ani.id);
  EXPECT_EQ(state(ani).writes.size(), 1 + 1 + limits::idle_writes_max);
  EXPECT_TRUE(has_room_for(state(ani), Op::unlink));
}

TEST_F(RecordGroup, AnEditOfWhatIsHeldInPartsHasSeenNoMoreThanTheOldest) {
  say_of_pair(1, Op::link, ani, other_ani.id);
  MemoryStore device;
  device.put_back(store_.copy());
  const auto old = state(other_ani).as_of;
  edit(2, "Person", other_ani.id, {{"address", text("Jl. Merdeka")}});
  const auto fresh = state(ani);
  device.write([&](WriteTxn& txn) {  // and the other is still on its way
    txn.put(Table::records, record_key(ani), encode_record_state(fresh));
  });
  const auto txn = device.read();
  EXPECT_EQ(seen_as_of(*txn, ani, fresh, LineHistory(*txn)), old);
  EXPECT_NE(fresh.as_of, old);
}

}  // namespace
}  // namespace titip
