#include "tests/support/posyandu_day.hh"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/chain.hh"
#include "core/intake_json.hh"

namespace titip {
namespace {

std::string lines(std::uint64_t seed, int count) {
  PosyanduDay day(seed, "POS-0417");
  std::string text;
  for (int i = 0; i < count; ++i) text += day.next_line() + '\n';
  return text;
}

TEST(PosyanduDay, TheSameSeedGivesTheSameLines) {
  EXPECT_EQ(lines(7, 2000), lines(7, 2000));
  EXPECT_NE(lines(7, 2000), lines(8, 2000));
}

// Benchmarks on different machines are compared: whoever changes the workload sees it here.
TEST(PosyanduDay, TheWorkloadIsTheSameOnEveryMachine) {
  EXPECT_EQ(blake2b("workload", lines(1, 1000)).low, 1391084464811427145U);
}

TEST(PosyanduDay, EveryLineIsAccepted) {
  PosyanduDay day(3, "POS-0417");
  for (int i = 0; i < 20'000; ++i) {
    const auto line = day.next_line();
    const auto draft = parse_event(line, Registry::ilp());
    ASSERT_TRUE(draft.ok()) << code_name(draft.refusal().code) << ' ' << draft.refusal().field;
  }
}

TEST(PosyanduDay, ALineRefersOnlyToLinesBeforeIt) {
  PosyanduDay day(4, "POS-0417");
  std::set<std::string> seen;
  TimeMs last = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto line = day.next_line();
    const auto draft = parse_event(line, Registry::ilp());
    ASSERT_TRUE(draft.ok());
    for (const auto& [field, value] : draft->set) {
      const auto* reference = std::get_if<RecordReference>(&value);
      if (reference != nullptr) {
        EXPECT_TRUE(seen.contains(reference->ref));
      }
    }
    EXPECT_TRUE(seen.insert(draft->ref).second);
    EXPECT_GE(*draft->at, last);
    last = *draft->at;
  }
}

TEST(PosyanduDay, SpoiltLinesAreRefusedExceptForRefsThatOnlyAStoreKnows) {
  DayOptions options;
  options.bad_permille = 1000;
  options.people_first = 1;
  PosyanduDay day(5, "POS-0417", options);
  day.next_line();
  for (int i = 0; i < 500; ++i) {
    const auto line = day.next_line();
    const bool unknown_ref = line.find("never-saved-1") != line.npos;
    EXPECT_EQ(parse_event(line, Registry::ilp()).ok(), unknown_ref);
  }
}

}  // namespace
}  // namespace titip
