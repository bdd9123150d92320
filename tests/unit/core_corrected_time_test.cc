#include "core/corrected_time.hh"

#include <gtest/gtest.h>

#include <limits>

#include "event_samples.hh"

namespace titip {
namespace {

constexpr TimeMs hour = 3'600'000;
constexpr TimeMs session_at = samples::saved_at + 10 * hour;  // hub time
constexpr TimeMs received_at = session_at + 1000;
const EventId place{9, 5, {}, Lane::routine};

EventReader event(TimeMs at, ClockReading clock) {
  EventDraft draft = samples::growth();
  draft.at = at;
  EventStamp stamp = samples::growth_stamp();
  stamp.clock = clock;
  return samples::opened(make_event(draft, stamp));
}

// One session: the device had been up for 5 hours.
NodeState author(Seq routine_head = 5) {
  NodeState node;
  node.kind = FacilityKind::pustu;
  node.anchors = {{1, 5 * hour, session_at, 9, routine_head, 0}};
  return node;
}

OrderingFacts facts(const EventReader& event, const NodeState& node) {
  return corrected_time(event.get(), place, node, received_at);
}

TEST(CorrectedTime, WithinOneBootTheWallClockDoesNotMatter) {
  for (const TimeMs wall : {TimeMs{0}, samples::saved_at, samples::saved_at + 999 * hour}) {
    const auto order = facts(event(wall, {wall, 3 * hour, 1}), author());
    EXPECT_EQ(order.corrected_time, session_at - 2 * hour);
    EXPECT_EQ(order.confidence, Confidence::anchored);
    EXPECT_EQ(order.rank, 2);
  }
}

TEST(CorrectedTime, WhatTheAuthorDatedBackStaysBack) {
  const TimeMs wall = 1000 * hour;
  EXPECT_EQ(facts(event(wall - hour, {wall, 3 * hour, 1}), author()).corrected_time,
            session_at - 3 * hour);
}

TEST(CorrectedTime, AnEventSavedAfterTheSessionIsAnchoredToItToo) {
  NodeState node = author();
  node.anchors[0].hub_time -= hour;
  EXPECT_EQ(facts(event(7, {7, 5 * hour + 500, 1}), node).corrected_time, session_at - hour + 500);
}

TEST(CorrectedTime, OfAnotherBootTheWallClockIsTaken) {
  const auto order = facts(event(samples::made_at, {samples::saved_at, 3 * hour, 2}), author());
  EXPECT_EQ(order.corrected_time, samples::made_at);
  EXPECT_EQ(order.confidence, Confidence::wall);
}

TEST(CorrectedTime, NothingIsMadeAfterItWasReceived) {
  const auto order = facts(event(received_at + hour, {received_at + hour, 1, 2}), author());
  EXPECT_EQ(order.corrected_time, received_at);
  EXPECT_EQ(order.confidence, Confidence::clamped);
}

TEST(CorrectedTime, NothingIsMadeBeforeASessionThatDidNotHaveIt) {
  const auto order = facts(event(0, {0, 1, 2}), author(4));
  EXPECT_EQ(order.corrected_time, session_at);
  EXPECT_EQ(order.confidence, Confidence::clamped);
  NodeState other = author(4);
  other.anchors[0].incarnation = 8;
  EXPECT_EQ(facts(event(0, {0, 1, 2}), other).corrected_time, 0)
      << "another journal's heads say nothing";
}

TEST(CorrectedTime, ClocksThatSayAnythingAreSurvived) {
  constexpr auto low = std::numeric_limits<TimeMs>::min();
  constexpr auto high = std::numeric_limits<TimeMs>::max();
  for (const TimeMs at : {low, TimeMs{0}, high}) {
    for (const TimeMs wall : {low, TimeMs{0}, high}) {
      for (const UptimeMs uptime : {UptimeMs{0}, ~UptimeMs{0}, UptimeMs{1} << 63}) {
        const auto order = facts(event(at, {wall, uptime, 1}), author(4));
        EXPECT_GE(order.corrected_time, session_at);
        EXPECT_LE(order.corrected_time, received_at);
      }
    }
  }
}

}  // namespace
}  // namespace titip
