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

TEST_F(LinkSessionTest, TheFirstTickDials) {
  const auto actions = session_.tick(*read(), 0);
  EXPECT_TRUE(actions.dial);
  EXPECT_FALSE(session_.tick(*read(), 1).dial) << "once";
}

TEST_F(LinkSessionTest, HelloTellsHeadsBacklogAndCarriesTheUrgentBatchFirst) {
  store_.save(Lane::routine, 5);
  store_.save(Lane::urgent, 2);
  const auto hello = said<HelloMessage>(dial_and_connect().send.at(0));
  EXPECT_EQ(hello.nonce, nonce);
  EXPECT_EQ(hello.incarnation, incarnation);
  EXPECT_THAT(hello.heads,
              testing::UnorderedElementsAre(store_.head(Lane::urgent), store_.head(Lane::routine)));
  EXPECT_EQ(hello.status.backlog_events, 7u);
  ASSERT_TRUE(hello.first);
  EXPECT_EQ(hello.first->stream, lane_stream(Lane::urgent));
  EXPECT_EQ(hello.first->to, 2u);
}

TEST_F(LinkSessionTest, HelloWithNothingToSayCarriesNoBatch) {
  EXPECT_FALSE(said<HelloMessage>(dial_and_connect().send.at(0)).first);
}

TEST_F(LinkSessionTest, WelcomeIsStoredBeforeTheRestIsSent) {
  store_.save(Lane::routine, 5);
  store_.save(Lane::urgent, 2);
  dial_and_connect();
  const auto actions = frame(welcome(2, 0));
  ASSERT_THAT(actions.store, SizeIs(1));
  ASSERT_THAT(actions.send, SizeIs(1));
  EXPECT_EQ(said<BatchMessage>(actions.send[0]).stream, lane_stream(Lane::routine));
  store(actions);
  EXPECT_EQ(meta::acknowledged(*read(), Lane::urgent), store_.head(Lane::urgent));
  EXPECT_EQ(meta::get_position(*read(), meta::hub_highest), (Position{5, 6}));
}

TEST_F(LinkSessionTest, WelcomeOfAnotherHelloOrOnlineIsIgnored) {
  dial_and_connect();
  auto other = welcome();
  other.nonce = nonce + 1;
  EXPECT_THAT(frame(other).store, IsEmpty());
  EXPECT_EQ(session_.state(), State::greeting);
  frame(welcome());
  EXPECT_THAT(frame(welcome()).store, IsEmpty());
}

TEST_F(LinkSessionTest, AckOfTheLastEventSaysThatAllIsSafe) {
  store_.save(Lane::routine, 5);
  go_online();
  const auto actions = frame(ack(Lane::routine, 5));
  EXPECT_TRUE(noticed(actions, Kind::all_acknowledged));
  store(actions);
  EXPECT_EQ(meta::acknowledged(*read(), Lane::routine), store_.head(Lane::routine));
}

TEST_F(LinkSessionTest, NewEventsAreSentAtOnceWhenOnline) {
  go_online();
  store_.save(Lane::urgent);
  const auto actions = session_.appended(*read(), 100);
  ASSERT_THAT(actions.send, SizeIs(1));
  EXPECT_EQ(said<BatchMessage>(actions.send[0]).stream, lane_stream(Lane::urgent));
}

TEST_F(LinkSessionTest, QuarantineOutcomesAreKept) {
  store_.save(Lane::routine, 2);
  go_online();
  auto answer = ack(Lane::routine, 2);
  answer.quarantined = {
      {Lane::routine, 2, "unknown_type"}, {Lane::routine, 0, "x"}, {Lane::urgent, 9, "x"}};
  const auto actions = frame(answer);
  EXPECT_TRUE(noticed(actions, Kind::quarantined));
  store(actions);
  EXPECT_EQ(read()->count(Table::quarantine), 1u)
      << "there is no outcome of what was never made here";
}

}  // namespace
}  // namespace titip
