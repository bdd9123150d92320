#include "core/under_review.hh"

#include "core/agent_changes.hh"
#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/district_store.hh"
#include "core/meta.hh"
#include "core/review_list.hh"
#include "review_fixture.hh"

namespace titip {
namespace {

// A hub, and who is told everything by it: a post as an agent keeps it, and a district.
class UnderReview : public test::ReviewFixture {
 protected:
  UnderReview() {
    agent_.write([](WriteTxn& txn) { begin_incarnation(txn, 1); });
  }
  void tell(const RecordKey& record) {
    Change change;
    change.record = record;
    change.position = ++position_;
    change.state = state(record);
    change.forget = change.state.writes.empty();
    deliver(change);
  }
  void forget(const RecordKey& record) {
    Change change;
    change.record = record;
    change.position = ++position_;
    change.forget = true;
    deliver(change);
  }
  // At the agent, which must be that at the district.
  std::uint64_t counted() {
    const auto count = open_conflicts(*agent_.read());
    EXPECT_EQ(open_conflicts(*district_.read()), count);
    return count;
  }
  MemoryStore agent_;
  MemoryStore district_;

 private:
  void deliver(const Change& change) {
    const std::vector<BatchEvent> items{{encode_change(change), {}}};
    agent_.write([&](WriteTxn& txn) { apply_changes(txn, items, 1, Registry::ilp()); });
    Received received;
    received.kind = StreamKind::hub_changes;
    received.items = items;
    district_.write([&](WriteTxn& txn) { keep_changes(txn, received); });
  }
  Seq position_ = 0;
};

TEST_F(UnderReview, ARecordIsCountedFromTheChangeThatSaysSoToTheOneThatSettlesIt) {
  make_child();
  tell(child);
  EXPECT_EQ(counted(), 0u);
  note_as_made();
  edit_late(2, {{"birthDate", day(second_day)}});
  edit_late(1, {{"birthDate", day(second_day + 1)}});
  tell(child);
  EXPECT_EQ(counted(), 1u);
  tell(child);
  EXPECT_EQ(counted(), 1u) << "it was said already";
  ASSERT_TRUE(settle(taking({{"birthDate", 1}})));
  tell(child);
  EXPECT_EQ(counted(), 0u);
}

TEST_F(UnderReview, WhatIsForgottenIsCountedNoMore) {
  contest_birth_date();
  tell(child);
  ASSERT_EQ(counted(), 1u);
  forget(child);
  EXPECT_EQ(counted(), 0u);
}

TEST_F(UnderReview, WhatARuleChoseIsNotCounted) {
  make_child();
  note_as_made();
  edit_late(1, {{"phone", text("081200")}});
  edit_late(2, {{"phone", text("081299")}});
  tell(child);
  EXPECT_EQ(counted(), 0u);
}

TEST_F(UnderReview, AGroupIsCountedOnceAndOnlyWhileItIsOne) {
  constexpr RecordKey cousin{person, 8};
  make_child();
  make(2, "Person", cousin.id,
       {{"name", text("Ana")}, {"birthDate", day(second_day)}, {"facility", text("B")}});
  tell(child);
  tell(cousin);
  ASSERT_EQ(counted(), 0u);
  say_of_pair(1, Op::link, child, cousin.id);
  tell(child);
  tell(cousin);
  EXPECT_EQ(open(), 1u) << "two days of birth of one child";
  EXPECT_EQ(counted(), 1u);
  say_of_pair(1, Op::unlink, child, cousin.id);
  tell(cousin);
  tell(child);
  EXPECT_EQ(open(), 0u);
  EXPECT_EQ(counted(), 0u);
}

TEST_F(UnderReview, AGroupIsCountedUnderAMemberThatIsHeld) {
  constexpr RecordKey cousin{person, 9};
  make(2, "Person", cousin.id, {{"name", text("Ana")}, {"birthDate", day(first_day)}});
  edit_blindly(1, "Person", cousin.id, {{"birthDate", day(second_day)}});
  say_of_pair(1, Op::link, cousin, 3);  // of whom only that is known
  make_child();
  say_of_pair(1, Op::link, cousin, child.id);
  tell(cousin);  // and the child is still on its way
  EXPECT_EQ(counted(), 1u);
  EXPECT_TRUE(agent_.read()->get(Table::conflicts, record_key(cousin)));
  tell({person, 3});
  EXPECT_TRUE(agent_.read()->get(Table::conflicts, record_key(cousin)));
  tell(child);
  EXPECT_TRUE(agent_.read()->get(Table::conflicts, record_key(child)));
  EXPECT_EQ(counted(), 1u);
  forget(child);
  EXPECT_TRUE(agent_.read()->get(Table::conflicts, record_key(cousin)));
  EXPECT_EQ(counted(), 1u);
}

TEST_F(UnderReview, WhatIsWrittenOfWhoIsLinkedAndNotHeldYetIsOneWithTheOther) {
  constexpr RecordKey cousin{person, 9};
  make_child();
  say_of_pair(1, Op::link, child, cousin.id);
  tell(child);
  RecordIds ids{1000};
  agent_.write([&](WriteTxn& txn) {
    auto draft = draft_of("Person", cousin.id, {{"birthDate", day(second_day)}}, Op::set);
    const IntakeContext context{
        Registry::ilp(), ids, {now_++, 7, 8}, 540, FacilityKind::posyandu, 1, "A"};
    EXPECT_TRUE(save_draft(txn, draft, context).ok());
  });
  EXPECT_EQ(open_conflicts(*agent_.read()), 1u) << "two days of birth of one child";
  const auto txn = agent_.read();
  EXPECT_EQ(united(*txn, cousin, samples::type("Person")).record, child);
}

TEST_F(UnderReview, WhoAreSaidToBeTwoAndYetAreJoinedThroughAnotherAreCounted) {
  for (const RecordId id : {7, 8, 9}) make(1, "Person", id, {{"name", text("Ana")}});
  say_of_pair(1, Op::unlink, {person, 7}, 9);
  say_of_pair(1, Op::link, {person, 7}, 8);
  say_of_pair(2, Op::link, {person, 9}, 8);
  for (const RecordId id : {9, 7, 8}) tell({person, id});
  EXPECT_EQ(counted(), 1u);
  say_of_pair(2, Op::unlink, {person, 9}, 8);
  for (const RecordId id : {7, 8, 9}) tell({person, id});
  EXPECT_EQ(counted(), 0u);
}

TEST_F(UnderReview, AGroupIsCountedWhereWhatIsInConflictIsWithheld) {
  constexpr RecordKey cousin{person, 8};
  add_district(8, {{}, {}, true});
  make(1, "Person", child.id, {{"nik", text("9404015203200001")}});
  make(2, "Person", cousin.id, {{"nik", text("9404015203200002")}});
  say_of_pair(1, Op::link, child, cousin.id);
  MemoryStore store;
  const auto tell_district = [&] {
    Received received;
    received.kind = StreamKind::hub_changes;
    for (const auto& change : feed(8)) received.items.push_back({encode_change(change), {}});
    store.write([&](WriteTxn& txn) { keep_changes(txn, received); });
    return open_conflicts(*store.read());
  };
  ASSERT_EQ(open(), 1u) << "two numbers of one child";
  EXPECT_EQ(tell_district(), 1u) << "though it is told neither";
  const auto whole = united(*store.read(), cousin, samples::type("Person"));
  EXPECT_TRUE(whole.state.under_review);
  EXPECT_FALSE(shown_field(whole.state, samples::field("Person", "nik")));
  ASSERT_TRUE(settle(taking({{"nik", 1}})).ok());
  EXPECT_EQ(tell_district(), 0u);
}

TEST_F(UnderReview, WhatIsWithheldOfAGroupIsUnderReviewOnlyWhileItsWholeIs) {
  constexpr RecordKey cousin{person, 8};
  add_district(8, {{}, {}, true});
  make(1, "Person", child.id, {{"nik", text("9404015203200001")}});
  make(2, "Person", cousin.id, {{"nik", text("9404015203200002")}});
  say_of_pair(1, Op::link, child, cousin.id);
  say_of_pair(1, Op::unlink, child, cousin.id);
  for (const auto& change : feed(8)) EXPECT_FALSE(change.state.whole_under_review);
}

TEST_F(UnderReview, AStoreFromBeforeIsCountedOnce) {
  contest_birth_date();
  tell(child);
  agent_.write([](WriteTxn& txn) {
    txn.erase(Table::meta, meta::open_conflicts);
    txn.erase(Table::conflicts, record_key(child));
  });
  EXPECT_FALSE(counts_under_review(*agent_.read()));
  agent_.write([](WriteTxn& txn) { build_under_review(txn, Registry::ilp()); });
  EXPECT_TRUE(counts_under_review(*agent_.read()));
  EXPECT_EQ(counted(), 1u);
}

}  // namespace
}  // namespace titip
