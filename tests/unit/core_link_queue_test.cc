#include "core/link_queue.hh"

#include <gmock/gmock.h>

namespace titip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LinkActions receiving(Seq to) {
  LinkActions actions;
  LinkOrder order;
  order.received = Received{StreamKind::hub_changes, to - 1, {{1, to}, {}}, {}, {}, 0};
  actions.store.push_back(order);
  actions.send.push_back("ack " + std::to_string(to));
  return actions;
}

LinkActions sending(const std::string& frame) {
  LinkActions actions;
  actions.send.push_back(frame);
  return actions;
}

TEST(LinkQueueTest, SendsOnlyWhatIsStoredAndInOrder) {
  LinkQueue queue;
  queue.add(receiving(1), 7);
  queue.add(sending("later"), 7);
  EXPECT_FALSE(queue.next());
  ASSERT_NE(queue.to_store(), nullptr);
  EXPECT_EQ(queue.to_store(), nullptr) << "it is under way";
  EXPECT_FALSE(queue.next());
  queue.stored();
  const auto first = queue.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->socket, 7u);
  EXPECT_THAT(first->actions.send, ElementsAre("ack 1"));
  EXPECT_THAT(queue.next()->actions.send, ElementsAre("later"));
  EXPECT_FALSE(queue.next());
}

// Else a node would believe to hold what it never stored: found by titip-sim.
TEST(LinkQueueTest, WhatFollowsAnOrderThatFoundNoRoomIsNotStoredEither) {
  LinkQueue queue;
  queue.add(receiving(1), 7);
  queue.add(receiving(2), 7);
  ASSERT_NE(queue.to_store(), nullptr);
  queue.not_stored();
  LinkActions hang_up;
  hang_up.close = true;
  queue.add(hang_up, 7);
  EXPECT_EQ(queue.to_store(), nullptr);
  EXPECT_THAT(queue.next()->actions.send, IsEmpty());
  EXPECT_TRUE(queue.next()->actions.close);
  EXPECT_FALSE(queue.next());
}

TEST(LinkQueueTest, ClosingTakesBackWhatWasToBeSentOrDialled) {
  LinkQueue queue;
  auto waiting = receiving(1);
  waiting.dial = true;
  queue.add(waiting, 7);
  LinkActions close;
  close.close = true;
  queue.add(close, 7);
  ASSERT_NE(queue.to_store(), nullptr) << "what was received is kept";
  queue.stored();
  const auto first = queue.next();
  EXPECT_THAT(first->actions.send, IsEmpty());
  EXPECT_FALSE(first->actions.dial);
}

TEST(LinkQueueTest, OfNothingToDoNothingIsKept) {
  LinkQueue queue;
  queue.add({}, 7);
  EXPECT_FALSE(queue.next());
}

}  // namespace
}  // namespace titip
