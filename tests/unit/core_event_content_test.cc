#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "core/event.hh"
#include "event_samples.hh"

namespace titip {
namespace {

using Change = std::function<void(EventDraft&)>;

TEST(DraftContent, DoesNotDependOnTheOrderOfKeys) {
  EventDraft reversed = samples::growth();
  std::reverse(reversed.set.begin(), reversed.set.end());
  EXPECT_EQ(draft_content(reversed), draft_content(samples::growth()));
}

TEST(DraftContent, LeavesOutWhatTheProgramConcluded) {
  EventDraft flagged = samples::growth();
  flagged.unusual = 4;
  EXPECT_EQ(draft_content(flagged), draft_content(samples::growth()));
}

// Stored beside refs for as long as a device lives: an update must still recognise a retry. The
// vector was computed in Python from the serialisation that core/event_content.cc documents.
TEST(DraftContent, NeverChanges) {
  EXPECT_EQ(draft_content(samples::growth()), (Hash{0x5047c4d99ee26590, 0xa29f410c5f297b05}));
}

std::vector<Change> changes() {
  const auto of = [](std::string_view name) { return &samples::field("GrowthMeasurement", name); };
  return {
      [](EventDraft&) {},
      [](EventDraft& draft) { draft.type = &samples::type("Immunization"); },
      [](EventDraft& draft) { draft.op = Op::set; },
      [](EventDraft& draft) { draft.record.id = 1; },
      [](EventDraft& draft) { draft.record.ref = "a"; },
      [](EventDraft& draft) { draft.ref = "a"; },
      [](EventDraft& draft) { draft.by = "a"; },
      [](EventDraft& draft) { draft.by.clear(); },
      [](EventDraft& draft) { draft.at.reset(); },
      [](EventDraft& draft) { draft.at = 0; },
      [](EventDraft& draft) { draft.zone_minutes.reset(); },
      [](EventDraft& draft) { draft.zone_minutes = std::int16_t{0}; },
      [](EventDraft& draft) { draft.set.pop_back(); },
      [](EventDraft& draft) { draft.set.clear(); },
      [](EventDraft& draft) {
        draft.set[0].second = RecordReference{0, "my-app-8701"};
      },
      [](EventDraft& draft) {
        draft.set[0].second = RecordReference{8700, {}};
      },
      [](EventDraft& draft) { draft.set[2].second = std::int64_t{9201}; },
      [of](EventDraft& draft) { draft.set[3].first = of("muacMillimetres"); },
      [of](EventDraft& draft) { draft.set.emplace_back(of("exclusiveBreastfeeding"), false); },
      [of](EventDraft& draft) { draft.set.emplace_back(of("exclusiveBreastfeeding"), true); },
      [of](EventDraft& draft) { draft.set.emplace_back(of("headMillimetres"), std::int64_t{0}); },
      [of](EventDraft& draft) { draft.cleared = of("headMillimetres")->bit(); },
      [](EventDraft& draft) { draft.version = Version{}; },
      [](EventDraft& draft) {
        draft.version = Version{{1, 0}, 0};
      },
      [](EventDraft& draft) {
        draft.version = Version{{0, 1}, 0};
      },
      [](EventDraft& draft) {
        draft.version = Version{{0, 0}, 1};
      },
      [](EventDraft& draft) { draft.other.id = 1; },
      [](EventDraft& draft) { draft.other.ref = "a"; },
      [](EventDraft& draft) { draft.settles = {EventId{}}; },
      [](EventDraft& draft) {
        draft.settles = {EventId{}, EventId{}};
      },
      [](EventDraft& draft) {
        draft.settles = {EventId{1, 0, {}, Lane::routine}};
      },
      [](EventDraft& draft) {
        draft.settles = {EventId{0, 1, {}, Lane::routine}};
      },
      [](EventDraft& draft) {
        draft.settles = {EventId{0, 0, {1, 0}, Lane::routine}};
      },
      [](EventDraft& draft) {
        draft.settles = {EventId{0, 0, {0, 1}, Lane::routine}};
      },
      [](EventDraft& draft) {
        draft.settles = {EventId{0, 0, {}, Lane::urgent}};
      },
  };
}

TEST(DraftContent, SeesEveryDifference) {
  std::vector<Hash> seen;
  for (const Change& change : changes()) {
    EventDraft draft = samples::growth();
    change(draft);
    seen.push_back(draft_content(draft));
    EXPECT_EQ(std::count(seen.begin(), seen.end(), seen.back()), 1) << "change " << seen.size() - 1;
  }
}

TEST(DraftContent, TextsCannotBeShiftedIntoEachOther) {
  EventDraft one = samples::growth();
  one.ref = "ab";
  one.by = "c";
  EventDraft other = samples::growth();
  other.ref = "a";
  other.by = "bc";
  EXPECT_NE(draft_content(one), draft_content(other));
}

}  // namespace
}  // namespace titip
