#include "core/record_state.hh"

#include <capnp/message.h>

#include <algorithm>
#include <vector>

#include "tests/unit/record_fixture.hh"

namespace titip {

namespace {

using test::epoch;
using test::Values;

class RecordShownTest : public test::RecordFixture {};

TEST_F(RecordShownTest, FieldThatNobodySetShowsNothing) {
  EXPECT_FALSE(shown_field(apply({write(Op::create, 1, 1, 0, 1)}), *each_.later).has_value());
}

TEST_F(RecordShownTest, ClearedFieldShowsThatItWasCleared) {
  const auto state = in_any_order({write(Op::create, 1, 1, 0, 1, {{each_.later, 1}}),
                                   write(Op::set, 2, 1, 1, 2, {}, each_.later->bit())});
  const auto shown = shown_field(state, *each_.later);
  EXPECT_TRUE(shown->cleared);
  EXPECT_FALSE(shown->contested);
}

TEST_F(RecordShownTest, ClearingAgainstAValueIsContested) {
  const auto state = in_any_order({write(Op::set, 1, 1, 0, 1, {{each_.review, 0}}),
                                   write(Op::set, 2, 1, 0, 2, {}, each_.review->bit())});
  EXPECT_TRUE(shown_field(state, *each_.review)->contested);
  EXPECT_TRUE(state.under_review);
}

TEST_F(RecordShownTest, UnclampedTimeIsShownBeforeAClampedLaterOne) {
  auto clamped = write(Op::set, 1, 1, 0, 1, {{each_.later, 1}});
  clamped.order = {9'000'000, Confidence::clamped, 1};
  const auto plain = write(Op::set, 2, 1, 0, 2, {{each_.later, 2}});
  const auto state = in_any_order({clamped, plain});
  EXPECT_EQ(shown_field(state, *each_.later)->from->id, plain.id);
  EXPECT_TRUE(shown_field(state, *each_.later)->contested);
}

TEST_F(RecordShownTest, EqualTimesFallToTheEventId) {
  auto one = write(Op::set, 1, 1, 0, 1, {{each_.later, 1}});
  auto two = write(Op::set, 2, 1, 0, 2, {{each_.later, 2}});
  one.order = two.order;
  EXPECT_EQ(shown_field(in_any_order({one, two}), *each_.later)->from->id, two.id);
}

TEST_F(RecordShownTest, AuthorityAndReviewShowTheHighestRank) {
  const Values values{{each_.authority, 1}, {each_.review, 1}};
  auto district = write(Op::set, 1, 1, 0, 1, values);
  district.order.rank = 4;
  const auto later = write(Op::set, 2, 1, 0, 2, {{each_.authority, 2}, {each_.review, 2}});
  const auto state = in_any_order({district, later});
  EXPECT_EQ(shown_field(state, *each_.authority)->from->id, district.id);
  EXPECT_EQ(shown_field(state, *each_.review)->from->id, district.id);
}

TEST_F(RecordShownTest, MaxAndMinShowTheExtremeAndAValueBeforeNone) {
  const auto low = write(Op::set, 3, 1, 0, 1, {{each_.max, 500}, {each_.min, 500}});
  const auto high = write(Op::set, 2, 1, 0, 2, {{each_.max, 900}, {each_.min, 900}});
  const auto none = write(Op::set, 9, 1, 0, 3, {}, each_.max->bit() | each_.min->bit());
  const auto state = in_any_order({low, high, none});
  EXPECT_EQ(shown_field(state, *each_.max)->from->id, high.id);
  EXPECT_EQ(shown_field(state, *each_.min)->from->id, low.id);
  EXPECT_TRUE(shown_field(state, *each_.min)->contested);
}

TEST_F(RecordShownTest, EncodedStateComesBackEqual) {
  auto made = write(Op::create, 1, 1, 0, 1, {{each_.review, 1}, {each_.authority, 77}});
  made.by = "kader-03";
  made.facility = "P-1";
  made.origin = 12;
  made.at = -5;
  made.zone_minutes = 540;
  const auto other = write(Op::set, 2, 1, 0, 2, {{each_.review, 2}}, each_.later->bit());
  const auto resolve = resolving(write(Op::resolve, 3, 1, 2, 3, {{each_.review, 2}}), {made.id});
  auto state = apply({made, other, resolve});
  state.as_of = {epoch, 3};
  const auto bytes = encode_record_state(state);
  EXPECT_EQ(bytes.size() % 8, 0u);
  EXPECT_EQ(decode_record_state(bytes), state);
  EXPECT_EQ(encode_record_state(decode_record_state(bytes)), bytes);
}

TEST_F(RecordShownTest, EncodedStateIsCanonical) {
  const auto bytes =
      encode_record_state(apply({write(Op::create, 1, 1, 0, 1, {{each_.later, 1}})}));
  std::vector<capnp::word> words(bytes.size() / 8);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(words.data()));
  const kj::ArrayPtr<const capnp::word> segment(words.data(), words.size());
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1));
  EXPECT_TRUE(message.isCanonical());
}

TEST_F(RecordShownTest, EmptyStateComesBackEmpty) {
  const auto state = decode_record_state(encode_record_state({}));
  EXPECT_EQ(state, RecordState{});
  EXPECT_TRUE(shown_alive(state));
}

TEST_F(RecordShownTest, WriteOfAnEventHoldsAllOfIt) {
  EventDraft draft;
  draft.type = &each_.type;
  draft.op = Op::set;
  draft.by = "bidan-1";
  draft.at = 1234;
  draft.zone_minutes = 420;
  draft.set = {{each_.max, std::int64_t{700}}};
  draft.cleared = each_.later->bit();
  EventStamp stamp;
  stamp.record = 5;
  stamp.version = {{epoch, 3}, 2};
  const auto event = EventReader::open(make_event(draft, stamp));
  ASSERT_TRUE(event.has_value());
  const EventId id{1, 3, {4, 5}, Lane::routine};
  const OrderingFacts order{1234, Confidence::wall, 2};
  const auto made = write_of(*event, id, order, 6, "P-9");
  EXPECT_EQ(made.id, id);
  EXPECT_EQ(made.basis, (Position{epoch, 3}));
  EXPECT_EQ(made.seen, 2u);
  EXPECT_EQ(made.fields, each_.max->bit() | each_.later->bit());
  EXPECT_EQ(made.cleared, each_.later->bit());
  EXPECT_EQ(made.by, "bidan-1");
  EXPECT_EQ(made.payload, test::payload_of(each_.type, {{each_.max, 700}}));
  EXPECT_EQ(decode_record_state(encode_record_state(apply({made}))), apply({made}));
}

}  // namespace

}  // namespace titip
