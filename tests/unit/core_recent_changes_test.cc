#include "core/recent_changes.hh"

#include <gtest/gtest.h>

#include <vector>

namespace titip {
namespace {

constexpr RecordKey ani{1, 10};
constexpr RecordKey budi{1, 20};
constexpr RecordKey citra{2, 10};

std::vector<RecordKey> all_after(const RecentChanges& changes, std::uint64_t number) {
  std::vector<RecordKey> records;
  for (auto next = changes.after(number); next; next = changes.after(next->first)) {
    records.push_back(next->second);
  }
  return records;
}

TEST(RecentChanges, ChangesAreToldInOrderFromAnyNumber) {
  RecentChanges changes(10);
  EXPECT_EQ(changes.last(), 0U);
  EXPECT_EQ(all_after(changes, 0), std::vector<RecordKey>{});
  changes.changed(ani);
  changes.changed(budi);
  changes.changed(citra);
  EXPECT_EQ(changes.last(), 3U);
  EXPECT_EQ(all_after(changes, 0), (std::vector{ani, budi, citra}));
  EXPECT_EQ(all_after(changes, 2), std::vector{citra});
  EXPECT_EQ(all_after(changes, 3), std::vector<RecordKey>{});
}

TEST(RecentChanges, RecordThatChangesAgainIsToldOnceAndLast) {
  RecentChanges changes(10);
  for (const auto& record : {ani, budi, ani, ani}) changes.changed(record);
  EXPECT_EQ(all_after(changes, 0), (std::vector{budi, ani}));
  EXPECT_EQ(all_after(changes, 3), std::vector{ani});
  EXPECT_TRUE(changes.knows_after(0));
}

TEST(RecentChanges, WhatWasForgottenForWantOfRoomIsNotKnown) {
  RecentChanges changes(2);
  for (const auto& record : {ani, budi, citra}) changes.changed(record);
  EXPECT_FALSE(changes.knows_after(0));
  EXPECT_TRUE(changes.knows_after(1));
  EXPECT_EQ(all_after(changes, 1), (std::vector{budi, citra}));
  changes.changed(citra);  // takes no further room
  EXPECT_TRUE(changes.knows_after(1));
  changes.changed(ani);
  EXPECT_FALSE(changes.knows_after(1));
  EXPECT_EQ(all_after(changes, 2), (std::vector{citra, ani}));
}

TEST(RecentChanges, NumberThatHasNotComeYetIsNotKnown) {
  RecentChanges changes(2);
  EXPECT_TRUE(changes.knows_after(0));
  EXPECT_FALSE(changes.knows_after(1));
  changes.changed(ani);
  EXPECT_TRUE(changes.knows_after(1));
}

}  // namespace
}  // namespace titip
