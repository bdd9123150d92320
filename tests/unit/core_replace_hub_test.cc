#include "core/replace_hub.hh"

#include "core/district_store.hh"
#include "core/trim.hh"
#include "replication_fixture.hh"

namespace titip {
namespace {

using test::AgentStore;
using test::said;
using testing::ElementsAre;
using testing::SizeIs;

// An agent that a hub had enrolled as node 7, and which knows it to be gone.
class ReplaceHub : public testing::Test {
 protected:
  ReplaceHub() {
    store_.save(Lane::routine, 5);
    store_.save(Lane::urgent, 2);
    store_.store.write([&](WriteTxn& txn) {
      Certificate certificate;
      certificate.node = 7;
      certificate.device_public_key = std::string(32, 'd');
      txn.put(Table::meta, meta::certificate, encode_certificate(certificate));
      txn.put(Table::meta, meta::signature, "s");
      txn.put(Table::meta, meta::invitation, "former");
      HubAnswer answer;
      answer.acknowledged = {store_.head(Lane::routine), store_.head(Lane::urgent)};
      answer.position = Position{0xe0, 40};
      answer.epochs = {{0xe0, 0, 1, {}}};
      answer.safe = {{Lane::routine, 4, {}}};
      answer.backed_up = {{Lane::routine, 4, {}}};
      answer.quarantined = {{Lane::routine, 3, "bad_id"}};
      answer.welcomed = 3;
      answer.at = 5;
      record_hub_answer(txn, answer);
      meta::put_held(txn, StreamKind::hub_changes, {{0xe0, 12}, {}});
    });
  }
  void replace() {
    store_.store.write([](WriteTxn& txn) { replace_hub(txn, "new"); });
  }
  std::unique_ptr<ReadTxn> read() { return store_.store.read(); }
  LinkSession session(bool enrolled) {
    LinkSession::Setup setup;
    setup.enrolled = enrolled;
    setup.device_public_key = std::string(32, 'd');
    setup.receives = {StreamKind::hub_changes};
    setup.certificate_holds = [](const EnrolledMessage&) { return true; };
    return LinkSession(std::move(setup));
  }

  AgentStore store_;
};

TEST_F(ReplaceHub, WhatOnlyTheFormerHubSaidIsForgotten) {
  EXPECT_FALSE(awaits_new_hub(*read()));
  replace();
  const auto txn = read();
  EXPECT_TRUE(awaits_new_hub(*txn));
  EXPECT_EQ(txn->get(Table::meta, meta::invitation), "new");
  for (const auto name : {meta::certificate, meta::signature, meta::last_sync}) {
    EXPECT_FALSE(txn->get(Table::meta, name)) << name;
  }
  EXPECT_EQ(txn->count(Table::quarantine), 0u);
  EXPECT_EQ(backlog_events(*txn), 7u) << "no receipt holds any more";
  EXPECT_EQ(meta::safe(*txn, Lane::routine), 0u);
  EXPECT_EQ(trim_mark(*txn, Lane::routine), 0u) << "nothing of it may be let go of";
}

TEST_F(ReplaceHub, TheJournalAndTheFormerHistoryStay) {
  const auto before = store_.head(Lane::routine);
  replace();
  const auto txn = read();
  EXPECT_EQ(journal_head(*txn, Lane::routine), before);
  EXPECT_EQ(current_incarnation(*txn), test::incarnation);
  EXPECT_EQ(meta::get_position(*txn, meta::hub_highest), (Position{0xe0, 40}));
  EXPECT_EQ(meta::held(*txn, StreamKind::hub_changes).position, (Position{0xe0, 12}));
}

TEST_F(ReplaceHub, TheEnrolmentSaysWhichNodeItWas) {
  replace();
  auto link = session(false);
  ASSERT_TRUE(link.tick(*read(), 0).dial);
  const auto actions = link.connected(*read(), {}, 0);
  ASSERT_THAT(actions.send, SizeIs(1));
  EXPECT_EQ(said<EnrolMessage>(actions.send[0]).node, 7u);
}

TEST_F(ReplaceHub, GivenOnAgainBeforeItWasEnrolledItIsStillTheSameNode) {
  replace();
  replace();
  EXPECT_EQ(meta::get_u64(*read(), meta::former_node), 7u);
  EXPECT_TRUE(awaits_new_hub(*read()));
}

TEST_F(ReplaceHub, ItsHelloBeginsAtTheBeginning) {
  replace();
  auto link = session(true);
  link.tick(*read(), 0);
  Surroundings around;
  around.fresh_nonce = 1;
  const auto hello = said<HelloMessage>(link.connected(*read(), around, 0).send.at(0));
  ASSERT_TRUE(hello.first);
  EXPECT_EQ(hello.first->from, 0u);
  EXPECT_EQ(hello.hub_highest, (Position{0xe0, 40})) << "so that the hub sees what it lacks";
}

TEST_F(ReplaceHub, OneThatLetGoOfItsBeginningSendsWhatItStillHoldsUnderANewName) {
  store_.store.write([](WriteTxn& txn) { trim_journal(txn, 100); });
  replace();
  auto link = session(true);
  link.tick(*read(), 0);
  Surroundings around;
  around.fresh_nonce = 1;
  around.fresh_incarnation = 0xb1;
  const auto hello = said<HelloMessage>(link.connected(*read(), around, 0).send.at(0));
  WelcomeMessage welcome;
  welcome.nonce = hello.nonce;
  for (const auto lane : all_lanes) {
    welcome.have.push_back({lane, 0, chain_start(test::incarnation, lane)});
  }
  const auto actions = link.frame(*read(), encode_frame(welcome), around, 1);
  EXPECT_TRUE(actions.close);
  store_.store.write([&](WriteTxn& txn) {
    for (const auto& order : actions.store) apply_link_order(txn, order);
  });
  EXPECT_EQ(current_incarnation(*read()), 0xb1u);
  EXPECT_EQ(backlog_events(*read()), 4u) << "two of each lane";
  EXPECT_EQ(parentage(*read()).parent, 0u);
}

TEST(DistrictHubs, OneThatIsForgottenIsOffTheListAndKeepsItsPart) {
  MemoryStore store;
  store.write([](WriteTxn& whole) {
    for (const HubId hub : {1, 2, 3}) add_hub(whole, hub);
    whole.put(Table::journal, hub_prefix(2), "kept");
    EXPECT_TRUE(forget_hub(whole, 2));
    EXPECT_FALSE(forget_hub(whole, 2));
  });
  EXPECT_THAT(known_hubs(*store.read()), ElementsAre(1u, 3u));
  EXPECT_TRUE(store.read()->get(Table::journal, hub_prefix(2)));
}

}  // namespace
}  // namespace titip
