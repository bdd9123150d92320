#include "core/hub_journal.hh"

#include "core/capnp_bytes.hh"
#include "core/verify.hh"
#include "event_samples.hh"
#include "replication_fixture.hh"
#include "schema/store.capnp.h"

namespace titip {
namespace {

class HubJournal : public testing::Test {
 protected:
  StreamAppend next(std::vector<std::string> events, Lane lane = Lane::routine) {
    StreamAppend append{7, test::incarnation, lane, 0, chain_start(test::incarnation, lane), {},
                        {}};
    for (const auto& state : node_.lanes) {
      if (state.have.lane != lane) continue;
      append.from = state.have.seq;
      append.before = state.have.hash;
    }
    Hash hash = append.before;
    for (auto& event : events) {
      hash = chain_next(hash, event);
      append.events.push_back({std::move(event), {}});
      append.hashes.push_back(hash);
    }
    return append;
  }
  AppendOutcome append(const StreamAppend& append) {
    AppendOutcome outcome;
    hub_.store.write([&](WriteTxn& txn) {
      outcome = append_stream(txn, append, node_, {Registry::ilp(), hub_.epoch, hub_.now, "PKM-1"});
    });
    return outcome;
  }
  bool holds_together() {
    JournalCheck journal;
    while (!journal.done) verify_hub_journal(*hub_.store.read(), journal);
    return !journal.fault;
  }
  HubEntry entry(std::uint64_t offset) {
    const auto txn = hub_.store.read();
    return decode_hub_entry(offset, txn->get(Table::journal, Key().u64(offset)).value());
  }
  RecordState record(const RecordKey& key) {
    const auto txn = hub_.store.read();
    return decode_record_state(txn->get(Table::records, Key().u16(key.type).u64(key.id)).value());
  }

  test::HubStore hub_;
  NodeState node_ = test::HubStore::node(7, 'k');
};

TEST_F(HubJournal, AnEventIsKeptAppliedAndPlaced) {
  const auto growth = samples::growth_event();
  const auto outcome = append(next({growth}));
  EXPECT_TRUE(outcome.extended);
  EXPECT_EQ(outcome.have.seq, 1u);
  EXPECT_TRUE(outcome.quarantined.empty());
  const auto kept = entry(1);
  EXPECT_EQ(kept.event, growth);
  EXPECT_EQ(kept.origin, 7u);
  EXPECT_EQ(kept.born, (EventId{test::incarnation, 1, outcome.have.hash, Lane::routine}));
  EXPECT_EQ(kept.facility, "PSY-7");
  const auto state = record({12, samples::record_id});
  EXPECT_EQ(state.as_of, (Position{hub_.epoch, 1}));
  ASSERT_EQ(state.writes.size(), 1u);
  EXPECT_EQ(state.writes[0].placements, (std::vector<Position>{{hub_.epoch, 1}}));
}

TEST_F(HubJournal, WhatDoesNotExtendTheLaneWritesNothing) {
  const auto first = next({samples::growth_event()});
  append(first);
  const auto again = append(first);
  EXPECT_FALSE(again.extended);
  EXPECT_EQ(again.have.seq, 1u) << "it says where the lane stands";
  auto elsewhere = next({samples::person_edit_event()});
  elsewhere.before.low ^= 1;
  EXPECT_FALSE(append(elsewhere).extended);
  EXPECT_EQ(hub_.entries(), 1u);
}

TEST_F(HubJournal, OneBadEventIsQuarantinedInPlaceAndNeverBlocks) {
  EventDraft system;
  system.type = &samples::type("Node");
  system.set = {{&samples::field("Node", "name"), std::string("palsu")}};
  const auto outcome = append(
      next({"\xff no event", samples::growth_event(), make_event(system, samples::stamp())}));
  EXPECT_EQ(outcome.have.seq, 3u);
  EXPECT_EQ(outcome.quarantined, (std::vector<Outcome>{{Lane::routine, 1, "undecodable"},
                                                       {Lane::routine, 3, "system_type"}}));
  EXPECT_TRUE(entry(1).quarantined);
  EXPECT_EQ(entry(1).event, "\xff no event");
  EXPECT_FALSE(entry(2).quarantined);
  EXPECT_EQ(hub_.store.read()->count(Table::quarantine), 2u);
  EXPECT_TRUE(holds_together());
}

TEST_F(HubJournal, AnEventOfAnUnknownTypeIsCarriedUntouched) {
  StoredBuilder<schema::Event> out;
  out->setRecord(5);
  out->setType(60'000);
  const auto unknown = out.canonical_bytes();
  const auto outcome = append(next({unknown}));
  EXPECT_EQ(outcome.quarantined, (std::vector<Outcome>{{Lane::routine, 1, "unknown_type"}}));
  EXPECT_EQ(entry(1).event, unknown);
}

TEST_F(HubJournal, AnEventBornInAnEarlierLifeOfTheNodeKeepsItsName) {
  node_.lanes.push_back({5, {Lane::routine, 9, {1, 2}}, 0, 0, 0, 0});
  auto moved = next({samples::growth_event()});
  moved.from = 0;
  moved.before = chain_start(test::incarnation, Lane::routine);
  moved.hashes[0] = chain_next(moved.before, moved.events[0].bytes);
  const EventId born{5, 1, {1, 2}, Lane::routine};
  moved.events[0].born = born;
  EXPECT_TRUE(append(moved).quarantined.empty());
  EXPECT_EQ(entry(1).born, born);
  EXPECT_EQ(entry(1).carried_by(), test::incarnation);
  EXPECT_EQ(entry(1).carried_hash(), moved.hashes[0]);
}

TEST_F(HubJournal, AnEventUnderAnotherNodesNameIsQuarantinedUnderItsOwn) {
  auto forged = next({samples::growth_event()});
  forged.events[0].born = EventId{5, 9, {1, 2}, Lane::routine};
  EXPECT_EQ(append(forged).quarantined, (std::vector<Outcome>{{Lane::routine, 1, "bad_id"}}));
  EXPECT_EQ(entry(1).born.incarnation, test::incarnation);
}

TEST_F(HubJournal, LanesOfOneNodeAreIndependent) {
  append(next({samples::growth_event()}));
  const auto outcome = append(next({"x"}, Lane::urgent));
  EXPECT_TRUE(outcome.extended);
  EXPECT_EQ(outcome.have.seq, 1u);
  EXPECT_EQ(hub_.entries(), 2u);
}

TEST_F(HubJournal, TheChainCoversWhatOrdersAnEvent) {
  append(next({samples::growth_event(), samples::person_edit_event()}));
  auto changed = entry(2);
  EXPECT_EQ(hub_chain_next(entry(1).hash, changed), changed.hash);
  changed.order.corrected_time += 1;
  EXPECT_NE(hub_chain_next(entry(1).hash, changed), changed.hash);
}

TEST_F(HubJournal, AFailedCommitLeavesTheJournalAsItWas) {
  append(next({samples::growth_event()}));
  const auto before = hub_.entries();
  hub_.store.set_capacity(hub_.store.usage().used_bytes);
  EXPECT_THROW(append(next({samples::person_edit_event()})), StoreFull);
  hub_.store.set_capacity(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(hub_.entries(), before);
  EXPECT_TRUE(holds_together());
}

TEST_F(HubJournal, AnEventUnderAnotherNodesNameIsQuarantined) {
  auto sent = next({samples::growth_event()});
  sent.events[0].born = EventId{test::incarnation + 1, 9, {1, 2}, Lane::routine};
  const auto outcome = append(sent);
  ASSERT_EQ(outcome.quarantined.size(), 1u);
  EXPECT_EQ(outcome.quarantined[0].reason, "bad_id");
  EXPECT_EQ(entry(1).born.incarnation, test::incarnation);
  EXPECT_TRUE(holds_together());
}

TEST_F(HubJournal, EditsThatPileUpUnseenAreQuarantinedBeyondABound) {
  // Each claims to have seen nothing, so none settles another.
  std::vector<std::string> events;
  for (std::size_t i = 0; i < limits::record_writes_max + 3; ++i) {
    EventDraft draft;
    draft.type = Registry::ilp().find("Person");
    draft.op = Op::set;
    draft.set.emplace_back(draft.type->field("sex"), std::int64_t{1});
    EventStamp stamp;
    stamp.record = 77;
    stamp.clock.wall = static_cast<TimeMs>(i);
    events.push_back(make_event(draft, stamp));
  }
  const auto outcome = append(next(events));
  EXPECT_EQ(outcome.have.seq, events.size()) << "they are kept, in place";
  ASSERT_EQ(outcome.quarantined.size(), 3u);
  EXPECT_EQ(outcome.quarantined[0].reason, "too_contested");
}

TEST_F(HubJournal, EveryOutcomeSaysWhoseFeedsHaveMoved) {
  hub_.store.write([](WriteTxn& txn) {
    auto custodian = test::HubStore::node(9, 'c');
    custodian.kind = FacilityKind::district;
    put_node(txn, custodian);
  });
  test::AgentStore agent;
  agent.save(Lane::routine, 2);
  auto hello = agent.hello(1);
  hello.first = agent.batch(Lane::routine, 0, 1);
  const auto greeted = std::get<Greeted>(hub_.perform(GreetOrder{"r", 7, hello, hub_.now}));
  EXPECT_EQ(greeted.touched, (std::vector<NodeId>{9}));
  const StreamName stream{StreamKind::agent_journal, Lane::routine, test::incarnation};
  Receiver receiver(stream, greeted.have[1]);
  const auto order = append_of(7, stream, receiver.take(agent.batch(Lane::routine, 1, 2)));
  const auto appended = std::get<Appended>(hub_.perform(AppendOrder{"r", order}));
  EXPECT_EQ(appended.count, 1u);
  EXPECT_EQ(appended.outcome.touched, (std::vector<NodeId>{9}));
}

TEST_F(HubJournal, AnIncarnationIsOneNodesForEver) {
  hub_.store.write([&](WriteTxn& txn) {
    EXPECT_TRUE(claim_incarnation(txn, 5, 7));
    EXPECT_TRUE(claim_incarnation(txn, 5, 7));
    EXPECT_FALSE(claim_incarnation(txn, 5, 8));
  });
}

}  // namespace
}  // namespace titip
