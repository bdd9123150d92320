#include "core/hub_sessions.hh"

#include "core/meta.hh"
#include "hub_sessions_fixture.hh"

namespace titip {
namespace {

using test::AgentStore;
using test::hub_time;
using test::HubSessionsTest;
using test::HubStore;
using test::incarnation;
using test::lane_stream;
using test::said;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(HubSessionsTest, AStrangerGetsNothing) {
  const auto actions = frame("r1", agent_.hello(1), 'x');
  EXPECT_THAT(actions.send, IsEmpty());
  EXPECT_THAT(actions.store, IsEmpty());
  EXPECT_THAT(actions.notices, IsEmpty());
  EXPECT_FALSE(sessions_.admits(std::string(32, 'x')));
  EXPECT_TRUE(sessions_.admits(std::string(32, 'k')));
  EXPECT_TRUE(sessions_.admits(HubStore::invitation_key()));
}

TEST_F(HubSessionsTest, HelloIsAnsweredOnceTheStoreHasTakenItsBatch) {
  agent_.save(Lane::urgent, 3);
  auto hello = agent_.hello(5);
  hello.first = agent_.batch(Lane::urgent, 0, 3);
  const auto actions = frame("r1", hello);
  EXPECT_THAT(actions.send, IsEmpty());
  ASSERT_THAT(actions.store, SizeIs(1));
  const auto answer = store(actions.store[0]);
  const auto welcome = said<WelcomeMessage>(answer.send.at(0).frame);
  EXPECT_EQ(welcome.nonce, 5u);
  EXPECT_EQ(welcome.have,
            (std::vector<Head>{agent_.head(Lane::urgent), agent_.head(Lane::routine)}));
  EXPECT_EQ(welcome.position, (Position{hub_.epoch, 3}));
  EXPECT_EQ(stored_seq(Lane::urgent), 3u);
}

TEST_F(HubSessionsTest, AFirstBatchThatDoesNotFitIsNoFault) {
  agent_.save(Lane::routine, 4);
  auto hello = agent_.hello(5);
  hello.first = agent_.batch(Lane::routine, 2, 4);
  const auto sent = settle(frame("r1", hello));
  EXPECT_EQ(said<WelcomeMessage>(sent.at(0).frame).have.at(1).seq, 0u);
  hello.first = agent_.batch(Lane::routine, 0, 4);
  hello.first->stream.name = 12345;
  settle(frame("r1", hello));
  EXPECT_EQ(hub_.entries(), 0u);
}

TEST_F(HubSessionsTest, ABatchIsAcknowledgedOnlyOnceItIsDurable) {
  agent_.save(Lane::routine, 5);
  greet("r1");
  const auto actions = frame("r1", agent_.batch(Lane::routine, 0, 5));
  EXPECT_THAT(actions.send, IsEmpty());
  const auto sent = settle(actions);
  const auto ack = said<AckMessage>(sent.at(0).frame);
  EXPECT_EQ(ack.position, 5u);
  EXPECT_EQ(ack.hash, agent_.head(Lane::routine).hash);
}

TEST_F(HubSessionsTest, ADuplicateIsAcknowledgedOnlyAsFarAsDurable) {
  agent_.save(Lane::routine, 5);
  greet("r1");
  const auto batch = agent_.batch(Lane::routine, 0, 5);
  const auto first = frame("r1", batch);
  const auto again = frame("r1", batch);
  EXPECT_THAT(again.store, IsEmpty());
  EXPECT_EQ(said<AckMessage>(again.send.at(0).frame).position, 0u);
  settle(first);
  EXPECT_EQ(said<AckMessage>(frame("r1", batch).send.at(0).frame).position, 5u);
}

TEST_F(HubSessionsTest, ABatchBeforeHelloOrBeforeItsAnswerIsDropped) {
  agent_.save(Lane::routine, 5);
  const auto batch = agent_.batch(Lane::routine, 0, 5);
  EXPECT_THAT(frame("r1", batch).store, IsEmpty());
  const auto hello = frame("r1", agent_.hello(1));
  EXPECT_THAT(frame("r1", batch).store, IsEmpty());
  settle(hello);
  EXPECT_THAT(frame("r1", batch).store, SizeIs(1));
}

TEST_F(HubSessionsTest, ABatchOfAnotherStreamOrKindIsDropped) {
  agent_.save(Lane::routine, 2);
  greet("r1");
  auto batch = agent_.batch(Lane::routine, 0, 2);
  batch.stream.name = 77;
  EXPECT_THAT(frame("r1", batch).store, IsEmpty());
  batch.stream = {StreamKind::hub_journal, Lane::routine, test::incarnation};
  EXPECT_THAT(frame("r1", batch).store, IsEmpty());
}

TEST_F(HubSessionsTest, WhoSpeaksIsProvenByTheKeyNotByTheRoute) {
  hub_.store.write([](WriteTxn& txn) { put_node(txn, HubStore::node(8, 'm')); });
  sessions_.load_directory(*hub_.store.read());
  agent_.save(Lane::routine, 2);
  greet("r1");
  EXPECT_THAT(frame("r1", agent_.batch(Lane::routine, 0, 2), 'm').store, IsEmpty());
}

TEST_F(HubSessionsTest, ARouteTakenOverDoesNotLaterEndTheOthersSession) {
  hub_.store.write([](WriteTxn& txn) { put_node(txn, HubStore::node(8, 'm')); });
  sessions_.load_directory(*hub_.store.read());
  greet("r1");
  auto other = agent_.hello(2);
  other.incarnation = 88;
  other.heads.clear();
  settle(frame("r1", other, 'm'));
  EXPECT_FALSE(sessions_.has_session(7));
  greet("r2", 3);
  EXPECT_TRUE(sessions_.has_session(7));
  EXPECT_TRUE(sessions_.has_session(8)) << "whose route it is now";
}

TEST_F(HubSessionsTest, HelloTwiceOnOneRouteIsAnsweredForTheLast) {
  agent_.save(Lane::routine, 2);
  const auto first = frame("r1", agent_.hello(1));
  const auto second = frame("r1", agent_.hello(2));
  EXPECT_THAT(settle(first), IsEmpty());
  EXPECT_EQ(said<WelcomeMessage>(settle(second).at(0).frame).nonce, 2u);
  EXPECT_EQ(sessions_.session_count(), 1u);
}

TEST_F(HubSessionsTest, HelloTwiceWithOneNonceButTwoJournalsIsNotConfused) {
  agent_.save(Lane::routine, 3);
  settle(frame("r0", agent_.hello(9)));
  settle(frame("r0", agent_.batch(Lane::routine, 0, 3)));
  const auto first = frame("r1", agent_.hello(10));
  auto other = agent_.hello(10);
  other.incarnation = 55;
  other.heads = {{Lane::urgent, 0, {}}, {Lane::routine, 0, {}}};
  const auto second = frame("r1", other);
  EXPECT_THAT(settle(first), IsEmpty());
  EXPECT_EQ(said<WelcomeMessage>(settle(second).at(0).frame).have.at(1).seq, 0u);
}

TEST_F(HubSessionsTest, DialingAnewWhileABatchIsInFlightLosesAndDoublesNothing) {
  agent_.save(Lane::routine, 5);
  greet("r1");
  const auto in_flight = frame("r1", agent_.batch(Lane::routine, 0, 5));
  auto hello = agent_.hello(2);
  hello.first = agent_.batch(Lane::routine, 0, 5);
  const auto redial = frame("r2", hello);
  EXPECT_THAT(settle(in_flight), IsEmpty()) << "there is nobody on the old route";
  const auto welcome = said<WelcomeMessage>(settle(redial).at(0).frame);
  EXPECT_EQ(welcome.have.at(1).seq, 5u);
  EXPECT_EQ(hub_.entries(), 5u);
  EXPECT_THAT(frame("r1", agent_.batch(Lane::routine, 0, 5)).send, IsEmpty());
}

TEST_F(HubSessionsTest, AGapIsAnsweredWithWhereTheHubStands) {
  agent_.save(Lane::routine, 5);
  greet("r1");
  const auto actions = frame("r1", agent_.batch(Lane::routine, 3, 5));
  EXPECT_THAT(actions.store, IsEmpty());
  EXPECT_EQ(said<AckMessage>(actions.send.at(0).frame).position, 0u);
}

TEST_F(HubSessionsTest, AnotherHistoryIsRefusedAsForked) {
  agent_.save(Lane::routine, 3);
  greet("r1");
  settle(frame("r1", agent_.batch(Lane::routine, 0, 3)));
  AgentStore clone;
  clone.save(sample_draft(Lane::routine, 999)).value();
  clone.save(Lane::routine, 4);
  const auto actions = frame("r1", clone.batch(Lane::routine, 3, 5));
  EXPECT_EQ(said<RefuseMessage>(actions.send.at(0).frame).reason, RefuseReason::forked);
  EXPECT_THAT(actions.store, IsEmpty());
}

TEST_F(HubSessionsTest, ARestoredDeviceIsRefusedAsForkedAndWritesNothing) {
  agent_.save(Lane::routine, 3);
  greet("r1");
  settle(frame("r1", agent_.batch(Lane::routine, 0, 3)));
  AgentStore restored;
  restored.save(Lane::routine, 2);
  for (auto* store : {&restored}) {
    const auto sent = settle(frame("r2", store->hello(2)));
    EXPECT_EQ(said<RefuseMessage>(sent.at(0).frame).reason, RefuseReason::forked);
  }
  EXPECT_FALSE(sessions_.has_session(7));
}

TEST_F(HubSessionsTest, UndecodableNamesWhatWasNotUnderstood) {
  agent_.save(Lane::routine, 3);
  greet("r1");
  auto batch = agent_.batch(Lane::routine, 0, 3);
  batch.body = "?";
  const auto refuse = said<RefuseMessage>(frame("r1", batch).send.at(0).frame);
  EXPECT_EQ(refuse.reason, RefuseReason::undecodable);
  EXPECT_EQ(refuse.stream, batch.stream);
  EXPECT_EQ(refuse.from, 0u);
  EXPECT_EQ(refuse.to, 3u);
}

TEST_F(HubSessionsTest, ARevokedNodeIsToldAtHelloAndAtEachBatch) {
  agent_.save(Lane::routine, 3);
  greet("r1");
  const auto actions = frame("r1", agent_.batch(Lane::routine, 0, 3));
  hub_.revoke(7);
  const auto sent = settle(actions);
  EXPECT_EQ(said<RefuseMessage>(sent.at(0).frame).reason, RefuseReason::revoked);
  EXPECT_EQ(hub_.entries(), 0u);
  EXPECT_FALSE(sessions_.has_session(7));
  EXPECT_EQ(said<RefuseMessage>(settle(frame("r2", agent_.hello(2))).at(0).frame).reason,
            RefuseReason::revoked);
}

TEST_F(HubSessionsTest, AFullStoreAsksToWaitAndTheNextHelloBeginsFromTheStore) {
  agent_.save(Lane::routine, 4);
  greet("r1");
  const auto first = frame("r1", agent_.batch(Lane::routine, 0, 2));
  const auto second = frame("r1", agent_.batch(Lane::routine, 2, 4));
  const auto full = sessions_.not_stored(first.store.at(0));
  EXPECT_EQ(said<RefuseMessage>(full.send.at(0).frame).reason, RefuseReason::busy);
  EXPECT_GT(said<RefuseMessage>(full.send.at(0).frame).retry_after_ms, 0u);
  EXPECT_THAT(settle(second), IsEmpty());
  EXPECT_EQ(hub_.entries(), 0u) << "what followed does not extend the lane";
  EXPECT_EQ(greet("r2", 2).have.at(1).seq, 0u);
}

// Else the device would sit on a live connection whose session the hub has given to a dead one.
TEST_F(HubSessionsTest, AHelloThatWasReadLateDoesNotTakeTheSessionOfALaterOne) {
  settle(frame("r2", agent_.hello(2)));
  const auto late = settle(frame("r1", agent_.hello(1)));
  EXPECT_EQ(said<RefuseMessage>(late.at(0).frame).reason, RefuseReason::forked);
  sessions_.left("r1");
  EXPECT_TRUE(sessions_.has_session(7));
}

TEST_F(HubSessionsTest, ADeviceThatDialsAnewTakesItsOwnPlaceAndACopyOfItDoesNot) {
  auto first = agent_.hello(10);
  first.since = 5;
  settle(frame("r1", first));
  auto again = agent_.hello(30);
  again.since = 10;
  EXPECT_EQ(said<WelcomeMessage>(settle(frame("r2", again)).at(0).frame).nonce, 30u);
  EXPECT_EQ(said<RefuseMessage>(replaced_.at(0).frame).reason, RefuseReason::busy);
  auto copy = agent_.hello(20);
  copy.since = 10;
  const auto sent = settle(frame("r3", copy));
  EXPECT_EQ(said<RefuseMessage>(sent.at(0).frame).reason, RefuseReason::forked);
  EXPECT_EQ(sessions_.session_count(), 1u);
}

// It answers nothing, so the agent does not miss it.
TEST_F(HubSessionsTest, ASafeMarkThatAFullConnectionDidNotTakeIsToldAgain) {
  agent_.save(Lane::routine, 3);
  auto hello = agent_.hello(1);
  hello.holds.push_back({{StreamKind::hub_changes, Lane::routine, 0}, {}, {}});
  hello.first = agent_.batch(Lane::routine, 0, 3);
  settle(frame("r1", hello));
  hub_.store.write([&](WriteTxn& txn) {
    auto node = find_node(txn, 7).value();
    node.lane(incarnation, Lane::routine).safe = 2;
    put_node(txn, node);
  });
  const auto pump = [&] { return sessions_.pump(*hub_.store.read(), Registry::ilp(), hub_time); };
  EXPECT_THAT(pump().send, IsEmpty());
  sessions_.unsent("r1");
  const auto again = pump().send;
  ASSERT_THAT(again, SizeIs(1));
  const auto mark = said<AckMessage>(again[0].frame);
  EXPECT_TRUE(mark.marks_only);
  EXPECT_EQ(mark.safe, 2u);
  EXPECT_THAT(pump().send, IsEmpty());
}

TEST_F(HubSessionsTest, AMarkIsToldByItselfOnceAllIsSafeAndAtOnceWhenItFalls) {
  agent_.save(Lane::routine, 3);
  greet("r1");
  settle(frame("r1", agent_.batch(Lane::routine, 0, 3)));
  const auto told = [&](Seq safe, bool fell) {
    return sessions_.marks_moved({{7, incarnation, Lane::routine, safe, 3, fell}}).send;
  };
  EXPECT_THAT(told(2, false), IsEmpty()) << "it travels with the next answer";
  for (const auto& sent : {told(3, false), told(1, true)}) {
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_TRUE(said<AckMessage>(sent[0].frame).marks_only);
  }
  EXPECT_EQ(said<AckMessage>(told(1, true)[0].frame).safe, 1u);
}

}  // namespace
}  // namespace titip
