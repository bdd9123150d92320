// The session of a node that only receives: a district over its part of the store.

#include "core/district_store.hh"
#include "core/meta.hh"
#include "link_session_fixture.hh"

namespace titip {
namespace {

using test::LinkSessionTest;
using test::said;

class ReceivingSession : public LinkSessionTest {
 protected:
  static constexpr std::uint64_t epoch = 5;

  static LinkSession::Setup receiving() {
    auto district = setup(true);
    district.sends = {};
    district.receives = {StreamKind::hub_journal, StreamKind::hub_changes};
    return district;
  }
  ReceivingSession() { session_ = LinkSession(receiving()); }

  // The hub's answer to a Hello; it sends its journal from where `held` is, or not at all.
  WelcomeMessage answer(const std::optional<Position>& held) {
    WelcomeMessage welcome;
    welcome.nonce = nonce;
    welcome.position = {epoch, 6};
    if (held) {
      welcome.sends.push_back({{StreamKind::hub_journal, Lane::routine, epoch}, *held, {}});
    }
    return welcome;
  }
  // Something of the hub's journal is here, which an agent's reader would take for its own.
  void keep_entries() {
    store_.store.write([](WriteTxn& txn) {
      Received received;
      received.kind = StreamKind::hub_journal;
      received.items = {{"first", {}}, {"second", {}}};
      received.hashes = {{1, 1}, {2, 2}};
      received.held = {{epoch, 2}, {2, 2}};
      keep_journal(txn, received);
      meta::put_held(txn, received.kind, received.held);
    });
  }
};

TEST_F(ReceivingSession, TheHubsEventsAreNoBacklogOfItsOwn) {
  keep_entries();
  const auto hello = said<HelloMessage>(dial_and_connect().send.at(0));
  EXPECT_EQ(hello.status.backlog_events, 0u);
  EXPECT_EQ(hello.status.oldest_unsent_seconds, 0u);
  EXPECT_TRUE(hello.heads.empty());
  ASSERT_EQ(hello.holds.size(), 2u);
  EXPECT_EQ(hello.holds[0].position, (Position{epoch, 2}));
}

TEST_F(ReceivingSession, WhatIsSaidOfLanesThatItHasNotIsNotKept) {
  keep_entries();
  dial_and_connect();
  auto welcome = answer(Position{epoch, 2});
  welcome.safe = {{Lane::routine, 1, {}}};
  welcome.outcomes = {{Lane::routine, 1, "undecodable"}};
  store(frame(welcome));
  EXPECT_EQ(meta::safe(*read(), Lane::routine), 0u);
  EXPECT_EQ(read()->count(Table::quarantine), 0u);
}

TEST_F(ReceivingSession, WhetherTheHubSendsItsJournalIsKeptWithItsAnswer) {
  dial_and_connect();
  EXPECT_FALSE(meta::get_u64(*read(), meta::sends_journal));
  store(frame(answer(std::nullopt)));
  EXPECT_EQ(meta::get_u64(*read(), meta::sends_journal), 0u);
  session_ = LinkSession(receiving());
  dial_and_connect();
  store(frame(answer(Position{})));
  EXPECT_EQ(meta::get_u64(*read(), meta::sends_journal), 1u);
}

TEST_F(ReceivingSession, AHubThatIsAwayForAMomentIsDialledSoonSinceItMayHaveSomething) {
  EXPECT_TRUE(session_.tick(*read(), 0).dial);
  for (TimeMs now = 0; now < 60'000; now += 2'000) {
    const auto ended = session_.ended(*read(), LinkEnd::unanswered, now);
    EXPECT_EQ(ended.wake, now + limits::redial_ms);
    EXPECT_TRUE(session_.tick(*read(), ended.wake).dial);
  }
}

TEST_F(ReceivingSession, AFullDeviceAsksForNothing) {
  session_.tick(*read(), 0);
  auto full = around();
  full.room = false;
  const auto actions = session_.connected(*read(), full, 0);
  EXPECT_TRUE(said<HelloMessage>(actions.send.at(0)).holds.empty());
  EXPECT_TRUE(noticed(actions, Kind::no_room));
}

TEST_F(ReceivingSession, ADeviceThatBecomesFullTakesNoMoreAndAsksAgainInAnHour) {
  keep_entries();
  dial_and_connect();
  store(frame(answer(Position{epoch, 2})));
  BatchMessage batch;
  batch.stream = {StreamKind::hub_journal, Lane::routine, epoch};
  batch.from = 2;
  batch.to = 3;
  batch.body = encode_batch(std::vector<BatchEvent>{{"third", {}}}, Effort::fast);
  auto full = around();
  full.room = false;
  const auto actions = session_.frame(*read(), encode_frame(batch), full, 20);
  EXPECT_TRUE(actions.store.empty());
  EXPECT_TRUE(actions.send.empty()) << "nothing is acknowledged";
  EXPECT_EQ(session_.state(), State::online) << "what is held here still goes out";
  constexpr TimeMs hour = 3'600'000;
  EXPECT_LE(session_.tick(*read(), 30).wake, 20 + hour);
  EXPECT_FALSE(session_.tick(*read(), hour).close);
  EXPECT_TRUE(session_.tick(*read(), 20 + hour).close);
}

TEST_F(ReceivingSession, WhatFollowsAPartThatWasNotStoredIsNotKept) {
  keep_entries();
  const auto txn = read();
  Received received;
  received.kind = StreamKind::hub_journal;
  received.from = 2;
  EXPECT_TRUE(follows_held(*txn, received));
  received.from = 3;
  EXPECT_FALSE(follows_held(*txn, received)) << "the third entry could not be stored";
  received.from = 1;
  EXPECT_FALSE(follows_held(*txn, received));
  received.kind = StreamKind::hub_changes;
  EXPECT_FALSE(follows_held(*txn, received)) << "of changes nothing is held";
  received.from = 0;
  EXPECT_TRUE(follows_held(*txn, received));
}

TEST_F(ReceivingSession, AFeedGoesOnFromWhereAHubThatWasTakenBackSays) {
  store_.store.write([](WriteTxn& txn) {
    meta::put_held(txn, StreamKind::hub_changes, {{epoch, 9}, {}});
  });
  dial_and_connect();
  WelcomeMessage welcome = answer({});
  welcome.sends.push_back({{StreamKind::hub_changes, Lane::routine, 6}, {6, 4}, {}});
  frame(welcome);
  BatchMessage batch;
  batch.stream = {StreamKind::hub_changes, Lane::routine, 6};
  batch.from = 4;
  batch.to = 12;
  batch.body = encode_batch(std::vector<BatchEvent>{{"older", {}}}, Effort::fast);
  const auto actions = frame(batch);
  ASSERT_EQ(actions.store.size(), 1u);
  EXPECT_EQ(actions.store[0].received->from, 4u);
  EXPECT_EQ(actions.store[0].received->held.position, (Position{6, 12}));
}

}  // namespace
}  // namespace titip
