// That every seed is worth its time.

#include <gtest/gtest.h>

#include "tests/sim/cast.hh"
#include "tests/sim/disasters.hh"
#include "tests/sim/options.hh"
#include "tests/sim/shorten.hh"

namespace titip {
namespace {

constexpr std::uint64_t events_min = 150;
constexpr std::uint64_t disasters_min = 2;

TEST(SimSeedsTest, EverySeedIsGivenTwoDisastersAtLeast) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    EXPECT_GE(disasters_of(seed, events_min, {}, 4, 6).size(), disasters_min) << seed;
  }
}

TEST(SimSeedsTest, EverySeedThatIsCleanHadThemAndItsEvents) {
  EXPECT_GE(SimOptions{}.events, events_min);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto outcome = run_once({seed, SimOptions{}.events, {}}, false);
    if (!outcome.faults.empty()) continue;  // it ended early; other tests mind that
    EXPECT_GE(outcome.disasters, disasters_min) << seed;
    EXPECT_GE(outcome.events, events_min) << seed;
  }
}

}  // namespace
}  // namespace titip
