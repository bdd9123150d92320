#include "core/resolve_conflict.hh"

#include "core/hub_append.hh"
#include "core/limits.hh"
#include "review_fixture.hh"

namespace titip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using test::number_of;

class ResolveConflict : public test::ReviewFixture {
 protected:
  std::vector<EventId> live(std::string_view field) {
    std::vector<EventId> ids;
    for (const auto& each : state(child).writes) {
      if ((each.live & samples::field("Person", field).bit()) != 0) ids.push_back(each.id);
    }
    return ids;
  }
  void contest_life() {
    make_child();
    note_as_made();
    edit_late(2, {{"phone", text("081200")}});
    retract_late(1);
  }
  // Two posts make different children of one id.
  void make_twice() {
    make_child();
    make(2, "Person", child.id,
         {{"name", text("Boni")}, {"birthDate", day(second_day)}, {"phone", text("081299")}});
  }
};

TEST_F(ResolveConflict, TakeSetsTheChosenValueAndNamesExactlyTheLiveWrites) {
  contest_birth_date();
  const auto both = live("birthDate");
  ASSERT_EQ(both.size(), 2u);
  auto decision = taking({{"", 2}});
  decision.note = "Menurut akta lahir";
  decision.by = "bidan-1";
  const auto settled = settle(decision).value();
  EXPECT_FALSE(settled.under_review);
  EXPECT_TRUE(settled.alive);
  EXPECT_EQ(settled.version, version_of());
  EXPECT_EQ(shown("birthDate"), said("birthDate", day(second_day + 1)));
  const auto events = own_events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].op(), Op::resolve);
  EXPECT_THAT(settled_by(events[0]), UnorderedElementsAre(both[0], both[1]));
  EXPECT_EQ(events[0].get().getSetFields(), samples::field("Person", "birthDate").bit());
  EXPECT_EQ(std::string(events[0].get().getNote().cStr()), "Menurut akta lahir");
  EXPECT_EQ(std::string(events[0].get().getBy().cStr()), "bidan-1");
}

TEST_F(ResolveConflict, ThePostsAreToldAndNothingIsUnderReviewThere) {
  contest_birth_date();
  settle(taking({{"birthDate", 1}})).value();
  const auto change = feed(1).back();
  EXPECT_EQ(change.record, child);
  EXPECT_FALSE(change.state.under_review);
}

TEST_F(ResolveConflict, SetGivesAValueThatNobodyWrote) {
  contest_birth_date();
  Decision decision;
  decision.seen = version_of();
  decision.set = {{&samples::field("Person", "birthDate"), day(first_day + 7)}};
  EXPECT_FALSE(settle(decision).value().under_review);
  EXPECT_EQ(shown("birthDate"), said("birthDate", day(first_day + 7)));
  EXPECT_TRUE(list().empty());
}

TEST_F(ResolveConflict, AFieldCanBeEmptiedAndAnEmptiedOneTaken) {
  contest_birth_date();
  Decision decision;
  decision.seen = version_of();
  decision.cleared = samples::field("Person", "birthDate").bit();
  EXPECT_FALSE(settle(decision).value().under_review);
  const auto after = state(child);
  EXPECT_TRUE(shown_field(after, samples::field("Person", "birthDate"))->cleared);
  // A post that knew nothing of it writes again, and the empty value is taken.
  edit_late(2, {{"birthDate", day(second_day)}});
  const auto asked = questions();
  ASSERT_EQ(asked.size(), 1u);
  const auto& answers = asked[0].answers;
  const auto empty = std::find_if(answers.begin(), answers.end(), [](const Answer& each) {
    return !value_given(samples::field("Person", "birthDate"), *each.write);
  });
  ASSERT_NE(empty, answers.end());
  settle(taking({{"birthDate", empty->number}})).value();
  EXPECT_TRUE(list().empty());
}

TEST_F(ResolveConflict, EqualValuesShareANumberAndAreAllSettled) {
  make_child();
  note_as_made();
  add_post(3, "C");
  edit_late(1, {{"birthDate", day(second_day)}});
  edit_late(2, {{"birthDate", day(first_day + 1)}});
  edit_late(3, {{"birthDate", day(second_day)}});
  const auto asked = questions();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].choices, 2u);
  EXPECT_EQ(asked[0].answers.size(), 3u);
  settle(taking({{"birthDate", 1}})).value();
  EXPECT_EQ(live("birthDate").size(), 1u);
  EXPECT_TRUE(list().empty());
}

TEST_F(ResolveConflict, AWriteThatItDidNotSeeReopensIt) {
  contest_birth_date();
  settle(taking({{"birthDate", 1}})).value();
  edit_late(2, {{"birthDate", day(second_day + 5)}});
  EXPECT_EQ(open(), 1u);
  EXPECT_THAT(live("birthDate"), testing::SizeIs(2)) << "the decision and what came late";
  settle(taking({{"birthDate", 1}})).value();
  EXPECT_EQ(open(), 0u);
}

TEST_F(ResolveConflict, RefusesWhatHasChangedSinceItWasSeen) {
  contest_birth_date();
  const auto decision = taking({{"birthDate", 1}});
  edit_late(2, {{"phone", text("081200")}});
  EXPECT_EQ(refused(decision), "seen_older seen");
  EXPECT_EQ(open(), 1u);
  auto other_epoch = taking({{"birthDate", 1}});
  other_epoch.seen.as_of.epoch ^= 1;
  EXPECT_EQ(refused(other_epoch), "seen_older seen");
}

TEST_F(ResolveConflict, RefusesWhatIsNotAsked) {
  contest_birth_date();
  edit_late(1, {{"sex", std::int64_t{1}}});
  edit_late(2, {{"sex", std::int64_t{2}}});
  EXPECT_EQ(refused(taking({{"", 1}})), "several_contested take");
  EXPECT_EQ(refused(taking({{"birthDate", 0}})), "no_such_choice birthDate");
  EXPECT_EQ(refused(taking({{"birthDate", 3}})), "no_such_choice birthDate");
  EXPECT_EQ(refused(taking({{"name", 1}})), "not_contested name");
  EXPECT_EQ(refused(taking({{"alive", 1}})), "not_contested alive");
  Decision set;
  set.seen = version_of();
  set.set = {{&samples::field("Person", "name"), text("Lain")}};
  EXPECT_EQ(refused(set), "not_contested name");
  set.set.clear();
  set.cleared = samples::field("Person", "phone").bit();
  EXPECT_EQ(refused(set), "not_contested set");
  EXPECT_EQ(refused(taking({{"", 1}}), {person, 99}), "not_found");
  EXPECT_EQ(open(), 1u);
  // Each for itself, or both at once.
  EXPECT_TRUE(settle(taking({{"birthDate", 1}})).value().under_review);
  EXPECT_FALSE(settle(taking({{"", 2}})).value().under_review);
  EXPECT_EQ(refused(taking({{"", 1}})), "not_contested");
}

TEST_F(ResolveConflict, WhatOnlyHubsWriteIsNobodysToSettle) {
  EXPECT_EQ(refused(taking({{"", 1}}), {number_of("Node"), 1}), "system_type type");
}

TEST_F(ResolveConflict, WhatPolicyChoseCanBeSettledToo) {
  make_child();
  note_as_made();
  edit_late(1, {{"phone", text("081200")}});
  edit_late(2, {{"phone", text("081299")}});
  ASSERT_EQ(shown("phone"), said("phone", text("081299")));
  settle(taking({{"", 1}})).value();
  EXPECT_EQ(shown("phone"), said("phone", text("081200")));
  EXPECT_TRUE(list().empty());
}

TEST_F(ResolveConflict, ARetractionAgainstAnEditCanBeUndone) {
  contest_life();
  const auto settled = settle(taking({{"alive", answer_keep}})).value();
  EXPECT_TRUE(settled.alive);
  EXPECT_FALSE(settled.under_review);
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(shown("phone"), said("phone", text("081200")));
  ASSERT_EQ(own_events().size(), 1u);
}

TEST_F(ResolveConflict, ARetractionAgainstAnEditCanStand) {
  contest_life();
  const auto settled = settle(taking({{"", answer_retract}})).value();
  EXPECT_FALSE(settled.alive);
  EXPECT_FALSE(settled.under_review);
  EXPECT_TRUE(list().empty());
  ASSERT_EQ(own_events().size(), 1u);
  EXPECT_EQ(own_events()[0].op(), Op::resolve);
  // An edit that nobody knew of brings it before them again.
  edit_late(2, {{"address", text("Jalan Baru")}});
  EXPECT_EQ(open(), 1u);
}

TEST_F(ResolveConflict, ARecordIsRetractedWithItsFieldsDecided) {
  contest_life();
  edit_late(1, {{"sex", std::int64_t{1}}});
  edit_late(2, {{"sex", std::int64_t{2}}});
  const auto settled = settle(taking({{"alive", answer_retract}, {"sex", 1}})).value();
  EXPECT_FALSE(settled.alive);
  EXPECT_FALSE(settled.under_review);
  EXPECT_TRUE(list().empty());
  const auto events = own_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].op(), Op::resolve);
  EXPECT_EQ(events[1].op(), Op::retract);
}

TEST_F(ResolveConflict, AFieldOfARetractedRecordIsDecidedWithoutRevivingIt) {
  contest_life();
  edit_late(1, {{"sex", std::int64_t{1}}});
  edit_late(2, {{"sex", std::int64_t{2}}});
  EXPECT_TRUE(settle(taking({{"alive", answer_retract}})).value().under_review);
  const auto settled = settle(taking({{"sex", 2}})).value();
  EXPECT_FALSE(settled.alive);
  EXPECT_FALSE(settled.under_review);
  EXPECT_TRUE(list().empty());
}

TEST_F(ResolveConflict, AFieldIsDecidedWhileTheRetractionStaysOpen) {
  contest_life();
  edit_late(1, {{"sex", std::int64_t{1}}});
  edit_late(2, {{"sex", std::int64_t{2}}});
  const auto settled = settle(taking({{"sex", 2}})).value();
  EXPECT_TRUE(settled.under_review);
  EXPECT_TRUE(settled.alive);
  ASSERT_EQ(questions().size(), 1u);
  EXPECT_EQ(questions()[0].name(), alive_name);
  settle(taking({{"", answer_retract}})).value();
  EXPECT_TRUE(list().empty());
}

TEST_F(ResolveConflict, OneOfTwoCreationsIsTakenWhole) {
  make_twice();
  ASSERT_EQ(open(), 1u);
  EXPECT_EQ(refused(taking({{"", 1}})), "several_contested take");
  EXPECT_EQ(refused(taking({{"birthDate", 1}})), "several_contested take")
      << "it would settle the creations by the way";
  const auto settled = settle(taking({{"alive", 1}})).value();
  EXPECT_FALSE(settled.under_review);
  EXPECT_TRUE(settled.alive);
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(shown("name"), said("name", text("Ana")));
  EXPECT_EQ(shown("birthDate"), said("birthDate", day(first_day)));
  const auto after = state(child);
  EXPECT_TRUE(shown_field(after, samples::field("Person", "phone"))->cleared)
      << "the other child's number is not hers";
}

TEST_F(ResolveConflict, OfTwoCreationsValuesCanBeTakenFromEither) {
  make_twice();
  const auto settled = settle(taking({{"alive", 2}, {"birthDate", 1}})).value();
  EXPECT_FALSE(settled.under_review);
  EXPECT_EQ(shown("name"), said("name", text("Boni")));
  EXPECT_EQ(shown("birthDate"), said("birthDate", day(first_day)));
  EXPECT_EQ(shown("phone"), said("phone", text("081299")));
  const auto after = state(child);
  EXPECT_TRUE(shown_field(after, samples::field("Person", "facility"))->cleared)
      << "only the creation that was not taken says it";
}

TEST_F(ResolveConflict, ACreationAgainstARetractionIsSettledEitherWay) {
  for (const auto wish : {answer_keep, answer_retract}) {
    const RecordKey key{person, 100 + wish};
    auto retract = draft_of("Person", key.id, {}, Op::retract);
    retract.version = Version{};
    say(2, retract);
    make_child(key.id);
    ASSERT_TRUE(listed_record(*store_.read(), key)) << wish;
    Decision decision;
    decision.take = {{"alive", wish}};
    decision.seen = version_of(key);
    const auto settled = settle(decision, key).value();
    EXPECT_EQ(settled.alive, wish == answer_keep);
    EXPECT_FALSE(settled.under_review);
    EXPECT_FALSE(listed_record(*store_.read(), key));
  }
}

}  // namespace
}  // namespace titip
