#include "core/receiver.hh"

#include "replication_fixture.hh"

namespace titip {
namespace {

using test::lane_stream;
using test::ListStream;
using Verdict = Receiver::Verdict;

Receiver at(const ListStream& stream, Seq seq) {
  return Receiver(lane_stream(Lane::routine), stream.head_at(seq));
}

TEST(Receiver, ABatchThatExtendsIsStored) {
  const ListStream stream(10);
  auto receiver = at(stream, 4);
  const auto decision = receiver.take(stream.batch(4, 7));
  EXPECT_EQ(decision.verdict, Verdict::store);
  EXPECT_EQ(decision.from, 4u);
  EXPECT_EQ(decision.before, stream.hash_at(4));
  EXPECT_EQ(decision.events, stream.read(4, 3, 1000).items);
  EXPECT_EQ(decision.hashes.back(), *stream.hash_at(7));
  EXPECT_EQ(receiver.durable().seq, 4u) << "nothing is durable before the commit";
}

TEST(Receiver, TheNextBatchMayFollowBeforeTheCommit) {
  const ListStream stream(10);
  auto receiver = at(stream, 0);
  EXPECT_EQ(receiver.take(stream.batch(0, 3)).verdict, Verdict::store);
  EXPECT_EQ(receiver.take(stream.batch(3, 6)).verdict, Verdict::store);
  receiver.stored(stream.head_at(3));
  EXPECT_EQ(receiver.durable().seq, 3u);
  EXPECT_EQ(receiver.take(stream.batch(6, 7)).verdict, Verdict::store);
}

TEST(Receiver, WhatIsHereAlreadyIsHeld) {
  const ListStream stream(10);
  auto receiver = at(stream, 6);
  EXPECT_EQ(receiver.take(stream.batch(2, 6)).verdict, Verdict::held);
  EXPECT_EQ(receiver.take(stream.batch(2, 4)).verdict, Verdict::held);
}

TEST(Receiver, OfAnOverlapOnlyTheNewIsStored) {
  const ListStream stream(10);
  auto receiver = at(stream, 4);
  const auto decision = receiver.take(stream.batch(1, 9));
  ASSERT_EQ(decision.verdict, Verdict::store);
  EXPECT_EQ(decision.from, 4u);
  EXPECT_EQ(decision.before, stream.hash_at(4));
  EXPECT_EQ(decision.events, stream.read(4, 5, 1000).items);
  EXPECT_EQ(decision.hashes.size(), 5u);
}

TEST(Receiver, AnEventThatNoBatchCouldCarryOnIsNotTaken) {
  ListStream stream;
  stream.add(std::string(limits::event_bytes_max, 'x'));
  stream.add(std::string(limits::event_bytes_max + 8, 'x'));
  auto receiver = at(stream, 0);
  EXPECT_EQ(receiver.take(stream.batch(0, 1)).verdict, Verdict::store);
  EXPECT_EQ(receiver.take(stream.batch(1, 2)).verdict, Verdict::undecodable);
}

TEST(Receiver, WhatBeginsBeyondIsAGap) {
  const ListStream stream(10);
  auto receiver = at(stream, 4);
  EXPECT_EQ(receiver.take(stream.batch(5, 9)).verdict, Verdict::gap);
}

// The same beginning, then another history.
ListStream other_history(std::size_t shared, std::size_t count) {
  ListStream stream(shared);
  while (stream.head().seq < count) stream.add("otherwise " + std::to_string(stream.head().seq));
  return stream;
}

TEST(Receiver, AnotherHistoryIsAForkWhereverItJoins) {
  const ListStream stream(10);
  const ListStream other = other_history(3, 10);
  auto receiver = at(stream, 5);
  EXPECT_EQ(receiver.take(other.batch(5, 8)).verdict, Verdict::fork) << "it follows another event";
  EXPECT_EQ(receiver.take(other.batch(2, 5)).verdict, Verdict::fork) << "it ends where we are";
  EXPECT_EQ(receiver.take(other.batch(2, 8)).verdict, Verdict::fork) << "it passes where we are";
  EXPECT_EQ(receiver.take(other.batch(4, 8)).verdict, Verdict::fork) << "it parted before it began";
}

TEST(Receiver, AForkOrGapChangesNothing) {
  const ListStream stream(10);
  auto receiver = at(stream, 5);
  receiver.take(other_history(3, 10).batch(2, 8));
  receiver.take(stream.batch(7, 8));
  EXPECT_EQ(receiver.take(stream.batch(5, 6)).verdict, Verdict::store);
}

TEST(Receiver, ABodyThatIsNotWhatItsHashNamesIsUndecodable) {
  const ListStream stream(10);
  auto receiver = at(stream, 2);
  auto garbled = stream.batch(2, 6);
  garbled.body = "no body";
  EXPECT_EQ(receiver.take(garbled).verdict, Verdict::undecodable);

  auto fewer = stream.batch(2, 6);
  fewer.body = stream.batch(2, 5).body;
  EXPECT_EQ(receiver.take(fewer).verdict, Verdict::undecodable);

  auto others = stream.batch(2, 6);
  others.body = stream.batch(3, 7).body;
  const auto decision = receiver.take(others);
  EXPECT_EQ(decision.verdict, Verdict::undecodable);
  EXPECT_TRUE(decision.events.empty());
  EXPECT_EQ(receiver.take(stream.batch(2, 6)).verdict, Verdict::store)
      << "the right one is still welcome";
}

TEST(Receiver, AfterAFailedCommitTheSameIsExpectedAgain) {
  const ListStream stream(10);
  auto receiver = at(stream, 2);
  receiver.take(stream.batch(2, 4));
  receiver.take(stream.batch(4, 6));
  receiver.not_stored();
  EXPECT_EQ(receiver.take(stream.batch(4, 6)).verdict, Verdict::gap);
  EXPECT_EQ(receiver.take(stream.batch(2, 4)).verdict, Verdict::store);
}

TEST(Receiver, AStoreThatHasMovedOnMovesWhatIsExpected) {
  const ListStream stream(10);
  auto receiver = at(stream, 2);
  receiver.stored(stream.head_at(8));
  EXPECT_EQ(receiver.take(stream.batch(2, 4)).verdict, Verdict::held);
  EXPECT_EQ(receiver.take(stream.batch(8, 9)).verdict, Verdict::store);
}

}  // namespace
}  // namespace titip
