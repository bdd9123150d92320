#include "core/verify.hh"

#include "core/capnp_bytes.hh"
#include "replication_fixture.hh"
#include "schema/store.capnp.h"

namespace titip {
namespace {

class VerifyHubJournal : public testing::Test {
 protected:
  VerifyHubJournal() {
    agent_.save(Lane::routine, 5);
    auto hello = agent_.hello(1);
    hello.first = agent_.batch(Lane::routine, 0, 5);
    hub_.perform(GreetOrder{"r", 7, hello, hub_.now});
  }
  JournalCheck verify() {
    JournalCheck journal;
    while (!journal.done) verify_hub_journal(*hub_.store.read(), journal);
    return journal;
  }

  test::AgentStore agent_;
  test::HubStore hub_;
};

TEST_F(VerifyHubJournal, ASoundOneHasNoFault) {
  EXPECT_FALSE(verify().fault);
  EXPECT_EQ(verify().entries, 5u);
}

TEST_F(VerifyHubJournal, AnEmptyOneIsSound) {
  JournalCheck journal;
  verify_hub_journal(*test::HubStore().store.read(), journal);
  EXPECT_TRUE(journal.done);
  EXPECT_FALSE(journal.fault);
}

TEST_F(VerifyHubJournal, AMissingEntryIsNamed) {
  hub_.store.write([](WriteTxn& txn) { txn.erase(Table::journal, Key().u64(3)); });
  EXPECT_EQ(verify().fault, "the journal has a gap after offset 2");
}

TEST_F(VerifyHubJournal, AChangedEntryIsNamed) {
  hub_.store.write([](WriteTxn& txn) {
    const auto fourth = std::string(txn.get(Table::journal, Key().u64(4)).value());
    StoredBuilder<schema::HubEntry> out;
    const StoredReader<schema::HubEntry> in(fourth);
    out.get().setEvent(in->getEvent());
    out.get().setBorn(in->getBorn());
    out.get().setOrigin(in->getOrigin() + 1);
    out.get().setHashLow(in->getHashLow());
    out.get().setHashHigh(in->getHashHigh());
    txn.put(Table::journal, Key().u64(4), out.bytes());
  });
  EXPECT_EQ(verify().fault, "the chain breaks at offset 4");
  EXPECT_EQ(verify().entries, 3u);
}

TEST_F(VerifyHubJournal, ALongOneIsReadInParts) {
  constexpr int count = 20'003;
  test::AgentStore agent;
  agent.store.write([&](WriteTxn& txn) {
    for (int i = 0; i < count; ++i) put_opaque(txn, Lane::urgent, "x");
  });
  for (Seq from = 0; from < count; from += limits::batch_events_max) {
    auto hello = agent.hello(2);
    hello.incarnation = test::incarnation;
    hello.heads.resize(1);  // the other lane is the first agent's
    hello.first =
        agent.batch(Lane::urgent, from, std::min<Seq>(count, from + limits::batch_events_max));
    hub_.perform(GreetOrder{"r", 7, hello, hub_.now});
  }
  JournalCheck journal;
  int parts = 0;
  for (; !journal.done; ++parts) verify_hub_journal(*hub_.store.read(), journal);
  EXPECT_GT(parts, 1);
  EXPECT_FALSE(journal.fault);
  EXPECT_EQ(journal.entries, 5u + count);
}

}  // namespace
}  // namespace titip
