#include "core/parked.hh"

#include <array>
#include <limits>

#include "core/agent_journal.hh"
#include "core/capnp_bytes.hh"
#include "core/rehearsal.hh"
#include "core/verify.hh"
#include "event_samples.hh"
#include "replication_fixture.hh"
#include "schema/ilp.capnp.h"
#include "schema/store.capnp.h"

namespace titip {
namespace {

// The vocabulary of an earlier version.
const Registry& older() {
  static const Registry registry(
      std::array{capnp::StructSchema(capnp::Schema::from<schema::Person>()),
                 capnp::StructSchema(capnp::Schema::from<schema::GrowthMeasurement>())});
  return registry;
}

constexpr TypeNumber danger_number = 23;
constexpr RecordId danger_id = samples::record_id;

std::string danger(std::int64_t cases, Op op = Op::create, const Version& version = {},
                   RecordId id = danger_id) {
  EventDraft draft;
  draft.type = &samples::type("DangerSign");
  draft.op = op;
  draft.set = {{&samples::field("DangerSign", "onsetDate"), cases}};
  auto stamp = samples::stamp();
  stamp.record = id;
  stamp.version = version;
  return make_event(draft, stamp);
}

class Parked : public testing::Test {
 protected:
  // Appends to the urgent lane of node `id`.
  AppendOutcome append(const Registry& registry, NodeId id, std::vector<std::string> events,
                       std::optional<EventId> born = {}) {
    auto& node = id == 7 ? node_ : other_;
    const Incarnation own = test::incarnation + id;
    auto& have = node.lane(own, Lane::urgent).have;
    if (have.seq == 0) have.hash = chain_start(own, Lane::urgent);
    StreamAppend append{id, own, Lane::urgent, have.seq, have.hash, {}, {}};
    Hash hash = have.hash;
    for (auto& event : events) {
      append.hashes.push_back(hash = chain_next(hash, event));
      append.events.push_back({std::move(event), born});
    }
    AppendOutcome outcome;
    hub_.store.write([&](WriteTxn& txn) {
      outcome = append_stream(txn, append, node, context(registry));
      put_node(txn, node);
    });
    EXPECT_TRUE(outcome.extended);
    return outcome;
  }
  HubContext context(const Registry& registry) { return {registry, hub_.epoch, hub_.now, "PKM-1"}; }
  // As the opening of a hub's store does; how many were applied.
  std::uint64_t open_with(const Registry& registry) {
    hub_.now += 1000;
    if (!parked_may_apply(*hub_.store.read(), registry)) return 0;
    ParkedWork work;
    while (!work.done) {
      hub_.store.write([&](WriteTxn& txn) { apply_parked(txn, context(registry), work); });
    }
    EXPECT_FALSE(parked_may_apply(*hub_.store.read(), registry));
    return work.applied;
  }
  HubEntry entry(std::uint64_t offset) {
    const auto txn = hub_.store.read();
    return decode_hub_entry(offset, txn->get(Table::journal, Key().u64(offset)).value());
  }
  std::optional<RecordState> record(RecordId id = danger_id) {
    const auto txn = hub_.store.read();
    const auto value = txn->get(Table::records, Key().u16(danger_number).u64(id));
    if (!value) return std::nullopt;
    return decode_record_state(*value);
  }
  // The events that stand in the frontier of the field that `danger` sets, by seq.
  std::vector<Seq> standing() {
    std::vector<Seq> seqs;
    const auto state = record().value();
    for (const auto& write : state.writes) {
      if (write.live != 0) seqs.push_back(write.id.seq);
    }
    return seqs;
  }
  std::string reason_at(std::uint64_t offset) {
    const auto txn = hub_.store.read();
    const auto value = txn->get(Table::quarantine, Key().u64(offset));
    if (!value) return {};
    return std::string(view_of(StoredReader<schema::Quarantined>(*value)->getReason()));
  }
  std::vector<Outcome> outcomes(std::uint64_t after, NodeId id = 7) {
    std::vector<Outcome> told;
    for (const auto& each :
         outcomes_beyond(*hub_.store.read(), id, test::incarnation + id, after)) {
      told.push_back(each.outcome);
    }
    return told;
  }
  bool holds_together() {
    JournalCheck journal;
    while (!journal.done) verify_hub_journal(*hub_.store.read(), journal);
    return !journal.fault;
  }

  test::HubStore hub_;
  NodeState node_ = test::HubStore::node(7, 'k');
  NodeState other_ = test::HubStore::node(8, 'l');
};

TEST_F(Parked, WhoSendsAgainWhatStandsInQuarantineIsToldSo) {
  append(Registry::ilp(), 7, {std::string(8, 'x')});
  const auto first = entry(1).born;
  constexpr Incarnation next_life = 0xb0;
  const auto start = chain_start(next_life, Lane::urgent);
  StreamAppend again{7, next_life, Lane::urgent, 0, start, {{std::string(8, 'x'), first}}, {}};
  again.hashes.push_back(chain_next(start, again.events[0].bytes));
  AppendOutcome outcome;
  hub_.store.write([&](WriteTxn& txn) {
    outcome = append_stream(txn, again, node_, context(Registry::ilp()));
    put_node(txn, node_);
  });
  ASSERT_EQ(outcome.quarantined.size(), 1u);
  EXPECT_EQ(outcome.quarantined[0].reason, "undecodable");
  const auto told = outcomes_beyond(*hub_.store.read(), 7, next_life, 1);
  ASSERT_EQ(told.size(), 1u) << "the Ack may be lost: the next Welcome says it";
  EXPECT_EQ(told[0].offset, 2u);
  EXPECT_EQ(told[0].outcome.seq, 1u);
}

TEST_F(Parked, AnEntryOfItsOwnAppliesAnEventOnceItsTypeIsKnown) {
  append(older(), 7, {danger(1)});
  const auto parked = entry(1);
  EXPECT_EQ(reason_at(1), "unknown_type");
  EXPECT_FALSE(record());

  EXPECT_EQ(open_with(Registry::ilp()), 1u);
  EXPECT_EQ(hub_.entries(), 2u);
  const auto applied = entry(2);
  EXPECT_TRUE(applies_parked(applied));
  EXPECT_EQ(applied.born, parked.born);
  EXPECT_EQ(applied.origin, 7u);
  EXPECT_EQ(applied.facility, parked.facility);
  EXPECT_EQ(applied.order, parked.order) << "what orders it is frozen at first append";
  EXPECT_EQ(applied.received_at, hub_.now);
  EXPECT_EQ(stored_hub_entry(entry(1)), stored_hub_entry(parked)) << "the journal is never changed";
  EXPECT_EQ(hub_.store.read()->count(Table::quarantine), 0u);
  ASSERT_TRUE(record());
  EXPECT_EQ(record()->as_of, (Position{hub_.epoch, 2}));
  ASSERT_EQ(record()->writes.size(), 1u);
  EXPECT_EQ(record()->writes[0].id, parked.born);
  EXPECT_EQ(record()->writes[0].placements, (std::vector<Position>{{hub_.epoch, 2}}));
  EXPECT_TRUE(holds_together());
}

TEST_F(Parked, NothingHappensWhileTheTypeIsUnknownNorASecondTime) {
  append(older(), 7, {danger(1)});
  EXPECT_EQ(open_with(older()), 0u);
  EXPECT_EQ(hub_.entries(), 1u);
  EXPECT_EQ(open_with(Registry::ilp()), 1u);
  EXPECT_EQ(open_with(Registry::ilp()), 0u);
  hub_.store.write([&](WriteTxn& txn) {
    ParkedWork work;
    apply_parked(txn, context(Registry::ilp()), work);
    EXPECT_TRUE(work.done);
    EXPECT_EQ(work.applied, 0u);
  });
  EXPECT_EQ(hub_.entries(), 2u);
}

TEST_F(Parked, WhoKnewTheEventOnlyAsParkedHasNotSeenIt) {
  append(older(), 7, {danger(1)});
  open_with(Registry::ilp());
  append(Registry::ilp(), 8, {danger(2, Op::set, {{hub_.epoch, 1}, 0})});
  EXPECT_EQ(standing().size(), 2u);
}

TEST_F(Parked, WhoKnewItAsAppliedHasSeenIt) {
  append(older(), 7, {danger(1)});
  open_with(Registry::ilp());
  append(older(), 8, {"not an event"});  // so that the position of the other's write is its own
  append(Registry::ilp(), 8, {danger(2, Op::set, {{hub_.epoch, 2}, 0})});
  EXPECT_EQ(standing(), (std::vector<Seq>{2}));
}

TEST_F(Parked, EventsOfOneRecordAreAppliedInTheirOrder) {
  append(older(), 7, {danger(1), danger(2, Op::set, {{}, 1}), danger(3, Op::set, {{}, 2})});
  EXPECT_EQ(open_with(Registry::ilp()), 3u);
  EXPECT_EQ(standing(), (std::vector<Seq>{3}));
  EXPECT_EQ(record()->as_of.offset, 6u);
}

TEST_F(Parked, WhatIsStillNotForTheHubToApplyStaysWithItsReason) {
  EventDraft system;
  system.type = &samples::type("Node");
  system.set = {{&samples::field("Node", "name"), std::string("palsu")}};
  append(older(), 7, {make_event(system, samples::stamp()), danger(1)});
  EXPECT_EQ(reason_at(1), "unknown_type");
  EXPECT_EQ(open_with(Registry::ilp()), 1u);
  EXPECT_EQ(reason_at(1), "system_type");
  EXPECT_EQ(reason_at(2), "");
  EXPECT_EQ(hub_.entries(), 3u);
}

TEST_F(Parked, AnotherNodesEventIsNotAppliedOnceItsTypeIsKnown) {
  append(older(), 7, {danger(1)}, EventId{5, 9, {1, 2}, Lane::urgent});
  EXPECT_EQ(reason_at(1), "bad_id");
  EXPECT_EQ(open_with(Registry::ilp()), 0u);
  EXPECT_FALSE(record());
}

TEST_F(Parked, NoBytesAtAllAreNoEntryThatApplies) {
  append(older(), 7, {""});
  EXPECT_EQ(reason_at(1), "undecodable");
  EXPECT_FALSE(applies_parked(entry(1)));
  open_with(Registry::ilp());
  EXPECT_EQ(reason_at(1), "undecodable");
}

TEST_F(Parked, ItsAuthorIsToldThatItWasAppliedAfterAll) {
  append(older(), 7, {"not an event", danger(1)});
  append(older(), 8, {danger(2, Op::create, {}, danger_id + 1)});
  const Outcome bad{Lane::urgent, 1, "undecodable"};
  EXPECT_EQ(outcomes(0), (std::vector<Outcome>{bad, {Lane::urgent, 2, "unknown_type"}}));
  open_with(Registry::ilp());
  EXPECT_EQ(outcomes(0), (std::vector<Outcome>{bad, {Lane::urgent, 2, ""}}));
  EXPECT_EQ(outcomes(3), (std::vector<Outcome>{{Lane::urgent, 2, ""}}));
  EXPECT_EQ(outcomes(3, 8), (std::vector<Outcome>{{Lane::urgent, 1, ""}}));
  EXPECT_TRUE(outcomes(5).empty());
  EXPECT_TRUE(outcomes_beyond(*hub_.store.read(), 7, test::incarnation + 99, 0).empty());
}

TEST_F(Parked, ManyAreAppliedInSeveralCommitsAndToldInSeveralAnswers) {
  constexpr std::size_t count = limits::parked_per_commit_max + 2;
  std::vector<std::string> events;
  for (RecordId id = 1; id <= count; ++id) events.push_back(danger(1, Op::create, {}, id));
  append(older(), 7, std::move(events));
  EXPECT_EQ(open_with(Registry::ilp()), count);
  EXPECT_EQ(hub_.entries(), 2 * count);
  const auto told = outcomes(0);
  ASSERT_EQ(told.size(), limits::outcomes_per_frame_max);
  EXPECT_EQ(told.back().seq, limits::outcomes_per_frame_max);
  EXPECT_EQ(outcomes(2 * count - 1), (std::vector<Outcome>{{Lane::urgent, count, ""}}));

  // Each opening that finds some makes a run of its own.
  append(older(), 7, {danger(1, Op::create, {}, count + 1)});
  open_with(older());
  EXPECT_EQ(open_with(Registry::ilp()), 1u);
  EXPECT_EQ(outcomes(2 * count - 1),
            (std::vector<Outcome>{{Lane::urgent, count, ""}, {Lane::urgent, count + 1, ""}}));
  EXPECT_TRUE(holds_together());
}

TEST_F(Parked, AFullStoreLeavesThemParked) {
  append(older(), 7, {danger(1)});
  hub_.store.set_capacity(hub_.store.usage().used_bytes);
  EXPECT_THROW(open_with(Registry::ilp()), StoreFull);
  hub_.store.set_capacity(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(reason_at(1), "unknown_type");
  EXPECT_EQ(open_with(Registry::ilp()), 1u);
}

TEST_F(Parked, AnAgentNoLongerCountsWhatWasAppliedAfterAll) {
  test::AgentStore agent;
  agent.save(Lane::urgent, 2);
  const auto hear = [&](std::vector<Outcome> told) {
    HubAnswer answer;
    answer.quarantined = std::move(told);
    agent.store.write([&](WriteTxn& txn) { record_hub_answer(txn, answer); });
    return agent.store.read()->count(Table::quarantine);
  };
  EXPECT_EQ(hear({{Lane::urgent, 1, "unknown_type"}, {Lane::urgent, 2, "undecodable"}}), 2u);
  EXPECT_EQ(hear({{Lane::urgent, 1, ""}}), 1u);
  EXPECT_EQ(hear({{Lane::urgent, 1, ""}}), 1u);
}

TEST_F(Parked, WhatWasAppliedLateIsRehearsedAsItWasApplied) {
  append(older(), 7, {danger(100)});
  ASSERT_EQ(open_with(Registry::ilp()), 1u);
  append(Registry::ilp(), 8, {danger(200, Op::set)});
  for (const auto& [policy, differing] : {std::pair{"later", 0u}, std::pair{"review", 1u}}) {
    const auto trials =
        parse_policy_trials({std::string("DangerSign.onsetDate=") + policy}, Registry::ilp());
    Rehearsal rehearsal(Registry::ilp(), trials.value(), {});
    while (!rehearsal.done()) rehearsal.step(*hub_.store.read());
    EXPECT_EQ(rehearsal.counts().records, 1u);
    EXPECT_EQ(rehearsal.counts().by_later_knowledge, 0u);
    EXPECT_EQ(rehearsal.counts().differing, differing) << policy;
  }
}

}  // namespace
}  // namespace titip
