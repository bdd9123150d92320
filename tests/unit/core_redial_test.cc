#include "core/redial.hh"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/limits.hh"

namespace titip {
namespace {

constexpr std::uint64_t seed = 42;

TEST(Redial, TheFirstDialIsAtOnce) { EXPECT_EQ(Redial(seed).at(), 0); }

TEST(Redial, WhileSomethingWaitsAnUnansweredDialIsRepeatedSoon) {
  Redial redial(seed);
  TimeMs now = 0;
  while (now < limits::redial_eager_ms) {
    redial.dialled(now);
    redial.unanswered(now + 500, true);
    ASSERT_EQ(redial.at(), now + limits::redial_ms);
    now = redial.at();
  }
  redial.dialled(now);
  redial.unanswered(now + 500, true);
  EXPECT_GT(redial.at(), now + 500) << "after five minutes it backs off";
}

TEST(Redial, BackOffGrowsToItsBoundAndNeverEnds) {
  Redial redial(seed);
  TimeMs longest = 0;
  TimeMs now = 0;
  for (int i = 0; i < 200; ++i) {
    redial.dialled(now);
    redial.unanswered(now, false);
    const auto wait = redial.at() - now;
    ASSERT_GE(wait, limits::backoff_ms_min / 2);
    ASSERT_LE(wait, limits::backoff_ms_min / 2 + limits::backoff_ms_max);
    longest = std::max(longest, wait);
    now = redial.at();
  }
  EXPECT_GT(longest, limits::backoff_ms_max / 2);
}

TEST(Redial, ANewEventMakesAnIdleAgentEagerAgain) {
  Redial redial(seed);
  TimeMs now = 0;
  for (int i = 0; i < 20; ++i) {
    redial.dialled(now);
    redial.unanswered(now, false);
    now = redial.at();
  }
  redial.dialled(now);
  redial.unanswered(now, false);
  redial.now_waiting(now + 100);
  EXPECT_LE(redial.at(), now + limits::redial_ms);
}

TEST(Redial, ANewEventDoesNotShortenTheWaitAfterARefusal) {
  Redial redial(seed);
  for (int i = 0; i < 12; ++i) redial.refused(0);
  const auto at = redial.at();
  redial.now_waiting(1);
  EXPECT_EQ(redial.at(), at);
  redial.not_before(3'600'000, 0);
  redial.now_waiting(1);
  EXPECT_EQ(redial.at(), 3'600'000);
}

TEST(Redial, AnUnansweredDialAfterARefusalIsTheLinksFaultAgain) {
  Redial redial(seed);
  redial.refused(0);
  redial.dialled(5000);
  redial.unanswered(6000, true);
  EXPECT_EQ(redial.at(), 5000 + limits::redial_ms);
}

TEST(Redial, ABrokenLinkIsDialledAgainSoonButNotByAllAtOnce) {
  TimeMs least = limits::redial_ms;
  TimeMs most = 0;
  for (std::uint64_t node = 0; node < 50; ++node) {
    Redial redial(node);
    redial.succeeded();
    redial.lost(1000, false);
    least = std::min(least, redial.at() - 1000);
    most = std::max(most, redial.at() - 1000);
  }
  EXPECT_LE(most, limits::redial_ms);
  EXPECT_GT(most - least, limits::redial_ms / 2);
}

TEST(Redial, SuccessForgetsTheBackOff) {
  Redial redial(seed);
  for (int i = 0; i < 12; ++i) redial.refused(0);
  redial.succeeded();
  redial.refused(0);
  EXPECT_LE(redial.at(), limits::backoff_ms_min / 2 + limits::backoff_ms_min);
}

TEST(Redial, ATimeTheHubNamedIsSpreadOut) {
  Redial redial(seed);
  redial.not_before(10'000, 5000);
  EXPECT_GE(redial.at(), 10'000);
  EXPECT_LE(redial.at(), 15'000);
}

}  // namespace
}  // namespace titip
