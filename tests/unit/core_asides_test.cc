#include "core/asides.hh"

#include <gtest/gtest.h>

#include "core/epochs.hh"
#include "core/hand_back.hh"
#include "tests/support/memory_kv.hh"

namespace titip {
namespace {

// A custodian that held the journal of 1 up to 80. Two copies of the hub go on from 50: first, in
// epoch 2, and second, in epoch 3.
class Asides : public ::testing::Test {
 protected:
  Asides() {
    store_.write([&](WriteTxn& txn) {
      put_line(txn, {{1, 0, 1, {}, 1}});
      meta::put_held(txn, StreamKind::hub_journal, {{1, 80}, {7, 7}});
      resume_journal(txn, shared_, 2);  // the first has taken it
      put_line(txn, {{3, 1, 51, {}, 1}});
      put_line(txn, first_);
    });
  }

  AsideReview review(const std::vector<EpochEntry>& line, const Position& end) {
    const auto txn = store_.read();
    return review_asides(*txn, line, end);
  }
  void follow(const AsideReview& review, const Position& held) {
    store_.write([&](WriteTxn& txn) {
      put_asides(txn, review.remain);
      meta::put_held(txn, StreamKind::hub_journal, {held, {}});
    });
  }

  MemoryStore store_;
  const meta::HeldPosition shared_{{1, 50}, {5, 5}};
  const std::vector<EpochEntry> first_{{2, 1, 51, {}, 1}};
  const std::vector<EpochEntry> second_{{3, 1, 51, {}, 1}};
};

TEST_F(Asides, WhatIsHandedBackIsKeptAsideUntilItIsSeenInTheLine) {
  ASSERT_EQ(asides(*store_.read()).size(), 1u);
  const auto now = review(first_, {2, 90});
  EXPECT_FALSE(now.owed);
  ASSERT_EQ(now.remain.size(), 1u);
  EXPECT_EQ(now.remain[0].taken, (Position{2, 90}));
  follow(now, {2, 70});
  EXPECT_EQ(review(first_, {2, 95}).remain.size(), 1u) << "it may stand beyond 70";
  follow(now, {2, 90});
  EXPECT_TRUE(review(first_, {2, 95}).remain.empty());
}

TEST_F(Asides, AnotherCopyOfTheHubIsGivenItFirst) {
  const auto now = review(second_, {3, 60});
  ASSERT_TRUE(now.owed);
  EXPECT_EQ(now.owed->position, (Position{1, 80}));
  ASSERT_EQ(now.remain.size(), 1u) << "what is held of the second may be needed by the first";
  EXPECT_EQ(now.remain[0].tip.position, shared_.position);
}

TEST_F(Asides, ALaterRunOfTheHubThatTookItHasItOnlyIfItsLineHas) {
  const auto taken = review(first_, {2, 90});
  follow(taken, {2, 60});
  EXPECT_FALSE(review({{4, 2, 91, {}, 1}}, {4, 91}).owed);
  EXPECT_TRUE(review({{5, 2, 85, {}, 1}}, {5, 91}).owed) << "restored from before it was taken";
}

}  // namespace
}  // namespace titip
