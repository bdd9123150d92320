// That the naive model notices a hub that holds other than it should.

#include <gtest/gtest.h>

#include <functional>

#include "core/record_state.hh"
#include "tests/sim/frontier.hh"
#include "tests/sim/world.hh"

namespace titip {
namespace {

constexpr std::uint64_t seed = 3;
constexpr std::uint64_t events = 150;

// Nothing that leaves the hub in doubt about what somebody had seen.
Troubles everyday() {
  Troubles may;
  for (const auto kind : {Trouble::agent_restored, Trouble::agent_cloned, Trouble::hub_restored,
                          Trouble::hub_backup, Trouble::hub_twice, Trouble::hub_dead}) {
    may.without(kind);
  }
  return may;
}

// A world at rest; `alter` is asked of each record until it has changed one.
std::vector<Fault> faults_after(const std::function<bool(RecordState&)>& alter) {
  SimWorld world(seed, everyday(), {});
  world.live(events);
  EXPECT_TRUE(world.settle());
  auto& store = world.hub().store();
  std::optional<std::pair<std::string, RecordState>> altered;
  store.read()->scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto* type = Registry::ilp().find(key_u16(entry.key, 0));
    auto state = decode_record_state(entry.value);
    if (!type->system && alter(state)) altered = {std::string(entry.key), std::move(state)};
    return !altered;
  });
  if (altered) {
    store.write([&](WriteTxn& txn) {
      txn.put(Table::records, altered->first, encode_record_state(altered->second));
    });
  }
  world.watch().hub_committed(world.hub_number());
  judge_frontiers(world);
  return world.watch().faults();
}

TEST(NaiveModelTest, FindsNothingInAHubThatIsRight) {
  EXPECT_TRUE(faults_after([](RecordState&) { return false; }).empty());
}

TEST(NaiveModelTest, MissesAWriteThatNoMoreStands) {
  const auto faults = faults_after([](RecordState& state) {
    auto& field = state.writes.front().live;
    field &= field - 1;
    return true;
  });
  ASSERT_FALSE(faults.empty());
  EXPECT_EQ(faults.front().kind, FaultKind::vanished);
}

TEST(NaiveModelTest, KnowsWhatIsUnderReview) {
  const auto altered = [](RecordState& state) {
    state.under_review = !state.under_review;
    return true;
  };
  EXPECT_FALSE(faults_after(altered).empty());
}

TEST(NaiveModelTest, KnowsWhatLives) {
  const auto altered = [](RecordState& state) {
    state.writes.front().alive_live = !state.writes.front().alive_live;
    return true;
  };
  EXPECT_FALSE(faults_after(altered).empty());
}

TEST(NaiveModelTest, KnowsWhichOfSeveralValuesIsShown) {
  const auto altered = [](RecordState& state) {
    for (auto& one : state.writes) {
      for (auto& other : state.writes) {
        const bool of_one_field = (one.live & other.live) != 0 && !(one.id == other.id);
        if (!of_one_field || one.order.rank != other.order.rank) continue;
        std::swap(one.order, other.order);
        return true;
      }
    }
    return false;
  };
  EXPECT_FALSE(faults_after(altered).empty());
}

}  // namespace
}  // namespace titip
