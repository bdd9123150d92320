#include "core/stock.hh"

#include "review_fixture.hh"

namespace titip {
namespace {

class Stock : public test::ReviewFixture {
 protected:
  static constexpr TypeNumber movement = 22;
  static constexpr std::int64_t blue = 0;
  static constexpr std::int64_t red = 1;

  void move(RecordId id, std::int64_t quantity, const char* facility = "A",
            std::int64_t item = red) {
    make(1, "StockMovement", id,
         {{"facility", text(facility)},
          {"date", day(first_day)},
          {"item", item},
          {"quantity", quantity}});
  }
  void retract(RecordId id, const Version& seen, NodeId by) {
    auto draft = draft_of("StockMovement", id, {}, Op::retract);
    draft.version = seen;
    EXPECT_TRUE(say(by, draft).quarantined.empty());
  }
  void correct(RecordId id, std::int64_t quantity, const Version& seen, NodeId by) {
    auto draft = draft_of("StockMovement", id, {{"quantity", quantity}}, Op::set);
    draft.version = seen;
    EXPECT_TRUE(say(by, draft).quarantined.empty());
  }
  Version seen(RecordId id) { return {state({movement, id}).as_of, 0}; }
  std::vector<std::string> lines(std::string_view facility = {}, std::string_view hub = {}) {
    std::vector<std::string> lines;
    for (const auto& stock : stock_balances(*store_.read(), Registry::ilp(), facility)) {
      lines.push_back(stock_line(stock, hub));
    }
    return lines;
  }
};

TEST_F(Stock, IsTheSumOfMovementsByFacilityAndItem) {
  move(1, 50);
  move(2, -20);
  move(3, 7, "A", blue);
  move(4, 9, "B");
  EXPECT_THAT(lines(), testing::ElementsAre(
                           R"({"facility":"A","item":"vitaminABlue","balance":7,"movements":1})",
                           R"({"facility":"A","item":"vitaminARed","balance":30,"movements":2})",
                           R"({"facility":"B","item":"vitaminARed","balance":9,"movements":1})"));
  EXPECT_THAT(
      lines("B", "PKM"),
      testing::ElementsAre(
          R"({"facility":"B","item":"vitaminARed","balance":9,"movements":1,"hubFacility":"PKM"})"));
  EXPECT_THAT(lines("C"), testing::IsEmpty());
}

TEST_F(Stock, MoreDrawnThanCameIsShownAndNotHidden) {
  move(1, 5);
  move(2, -5);
  move(3, -5);
  EXPECT_THAT(lines(), testing::ElementsAre(
                           R"({"facility":"A","item":"vitaminARed","balance":-5,"movements":3})"));
}

TEST_F(Stock, ARetractedMovementCountsNoMore) {
  move(1, 50);
  move(2, -20);
  retract(2, seen(2), 1);
  EXPECT_THAT(lines(), testing::ElementsAre(
                           R"({"facility":"A","item":"vitaminARed","balance":50,"movements":1})"));
}

TEST_F(Stock, WhatIsUnderReviewIsNoPartOfTheBalanceUntilAPersonHasDecided) {
  move(1, 50);
  move(2, -20);
  const auto both_saw = seen(2);
  retract(2, both_saw, 1);
  correct(2, -25, both_saw, 2);
  ASSERT_TRUE(state({movement, 2}).under_review);
  EXPECT_THAT(lines(), testing::ElementsAre(
                           R"({"facility":"A","item":"vitaminARed","balance":50,"movements":1,)"
                           R"("underReview":{"movements":1,"amount":-25}})"));
  Decision keep;
  keep.take = {{"alive", answer_keep}};
  keep.seen = seen(2);
  ASSERT_TRUE(settle(keep, {movement, 2}));
  EXPECT_THAT(lines(), testing::ElementsAre(
                           R"({"facility":"A","item":"vitaminARed","balance":25,"movements":2})"));
}

TEST_F(Stock, ACorrectionThatSawTheOldQuantityReplacesIt) {
  move(1, 50);
  correct(1, 500, seen(1), 2);
  EXPECT_THAT(lines(), testing::ElementsAre(
                           R"({"facility":"A","item":"vitaminARed","balance":500,"movements":1})"));
}

TEST_F(Stock, WhereNothingMovedThereIsNoLine) {
  make_child();
  EXPECT_THAT(lines(), testing::IsEmpty());
}

}  // namespace
}  // namespace titip
