#include "core/hub_sessions.hh"

#include "core/meta.hh"
#include "hub_sessions_fixture.hh"

namespace titip {
namespace {

using test::AgentStore;
using test::hub_time;
using test::HubSessionsTest;
using test::HubStore;
using test::said;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(HubSessionsTest, IncompatibleVersionsAreRefused) {
  auto hello = agent_.hello(1);
  hello.protocol_min = hello.protocol_max = limits::protocol_version + 1;
  EXPECT_EQ(said<RefuseMessage>(frame("r1", hello).send.at(0).frame).reason,
            RefuseReason::incompatible);
}

TEST_F(HubSessionsTest, BytesThatAreNoFrameAreRefusedAsUndecodable) {
  const auto actions = sessions_.frame("r1", std::string(32, 'k'), "garbage", hub_time);
  EXPECT_EQ(said<RefuseMessage>(actions.send.at(0).frame).reason, RefuseReason::undecodable);
}

TEST_F(HubSessionsTest, FramesThatOnlyAHubSendsAreIgnored) {
  greet("r1");
  for (const Frame& odd : {Frame(WelcomeMessage{}), Frame(AckMessage{}), Frame(RefuseMessage{}),
                           Frame(EnrolledMessage{"x", std::string(64, 's')})}) {
    const auto actions = frame("r1", odd);
    EXPECT_THAT(actions.send, IsEmpty());
    EXPECT_THAT(actions.store, IsEmpty());
  }
}

TEST_F(HubSessionsTest, WhatWaitsForTheStoreIsBoundedOverAllNodes) {
  agent_.save(Lane::routine, 1);
  auto hello = agent_.hello(1);
  hello.first = agent_.batch(Lane::routine, 0, 1);
  hello.first->body.assign(limits::batch_body_bytes_max, '?');
  std::vector<HubOrder> waiting;
  for (std::size_t i = 0; i < 2 * limits::in_flight_bytes_max / limits::batch_body_bytes_max; ++i) {
    for (auto& order : frame("r1", hello).store) waiting.push_back(std::move(order));
  }
  EXPECT_LE(waiting.size() * limits::batch_body_bytes_max, limits::in_flight_bytes_max);
  for (const auto& order : waiting) sessions_.not_stored(order);
  EXPECT_THAT(frame("r1", hello).store, SizeIs(1)) << "room again";
}

TEST_F(HubSessionsTest, WithoutRoomAHelloIsAnsweredAndABatchAskedToWait) {
  agent_.save(Lane::routine, 2);
  sessions_.set_room(false);
  auto hello = agent_.hello(1);
  hello.first = agent_.batch(Lane::routine, 0, 2);
  const auto welcome = said<WelcomeMessage>(settle(frame("r1", hello)).at(0).frame);
  EXPECT_EQ(welcome.have.at(1).seq, 0u);
  const auto actions = frame("r1", agent_.batch(Lane::routine, 0, 2));
  EXPECT_THAT(actions.store, IsEmpty());
  EXPECT_EQ(said<RefuseMessage>(actions.send.at(0).frame).reason, RefuseReason::busy);
  sessions_.set_room(true);
  EXPECT_THAT(frame("r1", agent_.batch(Lane::routine, 0, 2)).store, SizeIs(1));
}

TEST_F(HubSessionsTest, QuarantineIsRepeatedUntilTheDeviceHasNotedIt) {
  agent_.store.write([](WriteTxn& txn) { put_opaque(txn, Lane::routine, "no event"); });
  agent_.save(Lane::routine, 1);
  greet("r1");
  settle(frame("r1", agent_.batch(Lane::routine, 0, 2)));  // its Ack is lost
  const std::vector<Outcome> outcomes{{Lane::routine, 1, "undecodable"}};
  const auto welcome = greet("r2", 2);
  EXPECT_EQ(welcome.outcomes, outcomes);
  EXPECT_EQ(greet("r3", 3).outcomes, outcomes);
  auto hello = agent_.hello(4);
  hello.hub_highest = welcome.position;
  EXPECT_THAT(said<WelcomeMessage>(settle(frame("r4", hello)).at(0).frame).outcomes, IsEmpty());
  hello.nonce = 5;
  hello.hub_highest = {0xbad, 1000};
  EXPECT_EQ(said<WelcomeMessage>(settle(frame("r5", hello)).at(0).frame).outcomes, outcomes)
      << "a position of another history says nothing";
}

TEST_F(HubSessionsTest, MoreOutcomesThanFitAFrameComeWithTheNext) {
  const std::size_t count = limits::outcomes_per_frame_max + 40;
  agent_.store.write([&](WriteTxn& txn) {
    for (std::size_t i = 0; i < count; ++i) put_opaque(txn, Lane::routine, "no event");
  });
  greet("r1");
  settle(frame("r1", agent_.batch(Lane::routine, 0, count)));
  auto hello = agent_.hello(2);
  const auto first = said<WelcomeMessage>(settle(frame("r2", hello)).at(0).frame);
  EXPECT_THAT(first.outcomes, SizeIs(limits::outcomes_per_frame_max));
  hello.nonce = 3;
  hello.hub_highest = first.position;
  const auto second = said<WelcomeMessage>(settle(frame("r3", hello)).at(0).frame);
  ASSERT_THAT(second.outcomes, SizeIs(40));
  EXPECT_EQ(second.outcomes.front().seq, first.outcomes.back().seq + 1);
}

TEST_F(HubSessionsTest, ADevicesWildClockIsSurvived) {
  auto hello = agent_.hello(1);
  hello.clock = {std::numeric_limits<TimeMs>::min(), ~UptimeMs{0}, 1};
  settle(frame("r1", hello));
  EXPECT_TRUE(sessions_.has_session(7));
}

TEST_F(HubSessionsTest, OnlyJournalsThatHoldSomethingAreRemembered) {
  for (std::uint64_t i = 1; i <= 20; ++i) {
    auto hello = agent_.hello(i);
    hello.incarnation = i;
    settle(frame("r1", hello));
  }
  EXPECT_THAT(find_node(*hub_.store.read(), 7)->lanes, IsEmpty());
}

class EnrolmentTest : public HubSessionsTest {
 protected:
  static EnrolMessage enrol(char key = 'n') {
    EnrolMessage enrol;
    enrol.protocol_min = enrol.protocol_max = limits::protocol_version;
    enrol.device_public_key = std::string(32, key);
    enrol.incarnation = 3;
    return enrol;
  }
  std::vector<HubActions::Send> ask(const Frame& what) { return settle(frame("r1", what, 'i')); }
};

TEST_F(EnrolmentTest, AnInvitationAdmitsOneDeviceAndTellsTheJournal) {
  const auto sent = ask(enrol());
  const auto enrolled = said<EnrolledMessage>(sent.at(0).frame);
  const auto certificate = decode_certificate(enrolled.certificate).value();
  EXPECT_EQ(certificate.facility, "PSY-2");
  EXPECT_EQ(certificate.device_public_key, std::string(32, 'n'));
  EXPECT_EQ(find_node_of_key(*hub_.store.read(), std::string(32, 'n')), certificate.node);
  EXPECT_TRUE(sessions_.admits(std::string(32, 'n')));
  EXPECT_EQ(hub_.entries(), 1u);
}

TEST_F(EnrolmentTest, TheSameDeviceMayAskAgainButNoOther) {
  const auto first = said<EnrolledMessage>(ask(enrol()).at(0).frame);
  EXPECT_EQ(said<EnrolledMessage>(ask(enrol()).at(0).frame).certificate, first.certificate);
  EXPECT_EQ(said<RefuseMessage>(ask(enrol('o')).at(0).frame).reason, RefuseReason::not_enrolled);
  EXPECT_EQ(hub_.entries(), 1u);
}

TEST_F(EnrolmentTest, AKnownDeviceIsToldAgainWhoItIsAndTheInvitationStaysUnused) {
  // Its first answer was lost, and a person gave it another invitation.
  const auto told = said<EnrolledMessage>(ask(enrol('k')).at(0).frame);
  EXPECT_EQ(decode_certificate(told.certificate)->node, 7u);
  EXPECT_EQ(hub_.entries(), 0u);
  EXPECT_TRUE(find_invitation(*hub_.store.read(), HubStore::invitation_key())->used_by.empty());
}

TEST_F(EnrolmentTest, AnExpiredInvitationIsRefused) {
  hub_.now = hub_time + 1001;
  EXPECT_EQ(said<RefuseMessage>(ask(enrol()).at(0).frame).reason, RefuseReason::not_enrolled);
  EXPECT_EQ(hub_.entries(), 0u);
}

TEST_F(EnrolmentTest, AnInvitationsKeyMaySayNothingElse) {
  EXPECT_EQ(said<RefuseMessage>(ask(agent_.hello(1)).at(0).frame).reason,
            RefuseReason::not_enrolled);
  EXPECT_EQ(sessions_.session_count(), 0u);
}

}  // namespace
}  // namespace titip
