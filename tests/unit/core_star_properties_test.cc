// The shipped hub, agents and district (star_world.hh) against any cutting, repetition and delay of
// what they tell each other: at least 10,000 cases of each property. CONTRIBUTING.md says how to
// repeat a case.

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/star_world.hh"
#include "tests/unit/ten_thousand_cases.hh"

namespace titip {

namespace {

using test::Star;

// What stands, and what a person is shown. An agent's own write has no placement in its store as
// long as the hub has nothing to tell it of the record.
struct Standing {
  std::vector<std::tuple<Incarnation, Seq, FieldMask, bool>> writes;
  bool under_review = false;
  bool alive = false;
  bool operator==(const Standing&) const = default;
};

Standing standing(const RecordState& state) {
  Standing found{{}, state.under_review, shown_alive(state)};
  for (const Write& write : state.writes) {
    if (write.live == 0 && !write.alive_live) continue;
    found.writes.emplace_back(write.id.incarnation, write.id.seq, write.live, write.alive_live);
  }
  return found;
}

std::vector<EventId> shown(const RecordState& state) {
  std::vector<EventId> ids;
  static const test::OnePolicyEach each;
  for (const auto* field : {each.later, each.review, each.max, each.min, each.authority}) {
    const auto value = shown_field(state, *field);
    ids.push_back(value ? value->from->id : EventId{});
  }
  return ids;
}

[[maybe_unused]] void showValue(const Standing& found, std::ostream& out) {
  out << "under review " << found.under_review << ", alive " << found.alive;
  for (const auto& [incarnation, seq, live, alive_live] : found.writes) {
    out << "; " << incarnation << '/' << seq << " live " << live << ' ' << alive_live;
  }
}

unsigned any_number() {
  return *rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<unsigned>()));
}

// A failing history shrinks to its first steps.
Star any_star() {
  const auto seed = any_number();
  const auto clocks = any_number();
  return {seed, clocks, *rc::gen::inRange(0u, 40u)};
}

RC_GTEST_PROP(StarProperties, HubAgentsAndDistrictComeToOneState, ()) {
  Star star = any_star();
  star.settle();
  for (const auto& key : Star::records) {
    const auto hub = star.at_hub(key);
    RC_ASSERT(key != Star::records.back() || hub.writes.empty());
    RC_ASSERT(star.at_district(key) == hub);
    for (std::size_t i = 0; i < star.devices(); ++i) {
      const auto device = star.at_device(i, key);
      RC_ASSERT(standing(device) == standing(hub));
      if (key != Star::records.back()) RC_ASSERT(shown(device) == shown(hub));
    }
  }
}

RC_GTEST_PROP(StarProperties, WhatIsOneIsShownAsOneEverywhere, ()) {
  Star star = any_star();
  star.settle();
  for (const auto& key : {Star::records[0], Star::records[1]}) {
    const auto hub = star.one_at_hub(key);
    for (std::size_t i = 0; i < star.devices(); ++i) {
      const auto device = star.one_at_device(i, key);
      RC_ASSERT(device.members == hub.members);
      RC_ASSERT(device.open_pairs == hub.open_pairs);
      RC_ASSERT(standing(device.state) == standing(hub.state));
      RC_ASSERT(shown(device.state) == shown(hub.state));
    }
  }
}

// Frontiers are of each record, so that parting two loses nothing of either.
RC_GTEST_PROP(StarProperties, LinksAndUnlinksCommuteWithEdits, ()) {
  Star star = any_star();
  star.settle();
  for (const auto& key : {Star::records[0], Star::records[1]}) {
    auto linked = star.at_hub(key);
    const auto alone = star.in_another_order(key, false);
    std::erase_if(linked.writes, [](const Write& write) { return write.of_pair(); });
    RC_ASSERT(linked.writes == alone.writes);
  }
}

RC_GTEST_PROP(StarProperties, WhatIsUnderReviewIsCountedWhereverItIsShown, ()) {
  Star star = any_star();
  RC_ASSERT(star.counts_what_is_under_review());
  star.settle();
  RC_ASSERT(star.counts_what_is_under_review());
}

RC_GTEST_PROP(StarProperties, WhatADeviceHasNotSentStaysOnTop, ()) {
  Star star = any_star();
  RC_ASSERT(star.unsent_writes_are_shown());
}

RC_GTEST_PROP(StarProperties, TheHubsStateIsThatOfItsEventsInAnyOrder, ()) {
  Star star = any_star();
  star.settle();
  for (const auto& key : Star::records) {
    const auto hub = star.at_hub(key);
    auto other = star.in_another_order(key);
    other.as_of = hub.as_of;
    other.changed = hub.changed;
    RC_ASSERT(encode_record_state(other) == encode_record_state(hub));
  }
}

RC_GTEST_PROP(StarProperties, WhatStandsIsTheSameWhateverTheClocksShow, ()) {
  const auto seed = any_number();
  const auto clocks = any_number();
  const auto other_clocks = any_number();
  const auto length = *rc::gen::inRange(0u, 40u);
  Star star(seed, clocks, length);
  Star other(seed, other_clocks, length);
  star.settle();
  other.settle();
  for (const auto& key : Star::records) {
    RC_ASSERT(standing(star.at_hub(key)) == standing(other.at_hub(key)));
  }
}

}  // namespace

}  // namespace titip
