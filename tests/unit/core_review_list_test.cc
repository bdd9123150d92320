#include "core/review_list.hh"

#include "core/meta.hh"
#include "review_fixture.hh"
#include "tests/support/seeded.hh"

namespace titip {
namespace {

class ReviewList : public test::ReviewFixture {};

TEST_F(ReviewList, ARecordEntersWhenAFieldHoldsTwoValuesAndKeepsItsSince) {
  make_child();
  note_as_made();
  EXPECT_TRUE(list().empty());
  edit_late(2, {{"birthDate", day(second_day)}});
  EXPECT_TRUE(list().empty()) << "its author had seen what it replaces";
  const auto since = now_;
  edit_late(1, {{"birthDate", day(second_day + 1)}});
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(list()[0].record, child);
  EXPECT_GE(list()[0].since, since);
  EXPECT_TRUE(list()[0].what.under_review);
  EXPECT_EQ(list()[0].what.fields, samples::field("Person", "birthDate").bit());
  EXPECT_FALSE(list()[0].what.alive);
  EXPECT_EQ(open(), 1u);

  const auto entered = list()[0].since;
  now_ += 1'000'000;
  edit_late(2, {{"sex", std::int64_t{1}}});
  edit_late(1, {{"sex", std::int64_t{2}}});
  EXPECT_EQ(list()[0].since, entered);
  EXPECT_EQ(list()[0].what.fields,
            samples::field("Person", "birthDate").bit() | samples::field("Person", "sex").bit());
  EXPECT_EQ(open(), 1u) << "records are counted, not fields";
}

TEST_F(ReviewList, ItLeavesOnceNothingIsContested) {
  contest_birth_date();
  ASSERT_TRUE(settle(taking({{"birthDate", 1}})));
  EXPECT_TRUE(list().empty());
  EXPECT_FALSE(listed_record(*store_.read(), child));
  EXPECT_EQ(open(), 0u);
  EXPECT_FALSE(state(child).under_review);
}

TEST_F(ReviewList, WhatPolicySettlesIsListedButNotOpen) {
  make_child();
  note_as_made();
  edit_late(1, {{"phone", text("081200")}});
  edit_late(2, {{"phone", text("081299")}});
  ASSERT_EQ(list().size(), 1u);
  EXPECT_FALSE(list()[0].what.under_review);
  EXPECT_TRUE(list(Listing::open).empty());
  EXPECT_EQ(open(), 0u);
  const auto since = list()[0].since;
  edit_late(1, {{"sex", std::int64_t{1}}});
  edit_late(2, {{"sex", std::int64_t{2}}});
  EXPECT_EQ(open(), 1u);
  EXPECT_EQ(list()[0].since, since) << "something of it has been contested all the time";
}

TEST_F(ReviewList, EqualValuesAreNoConflict) {
  make_child();
  note_as_made();
  edit_late(1, {{"birthDate", day(second_day)}});
  edit_late(2, {{"birthDate", day(second_day)}});
  EXPECT_TRUE(list().empty());
}

TEST_F(ReviewList, OldestComesFirstAndATypeCanBeChosen) {
  for (const RecordId id : {9, 8}) {
    make_child(id);
    edit_blindly(2, "Person", id, {{"birthDate", day(second_day)}});
    now_ += 1000;
  }
  make(1, "Referral", 5, {{"person", to(9)}, {"date", day(first_day)}, {"toFacility", text("B")}});
  edit_blindly(2, "Referral", 5, {{"toFacility", text("A")}});
  ASSERT_EQ(list().size(), 3u);
  EXPECT_EQ(list()[0].record.id, 9u);
  EXPECT_EQ(list()[1].record.id, 8u);
  EXPECT_EQ(list(Listing::open).size(), 2u) << "the addressee of a referral is chosen by authority";
  EXPECT_EQ(review_list(*store_.read(), Listing::all, referral).size(), 1u);
  EXPECT_EQ(review_list(*store_.read(), Listing::all, growth).size(), 0u);
}

TEST_F(ReviewList, OfAStoreWithoutOneIsBuiltOnce) {
  contest_birth_date();
  make_child(8);
  const auto before = list();
  const auto build = [&] {
    write([&](WriteTxn& txn) { build_review_list(txn, Registry::ilp(), now_ + 5); });
  };
  build();
  EXPECT_EQ(list()[0].since, before[0].since) << "there is one already";
  write([&](WriteTxn& txn) {
    txn.erase(Table::conflicts, record_key(child));
    txn.erase(Table::meta, meta::open_conflicts);
  });
  ASSERT_TRUE(list().empty());
  build();
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(list()[0].record, child);
  EXPECT_EQ(list()[0].what, before[0].what);
  EXPECT_EQ(list()[0].since, now_ + 5);
  EXPECT_EQ(open(), 1u);
  now_ += 1000;
  build();
  EXPECT_LT(list()[0].since, now_);
}

TEST_F(ReviewList, ARetractionAgainstAnEditIsOpen) {
  make_child();
  note_as_made();
  edit_late(2, {{"phone", text("081200")}});
  retract_late(1);
  ASSERT_EQ(list().size(), 1u);
  EXPECT_TRUE(list()[0].what.alive);
  EXPECT_EQ(list()[0].what.fields, 0u);
  EXPECT_EQ(open(), 1u);
}

TEST_F(ReviewList, HoldsExactlyTheContestedRecordsWhateverHappens) {
  Seeded random(20241015);
  const auto below = [&](std::size_t end) { return random.below(end); };
  for (RecordId id = 1; id <= 5; ++id) make_child(id);
  for (int step = 0; step < 400; ++step) {
    const RecordKey key{person, 1 + below(5)};
    const NodeId by = 1 + below(2);
    auto draft = draft_of("Person", key.id, {}, below(6) == 0 ? Op::retract : Op::set);
    if (draft.op == Op::set) {
      const char* field = below(2) == 0 ? "sex" : "birthOrder";
      draft.set = {{draft.type->field(field), static_cast<std::int64_t>(1 + below(2))}};
    }
    if (below(2) == 0) draft.version = Version{};
    say(by, draft);
    if (below(4) == 0) {
      const auto held = state(key);
      const auto asked = contested_questions(held, *draft.type);
      Decision decision;
      decision.seen = {held.as_of, 0};
      for (const auto& question : asked) {
        if (below(3) == 0) continue;
        decision.take.emplace_back(question.name(), 1 + below(question.choices));
      }
      if (!decision.take.empty()) {
        ASSERT_TRUE(settle(decision, key).ok());
      }
    }
    std::uint64_t open_records = 0;
    for (RecordId id = 1; id <= 5; ++id) {
      const auto what = contested(state({person, id}), *draft.type);
      const auto listed = listed_record(*store_.read(), {person, id});
      ASSERT_EQ(listed.has_value(), what.any()) << id << " at step " << step;
      if (listed) {
        ASSERT_EQ(listed->what, what);
      }
      open_records += what.under_review ? 1 : 0;
      ASSERT_EQ(what.under_review, state({person, id}).under_review);
    }
    ASSERT_EQ(open(), open_records);
  }
}

}  // namespace
}  // namespace titip
