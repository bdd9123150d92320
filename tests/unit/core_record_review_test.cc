#include "core/record_state.hh"

#include "tests/unit/record_fixture.hh"

namespace titip {

namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class RecordReviewTest : public test::RecordFixture {};

TEST_F(RecordReviewTest, SetUnderReviewAddsAValueWhenItsAuthorSawSeveral) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}});
  const auto other = write(Op::set, 2, 1, 0, 2, {{each_.review, 2}});
  const auto third = write(Op::set, 3, 1, 2, 3, {{each_.review, 3}});
  const auto state = in_any_order({made, other, third});
  EXPECT_EQ(live_on(state, *each_.review).size(), 3u);
  EXPECT_TRUE(state.under_review);
}

TEST_F(RecordReviewTest, SetWhoseAuthorSawOneValueReplacesItThoughAnotherArrivedBefore) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}});
  const auto other = write(Op::set, 2, 1, 0, 2, {{each_.review, 2}});
  const auto third = write(Op::set, 3, 1, 1, 3, {{each_.review, 3}});
  const auto state = in_any_order({made, other, third});
  EXPECT_THAT(live_on(state, *each_.review), UnorderedElementsAre(other.id, third.id));
}

TEST_F(RecordReviewTest, EqualValuesAreNotUnderReviewAndOneSetReplacesThem) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 5}});
  const auto same = write(Op::set, 2, 1, 0, 2, {{each_.review, 5}});
  auto state = in_any_order({made, same});
  EXPECT_EQ(live_on(state, *each_.review).size(), 2u);
  EXPECT_FALSE(state.under_review);
  EXPECT_FALSE(shown_field(state, *each_.review)->contested);
  const auto next = write(Op::set, 3, 1, 2, 3, {{each_.review, 6}});
  state = in_any_order({made, same, next});
  EXPECT_THAT(live_on(state, *each_.review), ElementsAre(next.id));
}

TEST_F(RecordReviewTest, ResolveRemovesExactlyWhatItNames) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}, {each_.later, 1}});
  const auto other = write(Op::set, 2, 1, 0, 2, {{each_.review, 2}, {each_.later, 2}});
  const auto third = write(Op::set, 3, 1, 0, 3, {{each_.review, 3}});
  const auto resolve =
      resolving(write(Op::resolve, 4, 1, 3, 4, {{each_.review, 2}}), {made.id, other.id});
  const auto state = in_any_order({made, other, third, resolve});
  EXPECT_THAT(live_on(state, *each_.review), UnorderedElementsAre(third.id, resolve.id));
  EXPECT_THAT(live_on(state, *each_.later), UnorderedElementsAre(made.id, other.id));
  EXPECT_TRUE(state.under_review);
}

TEST_F(RecordReviewTest, ResolveOfAllValuesEndsTheReview) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}});
  const auto other = write(Op::set, 2, 1, 0, 2, {{each_.review, 2}});
  const auto resolve =
      resolving(write(Op::resolve, 4, 1, 2, 3, {{each_.review, 2}}), {made.id, other.id});
  const auto after = write(Op::set, 3, 1, 3, 4, {{each_.review, 4}});
  EXPECT_FALSE(in_any_order({made, other, resolve}).under_review);
  EXPECT_THAT(live_on(in_any_order({made, other, resolve, after}), *each_.review),
              ElementsAre(after.id));
}

TEST_F(RecordReviewTest, SetRacingAResolveStaysUnderReview) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}});
  const auto other = write(Op::set, 2, 1, 0, 2, {{each_.review, 2}});
  const auto resolve =
      resolving(write(Op::resolve, 4, 1, 2, 4, {{each_.review, 2}}), {made.id, other.id});
  const auto racing = write(Op::set, 3, 1, 2, 3, {{each_.review, 3}});
  const auto state = in_any_order({made, other, resolve, racing});
  EXPECT_THAT(live_on(state, *each_.review), UnorderedElementsAre(resolve.id, racing.id));
  EXPECT_TRUE(state.under_review);
}

TEST_F(RecordReviewTest, NamedWriteArrivingAfterTheResolveIsSettled) {
  const auto named = write(Op::set, 2, 1, 0, 0, {{each_.later, 2}});
  const auto resolve = resolving(write(Op::resolve, 4, 1, 2, 4, {{each_.later, 1}}), {named.id});
  EXPECT_THAT(live_on(apply({resolve, named}), *each_.later), ElementsAre(resolve.id));
}

TEST_F(RecordReviewTest, RetractionThatSawEverythingHidesTheRecord) {
  const auto state = in_any_order({write(Op::create, 1, 1, 0, 1, {{each_.later, 1}}),
                                   write(Op::set, 1, 2, 1, 2, {{each_.later, 2}}),
                                   write(Op::retract, 2, 1, 2, 3)});
  EXPECT_FALSE(shown_alive(state));
  EXPECT_FALSE(state.under_review);
}

TEST_F(RecordReviewTest, RetractionRacingASetIsUnderReviewAndTheRecordStaysShown) {
  const auto state = in_any_order({write(Op::create, 1, 1, 0, 1, {{each_.later, 1}}),
                                   write(Op::set, 3, 1, 1, 2, {{each_.later, 2}}),
                                   write(Op::retract, 2, 1, 1, 3)});
  EXPECT_TRUE(shown_alive(state));
  EXPECT_TRUE(state.under_review);
}

TEST_F(RecordReviewTest, OnlyAResolveEndsAConflictWithARetraction) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 3, 1, 1, 2, {{each_.later, 2}});
  const auto retract = write(Op::retract, 2, 1, 1, 3);
  EXPECT_TRUE(in_any_order({made, set, retract, write(Op::set, 4, 1, 3, 4, {{each_.later, 3}})})
                  .under_review);
  EXPECT_TRUE(in_any_order({made, set, retract, write(Op::retract, 4, 1, 3, 4)}).under_review);
}

TEST_F(RecordReviewTest, ResolveThatNamesTheRetractionRevives) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto retract = write(Op::retract, 2, 1, 1, 2);
  const auto revive = resolving(write(Op::resolve, 4, 1, 2, 3), {retract.id});
  const auto state = in_any_order({made, retract, revive});
  EXPECT_TRUE(shown_alive(state));
  EXPECT_FALSE(state.under_review);
  EXPECT_FALSE(shown_alive(in_any_order({made, retract, revive, write(Op::retract, 5, 1, 3, 4)})));
}

TEST_F(RecordReviewTest, ResolveThatNamesOnlyTheUsesLetsTheRetractionStand) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 3, 1, 1, 2, {{each_.later, 2}});
  const auto retract = write(Op::retract, 2, 1, 1, 3);
  const auto settle = resolving(write(Op::resolve, 4, 1, 3, 4), {set.id});
  auto state = in_any_order({made, set, retract, settle});
  EXPECT_FALSE(shown_alive(state));
  EXPECT_FALSE(state.under_review);
  // An edit that the reviewer could not know of comes before them again.
  state =
      in_any_order({made, set, retract, settle, write(Op::set, 5, 1, 3, 5, {{each_.later, 3}})});
  EXPECT_TRUE(state.under_review);
}

TEST_F(RecordReviewTest, ResolveOfAFieldDoesNotSettleARetraction) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 3, 1, 1, 2, {{each_.later, 2}});
  const auto retract = write(Op::retract, 2, 1, 1, 3);
  const auto field = resolving(write(Op::resolve, 4, 1, 3, 4, {{each_.later, 9}}), {set.id});
  EXPECT_TRUE(in_any_order({made, set, retract, field}).under_review);
}

TEST_F(RecordReviewTest, TwoCreatesAreUnderReviewAndBothAreKept) {
  const auto one = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto two = write(Op::create, 2, 1, 0, 2, {{each_.later, 1}});
  const auto set = write(Op::set, 3, 1, 2, 3, {{each_.later, 2}});
  const auto state = in_any_order({one, two, set});
  EXPECT_TRUE(state.under_review);
  EXPECT_THAT(held(state), UnorderedElementsAre(one.id, two.id, set.id));
  const auto settle = resolving(write(Op::resolve, 4, 1, 3, 4), {two.id});
  EXPECT_FALSE(in_any_order({one, two, set, settle}).under_review);
}

}  // namespace

}  // namespace titip
