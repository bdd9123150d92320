#include "core/limits.hh"
#include "core/record_state.hh"
#include "tests/unit/record_fixture.hh"

namespace titip {

namespace {

class RecordIdleTest : public test::RecordFixture {
 protected:
  // `first`, then more writes to a field under review than a record keeps, each having seen all.
  RecordState written_on(std::vector<Write> first) {
    auto state = apply(first);
    for (std::uint64_t i = 0; i < 3 * limits::idle_writes_max; ++i) {
      const std::uint64_t place = 10 + i;
      apply_write(state,
                  write(Op::set, 50, i + 1, place - 1, place,
                        {{each_.review, static_cast<std::int64_t>(i % 7)}}),
                  {}, &each_.type, lines_);
      EXPECT_LE(state.writes.size(), 2 * limits::idle_writes_max);
    }
    return state;
  }
};

TEST_F(RecordIdleTest, ARevivedRecordStaysSettledHoweverOftenItIsWrittenAfterwards) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 3, 1, 1, 2, {{each_.later, 2}});
  const auto retract = write(Op::retract, 2, 1, 1, 3);
  const auto keep = resolving(write(Op::resolve, 4, 1, 3, 4), {retract.id});
  const auto state = written_on({made, set, retract, keep});
  EXPECT_TRUE(shown_alive(state));
  EXPECT_FALSE(state.under_review);
}

TEST_F(RecordIdleTest, SoDoesOneWhoseResolveACarelessClockPlacedFirst) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto set = write(Op::set, 3, 1, 1, 2, {{each_.later, 2}});
  const auto retract = write(Op::retract, 2, 1, 1, 3);
  auto keep = resolving(write(Op::resolve, 4, 1, 3, 4), {retract.id});
  keep.order.corrected_time = 1;
  const auto state = written_on({made, set, retract, keep});
  EXPECT_TRUE(shown_alive(state));
  EXPECT_FALSE(state.under_review);
}

TEST_F(RecordIdleTest, OfTwoCreationsTheOneThatWasNotTakenStaysAway) {
  const auto made = write(Op::create, 1, 1, 0, 1, {{each_.later, 1}});
  const auto other = write(Op::create, 3, 1, 0, 2, {{each_.later, 2}});
  const auto first = resolving(write(Op::resolve, 4, 1, 2, 3), {other.id});
  const auto state = written_on({made, other, first});
  EXPECT_TRUE(shown_alive(state));
  EXPECT_FALSE(state.under_review) << "which creation it is was settled long ago";
}

}  // namespace

}  // namespace titip
