#include "core/sender.hh"

#include "replication_fixture.hh"

namespace titip {
namespace {

using test::lane_stream;
using test::ListStream;

std::vector<std::pair<Seq, Seq>> all_now(Sender& sender, const ListStream& stream, TimeMs now) {
  std::vector<std::pair<Seq, Seq>> sent;
  while (const auto batch = sender.next(stream, now)) sent.emplace_back(batch->from, batch->to);
  return sent;
}

// One that has been told that the peer holds nothing, and has its window in flight.
struct Busy {
  explicit Busy(std::size_t events = 4000) : stream(events) {
    sender.peer_holds(0, 0);
    sent = all_now(sender, stream, 0);
  }
  ListStream stream;
  Sender sender{lane_stream(Lane::routine)};
  std::vector<std::pair<Seq, Seq>> sent;
};

TEST(Sender, SaysNothingBeforeThePeerHasSaidWhereItStands) {
  const ListStream stream(3);
  Sender sender(lane_stream(Lane::routine));
  EXPECT_FALSE(sender.next(stream, 0));
}

TEST(Sender, SendsNothingWhenThePeerHoldsAll) {
  const ListStream stream(3);
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(3, 0);
  EXPECT_FALSE(sender.next(stream, 0));
  EXPECT_FALSE(sender.waiting());
  EXPECT_FALSE(sender.stalls_at());
}

TEST(Sender, ABatchNamesTheHashesAroundIt) {
  const ListStream stream(5);
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(2, 0);
  const auto batch = sender.next(stream, 0);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->from, 2u);
  EXPECT_EQ(batch->to, 5u);
  EXPECT_EQ(batch->before, stream.hash_at(2));
  EXPECT_EQ(batch->after, stream.hash_at(5));
  EXPECT_EQ(decode_batch(batch->body), stream.read(2, 3, 1000).items);
}

TEST(Sender, BatchesInFlightFollowOneAnotherAndAreBounded) {
  const Busy busy;
  ASSERT_GE(busy.sent.size(), 2u);
  EXPECT_LE(busy.sent.size(), limits::batches_in_flight_max);
  for (std::size_t i = 1; i < busy.sent.size(); ++i) {
    EXPECT_EQ(busy.sent[i].first, busy.sent[i - 1].second);
  }
}

TEST(Sender, AnAnswerMakesRoomForTheNextBatch) {
  Busy busy;
  const auto last = busy.sent.back().second;
  busy.sender.peer_holds(busy.sent.front().second, 100);
  const auto more = all_now(busy.sender, busy.stream, 100);
  ASSERT_FALSE(more.empty());
  EXPECT_EQ(more.front().first, last);
}

TEST(Sender, TheFirstBatchThatWasNotTakenIsSentFromThePeersPosition) {
  const ListStream stream(10);
  Sender sender(lane_stream(Lane::routine));
  ASSERT_TRUE(sender.first(stream, 6, 0));
  sender.peer_holds(4, 50);
  EXPECT_EQ(all_now(sender, stream, 50), (std::vector<std::pair<Seq, Seq>>{{4, 10}}));
}

TEST(Sender, TheFirstBatchThatWasTakenIsNotSentAgain) {
  const ListStream stream(10);
  Sender sender(lane_stream(Lane::routine));
  ASSERT_TRUE(sender.first(stream, 6, 0));
  sender.peer_holds(10, 50);
  EXPECT_FALSE(sender.next(stream, 50));
  EXPECT_FALSE(sender.waiting());
}

TEST(Sender, AnAnswerThatDoesNotMoveSendsAgainOnce) {
  Busy busy;
  busy.sender.peer_holds(0, 10);
  const auto again = all_now(busy.sender, busy.stream, 10);
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.front().first, 0u);
  // The other batches of the first sending are answered too, in the same words.
  for (std::size_t i = 1; i < busy.sent.size(); ++i) {
    busy.sender.peer_holds(0, 11);
    EXPECT_TRUE(all_now(busy.sender, busy.stream, 11).empty());
  }
  // The next such answer is about the second sending.
  busy.sender.peer_holds(0, 12);
  EXPECT_FALSE(all_now(busy.sender, busy.stream, 12).empty());
}

// The peer answers every batch: at once if it holds it already, else when its slow store has taken
// it.
TEST(Sender, OneFalseAnswerDoesNotSetOffAStorm) {
  Busy busy(300);
  std::size_t sent = busy.sent.size();
  std::deque<Seq> stored;
  Seq taken = 0;
  Seq durable = 0;
  std::deque<std::pair<Seq, Seq>> wire(busy.sent.begin(), busy.sent.end());
  busy.sender.peer_holds(0, 1);
  for (TimeMs now = 2; durable < 300; ++now) {
    ASSERT_LT(now, 10'000);
    for (const auto& batch : all_now(busy.sender, busy.stream, now)) wire.push_back(batch), ++sent;
    if (!wire.empty()) {
      const auto [from, to] = wire.front();
      wire.pop_front();
      if (from == taken) {
        stored.push_back(taken = to);
      } else {
        busy.sender.peer_holds(durable, now);
      }
    } else if (!stored.empty()) {
      durable = stored.front();
      stored.pop_front();
      busy.sender.peer_holds(durable, now);
    }
  }
  EXPECT_LE(sent, 2 * busy.sent.size() + 8);
}

TEST(Sender, APeerThatLostItsTailIsSentItAgain) {
  Busy busy(50);
  const auto last = busy.sent.back().second;
  busy.sender.peer_holds(last, 10);
  busy.sender.peer_holds(5, 20);
  EXPECT_EQ(busy.sender.acknowledged(), 5u);
  EXPECT_EQ(all_now(busy.sender, busy.stream, 20).front().first, 5u);
}

TEST(Sender, UndecodableIsHalvedDownToOneEvent) {
  const ListStream stream(8);
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(0, 0);
  Seq to = sender.next(stream, 0)->to;
  EXPECT_EQ(to, 8u);
  for (const Seq expected : {4u, 2u, 1u}) {
    EXPECT_TRUE(sender.undecodable(0, to));
    to = sender.next(stream, 0)->to;
    EXPECT_EQ(to, expected);
  }
  EXPECT_FALSE(sender.undecodable(0, to)) << "nothing more can be done";
}

TEST(Sender, ASingleUndecodableEventIsCodedPlainlyOnce) {
  const ListStream stream(1);
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(0, 0);
  const auto coded = sender.next(stream, 0)->body;
  EXPECT_TRUE(sender.undecodable(0, 1));
  EXPECT_EQ(sender.next(stream, 0)->body, encode_batch(stream.read(0, 1, 1).items, Effort::fast));
  EXPECT_FALSE(sender.undecodable(0, 1));
}

TEST(Sender, AnswersToWhatFollowedTheUndecodableAreNoReasonToSendAgain) {
  Busy busy;
  const auto [from, to] = busy.sent.front();
  busy.sender.undecodable(from, to);
  EXPECT_FALSE(all_now(busy.sender, busy.stream, 1).empty());
  for (std::size_t i = 1; i < busy.sent.size(); ++i) {
    busy.sender.peer_holds(0, 2);
    EXPECT_TRUE(all_now(busy.sender, busy.stream, 2).empty());
  }
}

TEST(Sender, UndecodableOfWhatIsAcknowledgedOrNothingIsIgnored) {
  Busy busy;
  busy.sender.peer_holds(busy.sent.front().second, 1);
  all_now(busy.sender, busy.stream, 1);
  busy.sender.undecodable(0, busy.sent.front().second);
  busy.sender.undecodable(9, 9);
  busy.sender.undecodable(~Seq{0}, 0);
  EXPECT_TRUE(all_now(busy.sender, busy.stream, 2).empty());
}

TEST(Sender, APositionThatIsNoLongerHeldCannotBeSentFrom) {
  ListStream stream(8);
  stream.trim(5);
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(3, 0);
  EXPECT_FALSE(sender.next(stream, 0));
}

TEST(Sender, APositionBeyondTheHeadSendsNothing) {
  const ListStream stream(8);
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(~Seq{0}, 0);
  EXPECT_FALSE(sender.next(stream, 0));
}

TEST(Sender, ALargeEventTravelsAlone) {
  ListStream stream;
  std::string noise(limits::event_bytes_max, '\0');
  Seeded random(1);
  for (int i = 0; i < 3; ++i) {
    for (auto& byte : noise) byte = static_cast<char>(random.next());
    stream.add(noise);
  }
  Sender sender(lane_stream(Lane::routine));
  sender.peer_holds(0, 0);
  Seq at = 0;
  while (at < 3) {
    const auto batch = sender.next(stream, 0);
    ASSERT_TRUE(batch);
    EXPECT_LE(batch->body.size(), limits::batch_body_bytes_max);
    at = batch->to;
    sender.peer_holds(at, 0);
  }
}

TEST(Sender, ASlowLinkGetsSmallBatchesAndAFastOneLarge) {
  const auto events_per_batch = [](TimeMs answer_ms) {
    const ListStream stream(60'000);
    Sender sender(lane_stream(Lane::routine));
    sender.peer_holds(0, 0);
    TimeMs now = 0;
    std::size_t last = 0;
    for (int i = 0; i < 12; ++i) {
      const auto batch = sender.next(stream, now);
      last = batch->body.size();
      now += answer_ms * static_cast<TimeMs>(last) / 1000;  // per kilobyte
      sender.peer_holds(batch->to, now);
    }
    return last;
  };
  EXPECT_LT(events_per_batch(4000), 1200u);
  EXPECT_GT(events_per_batch(10), 2 * events_per_batch(4000));
}

TEST(Sender, SilenceStallsAndAnyAnswerRenewsThePatience) {
  Busy busy;
  const auto first = busy.sender.stalls_at();
  ASSERT_TRUE(first);
  EXPECT_GT(*first, 0);
  EXPECT_LE(*first, limits::answer_ms_max);
  busy.sender.peer_holds(busy.sent.front().second, 3000);
  ASSERT_TRUE(busy.sender.stalls_at());
  EXPECT_GT(*busy.sender.stalls_at(), 3000 + 5000);
}

}  // namespace
}  // namespace titip
