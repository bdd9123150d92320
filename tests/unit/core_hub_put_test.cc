#include "core/hub_put.hh"

#include "core/verify.hh"
#include "event_samples.hh"
#include "replication_fixture.hh"

namespace titip {
namespace {

constexpr TimeMs hour = 3'600'000;

// A hub whose own people record, and an agent whose events it receives.
class HubPut : public testing::Test {
 protected:
  Result<Saved> put(const EventDraft& draft) {
    std::optional<Result<Saved>> saved;
    hub_.store.write([&](WriteTxn& txn) {
      const IntakeContext context{Registry::ilp(),         hub_.ids, {hub_.now, 7, 8}, 540,
                                  FacilityKind::puskesmas, 0,        "PKM-1"};
      saved = save_hub_draft(txn, draft, context, hub_.epoch);
    });
    return *saved;
  }
  std::string refused(const EventDraft& draft) {
    const auto before = hub_.entries();
    const auto saved = put(draft);
    EXPECT_EQ(hub_.entries(), before) << "a refusal has written nothing";
    return saved.ok() ? "accepted" : std::string(code_name(saved.refusal().code));
  }
  // Everything the agent has saved, with the hub.
  void sync() {
    const auto txn = agent_.store.read();
    const LaneSource lane(*txn, Lane::routine);
    auto& have = node_.lane(test::incarnation, Lane::routine).have;
    StreamAppend append{7, test::incarnation, Lane::routine, have.seq, *lane.hash_at(have.seq), {},
                        {}};
    for (Seq seq = have.seq + 1; seq <= lane.head().seq; ++seq) {
      const auto entry = journal_entry(*txn, Lane::routine, seq).value();
      append.events.push_back({entry.event, {}});
      append.hashes.push_back(entry.hash);
    }
    hub_.store.write([&](WriteTxn& write) {
      const HubContext context{Registry::ilp(), hub_.epoch, hub_.now, "PKM-1"};
      const auto outcome = append_stream(write, append, node_, context);
      EXPECT_TRUE(outcome.extended && outcome.quarantined.empty());
    });
  }
  HubEntry entry(std::uint64_t offset) {
    return decode_hub_entry(offset,
                            hub_.store.read()->get(Table::journal, Key().u64(offset)).value());
  }
  EventReader event(std::uint64_t offset) { return samples::opened(entry(offset).event); }
  RecordState record(const RecordKey& key) {
    const auto txn = hub_.store.read();
    return decode_record_state(txn->get(Table::records, Key().u16(key.type).u64(key.id)).value());
  }
  ShownField sex_of(const RecordState& state) {
    return shown_field(state, samples::field("Person", "sex")).value();
  }

  static EventDraft person(std::string ref = {}) {
    EventDraft draft;
    draft.type = &samples::type("Person");
    draft.ref = std::move(ref);
    draft.set = {{&samples::field("Person", "name"), std::string("Contoh")},
                 {&samples::field("Person", "sex"), std::int64_t{1}}};
    return draft;
  }
  static EventDraft about(Op op, RecordId id, std::optional<Version> version = {}) {
    EventDraft draft;
    draft.type = &samples::type("Person");
    draft.op = op;
    draft.record.id = id;
    draft.version = version;
    return draft;
  }
  static EventDraft sex(RecordId id, std::int64_t value, std::optional<Version> version = {}) {
    auto draft = about(Op::set, id, version);
    draft.set = {{&samples::field("Person", "sex"), value}};
    return draft;
  }
  static EventDraft visit(RecordReference of) {
    EventDraft draft;
    draft.type = &samples::type("GrowthMeasurement");
    draft.set = {{&samples::field("GrowthMeasurement", "person"), std::move(of)}};
    return draft;
  }

  test::HubStore hub_;
  test::AgentStore agent_;
  NodeState node_ = test::HubStore::node(7, 'k');
};

TEST_F(HubPut, AnEventOfTheHubsOwnStandsInItsJournalUnderItsOwnName) {
  const auto saved = put(person("a")).value();
  EXPECT_EQ(saved.seq, 1u);
  const auto kept = entry(1);
  EXPECT_EQ(kept.origin, 0u);
  EXPECT_EQ(kept.facility, "PKM-1");
  EXPECT_FALSE(kept.quarantined);
  EXPECT_EQ(kept.born.incarnation, hub_.epoch);
  EXPECT_EQ(kept.born.seq, 1u);
  EXPECT_NE(kept.born.hash, Hash{});
  const auto state = record(saved.record);
  EXPECT_EQ(state.as_of, (Position{hub_.epoch, 1}));
  ASSERT_EQ(state.writes.size(), 1u);
  EXPECT_EQ(state.writes[0].placements, (std::vector<Position>{{hub_.epoch, 1}}));
  EXPECT_EQ(state.writes[0].id, kept.born);
  JournalCheck journal;
  while (!journal.done) verify_hub_journal(*hub_.store.read(), journal);
  EXPECT_FALSE(journal.fault);
}

TEST_F(HubPut, ARetryOfARefWritesNothingAndAnswersTheSame) {
  const auto first = put(person("a")).value();
  put(person("b")).value();
  hub_.now += hour;
  const auto again = put(person("a")).value();
  EXPECT_TRUE(again.again);
  EXPECT_EQ(again.record, first.record);
  EXPECT_EQ(again.seq, first.seq);
  EXPECT_EQ(hub_.entries(), 2u);
}

TEST_F(HubPut, ARefWithOtherContentIsRefused) {
  EXPECT_TRUE(put(person("a")).ok());
  auto other = person("a");
  other.set[1].second = std::int64_t{2};
  EXPECT_EQ(refused(other), "ref_reused");
}

TEST_F(HubPut, AnUnknownRefOrOneOfAnotherTypeIsRefused) {
  EXPECT_EQ(refused(visit({0, "nobody"})), "unknown_ref");
  const auto child = put(person("anak")).value();
  EXPECT_EQ(put(visit({0, "anak"})).value().not_held, 0u);
  auto grown = visit({child.record.id, {}});
  grown.ref = "timbang";
  EXPECT_TRUE(put(grown).ok());
  EXPECT_EQ(refused(visit({0, "timbang"})), "wrong_ref_type");
}

TEST_F(HubPut, AnIdThatIsNotHeldHereIsAcceptedAndFlagged) {
  EXPECT_EQ(put(visit({77, {}})).value().not_held,
            samples::field("GrowthMeasurement", "person").bit());
  EXPECT_TRUE(put(sex(77, 1)).value().record_not_held);
}

TEST_F(HubPut, ARefIsTheHubsOwnAndNotAnAgents) {
  ASSERT_TRUE(agent_.save(person("ibu")).ok());
  sync();
  EXPECT_EQ(refused(visit({0, "ibu"})), "unknown_ref");
  EXPECT_FALSE(put(person("ibu")).value().again);
}

TEST_F(HubPut, ASetOfARetractedRecordIsRefused) {
  const auto id = put(person()).value().record.id;
  EXPECT_TRUE(put(about(Op::retract, id)).ok());
  EXPECT_EQ(refused(sex(id, 2)), "record_retracted");
}

TEST_F(HubPut, AnythingButAResolveOfATooContestedRecordIsRefused) {
  const auto id = put(person()).value().record.id;
  const Version first{{hub_.epoch, 1}, 0};
  for (std::size_t writes = 1; writes < limits::record_writes_max; ++writes) {
    ASSERT_TRUE(put(sex(id, 2, first)).ok());
  }
  EXPECT_EQ(refused(sex(id, 2)), "too_contested");
  EXPECT_EQ(refused(about(Op::retract, id)), "too_contested");
  auto settle = about(Op::resolve, id);
  settle.set = {{&samples::field("Person", "sex"), std::int64_t{1}}};
  settle.settles = {entry(2).born};
  EXPECT_TRUE(put(settle).ok());
}

TEST_F(HubPut, WhatTheJournalCannotApplyIsRefusedAndNotKept) {
  const auto id = put(person()).value().record.id;
  for (std::size_t writes = 1; writes < limits::record_writes_max; ++writes) {
    ASSERT_TRUE(put(sex(id, 2, Version{{hub_.epoch, 1}, 0})).ok());
  }
  EventStamp stamp;
  stamp.record = id;
  const auto before = record({samples::type("Person").number, id});
  hub_.store.write([&](WriteTxn& txn) {
    const auto place = append_recorded(txn, make_event(sex(id, 1), stamp),
                                       {Registry::ilp(), hub_.epoch, hub_.now, "PKM-1"});
    ASSERT_FALSE(place.ok());
    EXPECT_EQ(place.refusal().code, Code::too_contested);
  });
  EXPECT_EQ(hub_.entries(), limits::record_writes_max);
  EXPECT_EQ(hub_.store.read()->count(Table::quarantine), 0u);
  EXPECT_EQ(record({samples::type("Person").number, id}), before);
}

TEST_F(HubPut, ASetHasSeenAllThatTheHubHoldsOfTheRecord) {
  const auto id = agent_.save(person()).value().record.id;
  sync();
  const auto saved = put(sex(id, 2)).value();
  EXPECT_FALSE(saved.record_not_held);
  EXPECT_EQ(event(2).get().getBasisEpoch(), hub_.epoch);
  EXPECT_EQ(event(2).get().getBasisOffset(), 1u);
  EXPECT_EQ(event(2).get().getSeen(), 0u);
  const auto state = record(saved.record);
  EXPECT_EQ(sex_of(state).from->origin, 0u);
  EXPECT_FALSE(sex_of(state).contested);
  EXPECT_FALSE(state.under_review);
}

TEST_F(HubPut, ASetInALaterEpochHasSeenTheFormerOnes) {
  const auto id = put(person()).value().record.id;
  ++hub_.epoch;
  const auto saved = put(sex(id, 2)).value();
  EXPECT_EQ(entry(2).born.incarnation, hub_.epoch);
  EXPECT_FALSE(sex_of(record(saved.record)).contested);
}

TEST_F(HubPut, ASetByAnOlderVersionIsConcurrentWithWhatCameSince) {
  const auto id = agent_.save(person()).value().record.id;
  sync();
  const Version shown{{hub_.epoch, 1}, 0};
  ASSERT_TRUE(agent_.save(sex(id, 2)).ok());
  sync();
  const auto saved = put(sex(id, 1, shown)).value();
  EXPECT_EQ(event(3).get().getBasisOffset(), 1u);
  const auto state = record(saved.record);
  EXPECT_TRUE(sex_of(state).contested);
  EXPECT_TRUE(state.under_review);
}

TEST_F(HubPut, TwoSetsByOneVersionAreConcurrentAlthoughBothAreTheHubs) {
  const auto id = put(person()).value().record.id;
  // As an agent's page would give it: how far its own stream went says nothing of the hub's.
  const Version shown{{hub_.epoch, 1}, 99};
  ASSERT_TRUE(put(sex(id, 2, shown)).ok());
  const auto saved = put(sex(id, 1, shown)).value();
  EXPECT_EQ(event(3).get().getSeen(), 0u);
  EXPECT_TRUE(sex_of(record(saved.record)).contested);
}

TEST_F(HubPut, AnAgentThatHasSeenTheHubsEventSupersedesIt) {
  const auto saved = put(person()).value();
  ASSERT_TRUE(agent_.save(sex(saved.record.id, 2, Version{{hub_.epoch, 1}, 0})).ok());
  sync();
  const auto state = record(saved.record);
  EXPECT_EQ(sex_of(state).from->origin, 7u);
  EXPECT_FALSE(sex_of(state).contested);
}

TEST_F(HubPut, AResolveSettlesWhatItNames) {
  const auto id = agent_.save(person()).value().record.id;
  sync();
  ASSERT_TRUE(agent_.save(sex(id, 2)).ok());
  sync();
  const auto saved = put(sex(id, 1, Version{{hub_.epoch, 1}, 0})).value();
  ASSERT_TRUE(record(saved.record).under_review);
  auto settle = about(Op::resolve, id);
  settle.set = {{&samples::field("Person", "sex"), std::int64_t{2}}};
  settle.settles = {entry(2).born, entry(3).born};
  ASSERT_TRUE(put(settle).ok());
  const auto state = record(saved.record);
  EXPECT_FALSE(state.under_review);
  EXPECT_EQ(sex_of(state).from->id, entry(4).born);
}

TEST_F(HubPut, TheHubsClockIsRightButNothingWasMadeAfterNow) {
  auto now = person();
  auto earlier = person();
  auto later = person();
  earlier.at = hub_.now - 5 * hour;
  later.at = hub_.now + hour;
  for (const auto& draft : {now, earlier, later}) ASSERT_TRUE(put(draft).ok());
  constexpr std::uint8_t rank = 3;
  EXPECT_EQ(entry(1).order, (OrderingFacts{hub_.now, Confidence::anchored, rank}));
  EXPECT_EQ(entry(2).order, (OrderingFacts{hub_.now - 5 * hour, Confidence::anchored, rank}));
  EXPECT_EQ(entry(3).order, (OrderingFacts{hub_.now, Confidence::clamped, rank}));
  EXPECT_EQ(event(3).get().getAt(), hub_.now + hour) << "kept as it was written";
  EXPECT_EQ(event(1).get().getZoneMinutes(), 540);
}

TEST_F(HubPut, AFullStoreRefusesWithoutATrace) {
  ASSERT_TRUE(put(person("a")).ok());
  hub_.store.set_capacity(hub_.store.usage().used_bytes);
  EXPECT_THROW(put(person("b")).ok(), StoreFull);
  hub_.store.set_capacity(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(hub_.entries(), 1u);
  EXPECT_FALSE(put(person("b")).value().again);
}

}  // namespace
}  // namespace titip
