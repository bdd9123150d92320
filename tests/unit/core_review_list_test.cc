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
  for (const RecordId id : {RecordId{9}, RecordId{8}}) {
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

// Posts that write, retract and make again whatever they have or have not seen, and a person who
// settles some of what comes of it.
class ReviewListAtRandom : public test::ReviewFixture {
 protected:
  static constexpr RecordId records = 4;

  RecordKey any_record() { return {person, first_ + random_.below(records)}; }

  void act() {
    const auto key = any_record();
    auto draft = draft_of("Person", key.id, {}, Op::set);
    const bool again = random_.chance(40);
    if (random_.chance(150)) draft.op = Op::retract;
    if (again || state(key).writes.empty()) draft.op = Op::create;
    if (draft.op != Op::retract) {
      const char* field = random_.chance(500) ? "sex" : "birthOrder";
      draft.set = {{draft.type->field(field), static_cast<std::int64_t>(1 + random_.below(2))}};
    }
    if (random_.chance(500)) draft.version = Version{};
    say(1 + random_.below(2), draft);
  }

  void settle_some() {
    const auto key = any_record();
    const auto held = state(key);
    Decision decision;
    decision.seen = {held.as_of, 0};
    bool alive = shown_alive(held);
    bool asks_which = false;
    for (const auto& question : contested_questions(held, samples::type("Person"))) {
      if (random_.chance(300)) {
        asks_which = asks_which || question.about == Question::About::making;
        continue;
      }
      decision.take.emplace_back(question.name(), 1 + random_.below(question.choices));
      if (question.about == Question::About::life) {
        alive = decision.take.back().second == answer_keep;
      }
    }
    if (decision.take.empty()) return;
    const auto settled = settle(decision, key);
    if (asks_which && !settled) return;
    ASSERT_TRUE(settled.ok()) << code_name(settled.refusal().code);
    ++settled_;
    const auto after = state(key);
    EXPECT_EQ(shown_alive(after), alive);
    const auto left = contested_questions(after, samples::type("Person"));
    for (const auto& [name, number] : decision.take) {
      // Whether it lives and which creation it is are asked one after the other.
      EXPECT_TRUE(std::none_of(left.begin(), left.end(), [&, name = name](const Question& each) {
        return each.name() == name && each.about != Question::About::making;
      })) << name;
    }
  }

  void check_list() {
    auto open_records = open_before_;
    for (RecordId id = first_; id < first_ + records; ++id) {
      const auto held = state({person, id});
      const auto what = contested(held, samples::type("Person"));
      const auto listed = listed_record(*store_.read(), {person, id});
      ASSERT_EQ(listed.has_value(), what.any()) << id;
      if (listed) {
        ASSERT_EQ(listed->what, what) << id;
      }
      ASSERT_EQ(contested_questions(held, samples::type("Person")).empty(), !what.any());
      ASSERT_EQ(what.under_review, held.under_review);
      open_records += what.under_review ? 1 : 0;
    }
    ASSERT_EQ(open(), open_records);
  }

  Seeded random_{20241015};
  RecordId first_ = 1;
  std::uint64_t open_before_ = 0;
  int settled_ = 0;
};

TEST_F(ReviewListAtRandom, HoldsExactlyWhatIsContestedAndADecisionEndsWhatItDecides) {
  // New records now and then: what a record keeps for late arrivals is bounded.
  constexpr int steps_of_a_record = 80;
  for (int step = 0; step < 50 * steps_of_a_record; ++step) {
    SCOPED_TRACE(step);
    if (step % steps_of_a_record == 0) {
      first_ = 1 + static_cast<RecordId>(step);
      open_before_ = open();
    }
    act();
    if (random_.chance(300)) settle_some();
    check_list();
    if (HasFailure()) return;
  }
  EXPECT_GT(settled_, 300);
}

}  // namespace
}  // namespace titip
