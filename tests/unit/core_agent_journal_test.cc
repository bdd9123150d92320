#include "core/agent_journal.hh"
#include "core/chain.hh"
#include "core/lineage.hh"
#include "core/trim.hh"

#include "core/meta.hh"
#include "event_samples.hh"
#include "replication_fixture.hh"

namespace titip {
namespace {

class AgentJournal : public testing::Test {
 protected:
  EventDraft stock(std::int64_t quantity, std::string ref = {}) {
    EventDraft draft;
    draft.type = &samples::type("StockMovement");
    draft.ref = std::move(ref);
    draft.set = {{&samples::field("StockMovement", "quantity"), quantity}};
    return draft;
  }
  EventDraft person(std::string ref) {
    EventDraft draft;
    draft.type = &samples::type("Person");
    draft.ref = std::move(ref);
    draft.set = {{&samples::field("Person", "name"), std::string("Contoh")}};
    return draft;
  }
  EventDraft about(Op op, RecordId id) {
    EventDraft draft = stock(1);
    draft.op = op;
    draft.record.id = id;
    if (op != Op::set) draft.set.clear();
    return draft;
  }
  std::string refused(const EventDraft& draft) {
    const auto before = store_.head(draft.type->lane);
    const auto saved = store_.save(draft);
    EXPECT_EQ(store_.head(draft.type->lane), before) << "a refusal has written nothing";
    return saved.ok() ? "accepted" : std::string(code_name(saved.refusal().code));
  }
  EventReader event(Lane lane, Seq seq) {
    return samples::opened(journal_entry(*store_.store.read(), lane, seq).value().event);
  }

  test::AgentStore store_;
};

TEST_F(AgentJournal, EachLaneCountsFromOneAndChainsFromItsOwnStart) {
  store_.save(Lane::routine, 3);
  store_.save(Lane::urgent, 2);
  const auto txn = store_.store.read();
  for (const auto lane : all_lanes) {
    const LaneSource source(*txn, lane);
    Hash hash = chain_start(test::incarnation, lane);
    EXPECT_EQ(source.hash_at(0), hash);
    for (Seq seq = 1; seq <= source.head().seq; ++seq) {
      hash = chain_next(hash, journal_entry(*txn, lane, seq).value().event);
      EXPECT_EQ(source.hash_at(seq), hash);
    }
    EXPECT_EQ(source.head().hash, hash);
    EXPECT_FALSE(source.hash_at(source.head().seq + 1));
  }
  EXPECT_EQ(store_.head(Lane::routine).seq, 3u);
  EXPECT_EQ(store_.head(Lane::urgent).seq, 2u);
}

TEST_F(AgentJournal, ALaneIsReadWithinItsBoundsAndNeverIntoTheOther) {
  store_.save(Lane::routine, 5);
  store_.save(Lane::urgent, 5);
  const auto txn = store_.store.read();
  const LaneSource source(*txn, Lane::routine);
  EXPECT_EQ(source.read(0, 100, limits::mib).items.size(), 5u);
  EXPECT_EQ(source.read(3, 100, limits::mib).items.size(), 2u);
  EXPECT_EQ(source.read(0, 2, limits::mib).items.size(), 2u);
  EXPECT_EQ(source.read(0, 100, 1).items.size(), 1u) << "at least one, whatever its size";
  EXPECT_EQ(source.read(5, 100, limits::mib).to, 5u);
}

TEST_F(AgentJournal, ItAgreesOnlyWithItsOwnPositions) {
  store_.save(Lane::routine, 3);
  const auto txn = store_.store.read();
  const LaneSource source(*txn, Lane::routine);
  EXPECT_TRUE(journal_agrees(*txn, {Lane::routine, 0, *source.hash_at(0)}));
  EXPECT_TRUE(journal_agrees(*txn, {Lane::routine, 2, *source.hash_at(2)}));
  EXPECT_FALSE(journal_agrees(*txn, {Lane::routine, 2, *source.hash_at(3)}));
  EXPECT_FALSE(journal_agrees(*txn, {Lane::routine, 4, *source.hash_at(3)}));
}

TEST_F(AgentJournal, ARetryOfARefWritesNothingAndAnswersTheSame) {
  const auto first = store_.save(stock(5, "a")).value();
  const auto again = store_.save(stock(5, "a")).value();
  EXPECT_TRUE(again.again);
  EXPECT_EQ(again.record, first.record);
  EXPECT_EQ(again.seq, first.seq);
  EXPECT_EQ(store_.head(Lane::routine).seq, 1u);
}

TEST_F(AgentJournal, ARefWithOtherContentIsRefused) {
  EXPECT_TRUE(store_.save(stock(5, "a")).ok());
  EXPECT_EQ(refused(stock(6, "a")), "ref_reused");
}

TEST_F(AgentJournal, AReferenceMeansTheRecordOfAnEarlierRef) {
  const auto mother = store_.save(person("ibu")).value();
  EventDraft visit;
  visit.type = &samples::type("GrowthMeasurement");
  const auto& field = samples::field("GrowthMeasurement", "person");
  visit.set = {{&field, RecordReference{0, "ibu"}}};
  const auto saved = store_.save(visit).value();
  EXPECT_EQ(saved.not_held, 0u);
  EXPECT_EQ(std::get<RecordReference>(read_field(field, event(Lane::routine, 2).payload())).id,
            mother.record.id);
}

TEST_F(AgentJournal, AnUnknownRefOrOneOfAnotherTypeIsRefused) {
  EXPECT_TRUE(store_.save(stock(1, "barang")).ok());
  EventDraft visit;
  visit.type = &samples::type("GrowthMeasurement");
  visit.set = {{&samples::field("GrowthMeasurement", "person"), RecordReference{0, "nobody"}}};
  EXPECT_EQ(refused(visit), "unknown_ref");
  visit.set[0].second = RecordReference{0, "barang"};
  EXPECT_EQ(refused(visit), "wrong_ref_type");
}

TEST_F(AgentJournal, AnIdThatIsNotHeldHereIsAcceptedAndFlagged) {
  EventDraft visit;
  visit.type = &samples::type("GrowthMeasurement");
  const auto& field = samples::field("GrowthMeasurement", "person");
  visit.set = {{&field, RecordReference{77, {}}}};
  EXPECT_EQ(store_.save(visit).value().not_held, field.bit());
  EXPECT_TRUE(store_.save(about(Op::set, 77)).value().record_not_held);
}

TEST_F(AgentJournal, ARecordIsMadeOnce) {
  const auto saved = store_.save(stock(1)).value();
  EventDraft again = stock(2);
  again.record.id = saved.record.id;
  EXPECT_EQ(refused(again), "record_exists");
}

TEST_F(AgentJournal, ASetOfARetractedRecordIsRefused) {
  const auto saved = store_.save(stock(1)).value();
  EXPECT_TRUE(store_.save(about(Op::retract, saved.record.id)).ok());
  EXPECT_EQ(refused(about(Op::set, saved.record.id)), "record_retracted");
}

TEST_F(AgentJournal, WhatNoHubWouldApplyToATooContestedRecordIsRefused) {
  const auto id = store_.save(stock(1)).value().record.id;
  auto unseeing = about(Op::set, id);
  unseeing.version = Version{};
  for (std::size_t writes = 1; writes < limits::record_writes_max; ++writes) {
    ASSERT_TRUE(store_.save(unseeing).ok());
  }
  EXPECT_EQ(refused(about(Op::set, id)), "too_contested");
  EXPECT_EQ(refused(about(Op::retract, id)), "too_contested");
  auto settle = about(Op::resolve, id);
  settle.settles = {{test::incarnation, 2, {}, Lane::routine}};
  EXPECT_TRUE(store_.save(settle).ok());
}

TEST_F(AgentJournal, AnEditHasSeenItsOwnStreamUpToTheCommitUnlessItSaysOtherwise) {
  const auto saved = store_.save(stock(1)).value();
  store_.save(about(Op::set, saved.record.id)).value();
  EXPECT_EQ(event(Lane::routine, 2).get().getSeen(), 1u);
  EventDraft said = about(Op::set, saved.record.id);
  said.version = Version{{3, 4}, 1};
  store_.save(said).value();
  EXPECT_EQ(event(Lane::routine, 3).get().getSeen(), 1u);
  EXPECT_EQ(event(Lane::routine, 3).get().getBasisOffset(), 4u);
}

TEST_F(AgentJournal, AnAcknowledgementNeverGoesBack) {
  store_.save(Lane::routine, 3);
  const Head two{Lane::routine, 2, {1, 2}};
  const Head one{Lane::routine, 1, {3, 4}};
  store_.store.write([&](WriteTxn& txn) {
    HubAnswer answer;
    answer.acknowledged = {two};
    record_hub_answer(txn, answer);
    answer.acknowledged = {one};
    record_hub_answer(txn, answer);
    EXPECT_EQ(meta::acknowledged(txn, Lane::routine), two);
    // But what a Welcome says is how it stands: a hub that was restored holds less.
    answer.stands_now = true;
    record_hub_answer(txn, answer);
    EXPECT_EQ(meta::acknowledged(txn, Lane::routine), one);
  });
}

TEST_F(AgentJournal, WhatWasLetGoOfIsNotSentFromItsBeginning) {
  store_.save(Lane::routine, 5);
  store_.store.write([&](WriteTxn& txn) {
    meta::put_acknowledged(txn, store_.head(Lane::routine));
    EXPECT_EQ(trim_journal(txn, 100), 0u) << "the hub alone holds it";
    meta::put_safe(txn, Lane::routine, 3);
    EXPECT_EQ(trim_journal(txn, 100), 2u);
    const LaneSource source(txn, Lane::routine);
    EXPECT_FALSE(source.hash_at(0));
    EXPECT_FALSE(source.hash_at(2));
    EXPECT_TRUE(source.hash_at(3));
  });
}

TEST_F(AgentJournal, ANewLifeMovesAllThatIsStillHeldAndKeepsItsNames) {
  store_.save(Lane::routine, 5);
  const auto born = LaneSource(*store_.store.read(), Lane::routine).hash_at(4).value();
  store_.store.write([&](WriteTxn& txn) {
    meta::put_acknowledged(txn, store_.head(Lane::routine));
    meta::put_safe(txn, Lane::routine, 3);
    trim_journal(txn, 100);
    mint(txn, {77, true, true});
    EXPECT_EQ(current_incarnation(txn), 77u);
    const LaneSource source(txn, Lane::routine);
    EXPECT_EQ(source.hash_at(2), chain_start(77, Lane::routine)) << "the third moved, too";
    EXPECT_EQ(source.head().seq, 5u);
    const auto moved = journal_entry(txn, Lane::routine, 4).value();
    EXPECT_EQ(moved.born, (EventId{test::incarnation, 4, born, Lane::routine}));
    EXPECT_EQ(parentage(txn).parent, 0u);
  });
}

TEST_F(AgentJournal, AFullStoreRefusesWithoutATrace) {
  store_.save(Lane::routine, 3);
  store_.store.set_capacity(store_.store.usage().used_bytes);
  EXPECT_THROW(store_.save(sample_draft(Lane::routine, 1)).ok(), StoreFull);
  EXPECT_EQ(store_.head(Lane::routine).seq, 3u);
}

TEST(RecordIds, CountUpFromTheirStartAndAreNeverZero) {
  RecordIds ids(~std::uint64_t{0});
  EXPECT_EQ(ids.mint(), ~RecordId{0});
  EXPECT_EQ(ids.mint(), 1u);
  EXPECT_EQ(RecordIds(0).mint(), 1u);
}

TEST_F(AgentJournal, AHubThatLostHistoryIsNoticedAndItsLineIsTaken) {
  const auto answer = [](Position position, std::vector<EpochEntry> line) {
    HubAnswer told;
    told.position = position;
    told.epochs = std::move(line);
    return told;
  };
  const std::vector<EpochEntry> first{{10, 0, 1, {}}};
  const std::vector<EpochEntry> grown{{11, 10, 41, {}}, {10, 0, 1, {}}};
  const std::vector<EpochEntry> rolled_back{{12, 10, 21, {}}, {10, 0, 1, {}}};
  store_.store.write([&](WriteTxn& txn) {
    record_hub_answer(txn, answer({10, 30}, first));
    record_hub_answer(txn, answer({11, 50}, grown));
    EXPECT_EQ(meta::get_position(txn, meta::hub_highest), (Position{11, 50}));
    EXPECT_FALSE(meta::get_u64(txn, meta::history_lost));
    record_hub_answer(txn, answer({12, 25}, rolled_back));
    EXPECT_EQ(meta::get_position(txn, meta::hub_highest), (Position{12, 25}));
    EXPECT_EQ(meta::get_u64(txn, meta::history_lost), 1u) << "records are to be asked about";
  });
}

}  // namespace
}  // namespace titip
