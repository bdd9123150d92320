#include "core/link_session.hh"

#include "core/meta.hh"
#include "link_session_fixture.hh"

namespace titip {
namespace {

using test::incarnation;
using test::lane_stream;
using test::LinkSessionTest;
using test::said;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(LinkSessionTest, APositionAboveOurHeadMakesNoSense) {
  store_.save(Lane::routine, 2);
  dial_and_connect();
  auto too_far = welcome(0, 2);
  too_far.have[1].seq = 3;
  const auto actions = frame(too_far);
  expect_hung_up_over(actions, Kind::bad_answer);
  EXPECT_THAT(actions.store, IsEmpty());
}

TEST_F(LinkSessionTest, AnAckAboveOurHeadMakesNoSense) {
  store_.save(Lane::routine, 2);
  go_online();
  const auto actions = frame(ack(Lane::routine, ~Seq{0}));
  expect_hung_up_over(actions, Kind::bad_answer);
  EXPECT_THAT(actions.store, IsEmpty());
}

TEST_F(LinkSessionTest, AnAnswerAboutAnotherHistoryIsNoReceipt) {
  store_.save(Lane::routine, 2);
  dial_and_connect();
  auto other = welcome(0, 2);
  other.have[1].hash.low ^= 1;
  expect_hung_up_over(frame(other), Kind::minted);

  session_ = LinkSession(setup(true));
  go_online();
  auto answer = ack(Lane::routine, 2);
  answer.hash.low ^= 1;
  const auto actions = frame(answer);
  expect_hung_up_over(actions, Kind::bad_answer);
  EXPECT_THAT(actions.store, IsEmpty());
}

TEST_F(LinkSessionTest, ANameThatClaimsNothingAndIsRefusedIsReplacedOnceAnHour) {
  store_.save(Lane::routine, 2);
  auto here = around();
  RefuseMessage refuse;
  refuse.reason = RefuseReason::forked;
  refuse.nonce = nonce;
  TimeMs now = 0;
  const auto refused = [&](Incarnation fresh) {
    here.fresh_incarnation = fresh;
    dial_and_connect(now);
    const auto actions = session_.frame(*read(), encode_frame(refuse), here, now);
    expect_hung_up_over(actions, Kind::minted);
    store(actions);
    EXPECT_EQ(current_incarnation(*read()), fresh);
    return session_.tick(*read(), now).wake - now;
  };
  EXPECT_LT(refused(0x51), 60'000);
  now += 60'000;
  // A copy of this store was made before that name was welcomed, and the copy was welcomed.
  EXPECT_GE(refused(0x52), 3'600'000);
  now += 2 * 3'600'000;
  EXPECT_GE(refused(0x53), 3'600'000);
}

TEST_F(LinkSessionTest, AWelcomeThatNamesALaneTwiceOrNotAtAllIsSurvived) {
  store_.save(Lane::routine, 2);
  dial_and_connect();
  auto odd = welcome(0, 2);
  odd.have = {odd.have[1], odd.have[1]};
  frame(odd);
  EXPECT_EQ(session_.state(), State::online);
  store_.save(Lane::routine);
  EXPECT_THAT(session_.appended(*read(), 20).send, SizeIs(1));
}

TEST_F(LinkSessionTest, AnHourOfAnyHubTimeIsSurvived) {
  store_.clock.wall = -1;
  dial_and_connect();
  auto odd = welcome();
  odd.hub_time = std::numeric_limits<TimeMs>::max();
  frame(odd);
  EXPECT_EQ(session_.state(), State::online);
}

TEST_F(LinkSessionTest, AcksOfStreamsThatAreNotOursAreIgnored) {
  store_.save(Lane::routine, 2);
  go_online();
  auto answer = ack(Lane::routine, 2);
  answer.stream.name = incarnation + 1;
  EXPECT_THAT(frame(answer).store, IsEmpty());
  answer.stream = {StreamKind::hub_changes, Lane::routine, incarnation};
  EXPECT_THAT(frame(answer).store, IsEmpty());
  EXPECT_EQ(session_.state(), State::online);
}

TEST_F(LinkSessionTest, WhatOnlyAHubIsToldIsIgnored) {
  go_online();
  HelloMessage hello = store_.hello(1);
  EnrolMessage enrol;
  enrol.device_public_key = std::string(32, 'x');
  enrol.incarnation = 1;
  store_.save(Lane::routine, 1);
  for (const Frame& odd : {Frame(hello), Frame(enrol), Frame(store_.batch(Lane::routine, 0, 1)),
                           Frame(EnrolledMessage{"ours", std::string(64, 's')})}) {
    const auto actions = frame(odd);
    EXPECT_THAT(actions.store, IsEmpty());
    EXPECT_FALSE(actions.close);
  }
}

TEST_F(LinkSessionTest, FramesBeforeTheCallOrAfterItAreIgnored) {
  EXPECT_THAT(frame(welcome()).store, IsEmpty());
  session_.tick(*read(), 0);
  EXPECT_THAT(frame(welcome()).store, IsEmpty());
  EXPECT_EQ(session_.state(), State::dialling);
}

TEST_F(LinkSessionTest, BytesThatAreNoFrameEndTheSession) {
  go_online();
  expect_hung_up_over(session_.frame(*read(), "not a frame", around(), 10), Kind::bad_answer);
}

RefuseMessage undecodable(const StreamName& stream, Seq from, Seq to) {
  RefuseMessage refuse;
  refuse.reason = RefuseReason::undecodable;
  refuse.stream = stream;
  refuse.from = from;
  refuse.to = to;
  return refuse;
}

TEST_F(LinkSessionTest, UndecodableIsSentAgainInHalves) {
  store_.save(Lane::routine, 8);
  go_online();
  const auto actions = frame(undecodable(lane_stream(Lane::routine), 0, 8));
  ASSERT_FALSE(actions.send.empty());
  EXPECT_EQ(said<BatchMessage>(actions.send[0]).to, 4u);
}

TEST_F(LinkSessionTest, UndecodableOfAnotherStreamIsIgnored) {
  store_.save(Lane::routine, 8);
  go_online();
  for (const StreamName& other :
       {lane_stream(Lane::routine, 5), lane_stream(Lane::urgent),
        StreamName{StreamKind::hub_journal, Lane::routine, incarnation}}) {
    EXPECT_THAT(frame(undecodable(other, 0, 8)).send, IsEmpty());
  }
}

TEST_F(LinkSessionTest, ASingleUndecodableEventIsSentPlainlyAndThenNotAgainAtOnce) {
  store_.save(Lane::routine, 1);
  go_online();
  const auto again = frame(undecodable(lane_stream(Lane::routine), 0, 1));
  EXPECT_FALSE(again.close);
  EXPECT_THAT(again.send, SizeIs(1));
  expect_hung_up_over(frame(undecodable(lane_stream(Lane::routine), 0, 1)), Kind::refused);
}

TEST_F(LinkSessionTest, BusyNamesATimeWithinReason) {
  for (const std::uint32_t asked : {0u, 5000u, ~0u}) {
    session_ = LinkSession(setup(true));
    dial_and_connect();
    RefuseMessage busy;
    busy.reason = RefuseReason::busy;
    busy.retry_after_ms = asked;
    const auto actions = frame(busy, 10);
    expect_hung_up_over(actions, Kind::refused);
    EXPECT_THAT(actions.store, IsEmpty()) << "it is not a standing refusal";
    EXPECT_GE(actions.wake, 10 + limits::backoff_ms_min);
    EXPECT_LE(actions.wake, 10 + 2 * 3'600'000);
  }
}

TEST_F(LinkSessionTest, AStandingRefusalIsKeptAndAskedAboutHourly) {
  dial_and_connect();
  RefuseMessage revoked;
  revoked.reason = RefuseReason::revoked;
  const auto actions = frame(revoked, 10);
  expect_hung_up_over(actions, Kind::refused);
  EXPECT_GE(actions.wake, 3'600'000);
  store(actions);
  EXPECT_EQ(read()->get(Table::meta, meta::refused), "revoked");
  store_.save(Lane::urgent);
  EXPECT_GE(session_.appended(*read(), 20).wake, 3'600'000);
}

TEST_F(LinkSessionTest, SilenceAfterHelloEndsTheSession) {
  const auto greeting = dial_and_connect();
  EXPECT_GE(greeting.wake, 2 * limits::answer_ms_min);
  EXPECT_LE(greeting.wake, limits::answer_ms_max);
  expect_hung_up_over(session_.tick(*read(), greeting.wake), Kind::stalled);
}

TEST_F(LinkSessionTest, SilenceAfterABatchEndsTheSessionAndDialsSoon) {
  store_.save(Lane::routine, 2);
  go_online();
  const auto waiting = session_.tick(*read(), 20);
  EXPECT_FALSE(waiting.close);
  const auto actions = session_.tick(*read(), waiting.wake);
  expect_hung_up_over(actions, Kind::stalled);
  EXPECT_LE(actions.wake, waiting.wake + limits::redial_ms);
}

TEST_F(LinkSessionTest, AHubThatNeverAnswersIsDialledEverMoreSlowly) {
  TimeMs now = 0;
  TimeMs longest = 0;
  for (int i = 0; i < 30; ++i) {
    dial_and_connect(now);
    const auto actions = session_.ended(*read(), LinkEnd::lost, now);
    longest = std::max(longest, actions.wake - now);
    now = actions.wake;
  }
  EXPECT_GT(longest, 60'000);
}

TEST_F(LinkSessionTest, AnAnswerThatCouldNotBeKeptIsAskedForAgainLater) {
  go_online();
  const auto actions = session_.not_stored(10);
  EXPECT_TRUE(actions.close);
  EXPECT_EQ(session_.state(), State::idle);
  EXPECT_GT(actions.wake, 10 + limits::redial_ms);
}

TEST_F(LinkSessionTest, EndingTwiceIsEndingOnce) {
  go_online();
  session_.ended(*read(), LinkEnd::lost, 10);
  EXPECT_THAT(session_.ended(*read(), LinkEnd::lost, 11).notices, IsEmpty());
}

class JoiningTest : public LinkSessionTest {
 protected:
  JoiningTest() { session_ = LinkSession(setup(false)); }
};

TEST_F(JoiningTest, AsksToBeEnrolledAndDialsAnewOnceItIs) {
  const auto enrol = said<EnrolMessage>(dial_and_connect().send.at(0));
  EXPECT_EQ(enrol.device_public_key, std::string(32, 'd'));
  const auto actions = frame(EnrolledMessage{"ours", std::string(64, 's')});
  EXPECT_TRUE(actions.close);
  EXPECT_TRUE(session_.enrolled());
  store(actions);
  EXPECT_EQ(read()->get(Table::meta, meta::certificate), "ours");
  EXPECT_TRUE(session_.tick(*read(), actions.wake).dial);
}

TEST_F(JoiningTest, ACertificateThatDoesNotHoldIsNotKept) {
  dial_and_connect();
  const auto actions = frame(EnrolledMessage{"theirs", std::string(64, 's')});
  expect_hung_up_over(actions, Kind::bad_answer);
  EXPECT_THAT(actions.store, IsEmpty());
  EXPECT_FALSE(session_.enrolled());
}

TEST_F(JoiningTest, AWelcomeBeforeEnrolmentIsIgnored) {
  dial_and_connect();
  auto odd = welcome();
  odd.nonce = 0;
  EXPECT_THAT(frame(odd).store, IsEmpty());
  EXPECT_EQ(session_.state(), State::greeting);
  EXPECT_THAT(frame(ack(Lane::routine, 0)).store, IsEmpty());
}

TEST_F(LinkSessionTest, AMarkByItselfMayFallAndOneInAnAnswerOnlyRises) {
  store_.save(Lane::routine, 3);
  go_online();
  auto answer = ack(Lane::routine, 3);
  answer.safe = 3;
  store(frame(answer));
  EXPECT_EQ(meta::safe(*read(), Lane::routine), 3u);
  answer.safe = 0;
  store(frame(answer));
  EXPECT_EQ(meta::safe(*read(), Lane::routine), 3u);
  answer.safe = 1;
  answer.marks_only = true;
  store(frame(answer));
  EXPECT_EQ(meta::safe(*read(), Lane::routine), 1u) << "the custodian went back";
}

TEST_F(LinkSessionTest, AMarkOfWhatWasNeverMadeHereIsNone) {
  store_.save(Lane::routine, 3);
  go_online();
  auto mark = ack(Lane::routine, 3);
  mark.safe = 9;
  mark.marks_only = true;
  store(frame(mark));
  EXPECT_EQ(meta::safe(*read(), Lane::routine), 0u);
}

}  // namespace
}  // namespace titip
