// An agent's view: the hub's state with its own writes that the hub has not applied yet on top.

#include "core/agent_changes.hh"

#include <gmock/gmock.h>

#include "core/changes.hh"
#include "core/epochs.hh"
#include "core/meta.hh"
#include "core/own_writes.hh"
#include "core/queries.hh"
#include "core/record_state.hh"
#include "event_samples.hh"
#include "replication_fixture.hh"

namespace titip::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr RecordId child = 0x500;
constexpr NodeId another = 77;

class AgentChanges : public testing::Test {
 protected:
  const RecordType& person() { return samples::type("Person"); }
  RecordKey key() { return {person().number, child}; }

  // A write of another node, as the hub applied it at `offset`.
  Write foreign(Seq seq, std::uint64_t offset, Op op, const char* field, const std::string& value) {
    EventDraft draft;
    draft.type = &person();
    draft.op = op;
    draft.record.id = child;
    draft.set.push_back({person().field(field), value});
    EventStamp stamp;
    stamp.record = child;
    stamp.version = {{epoch, offset - 1}, 0};
    const auto event = EventReader::open(make_event(draft, stamp));
    auto write = write_of(*event, {0xf0, seq, {seq, seq}, Lane::routine},
                          {static_cast<TimeMs>(offset), Confidence::anchored, 1}, another, "K2");
    write.placements = {{epoch, offset}};
    return write;
  }
  void add(RecordState& state, Write write) {
    const auto txn = agent_.store.read();
    state.as_of = write.placements.front();
    apply_write(state, std::move(write), {}, &person(), LineHistory(*txn));
  }
  std::vector<RecordKey> receive(const Change& change) {
    std::vector<RecordKey> changed;
    agent_.store.write([&](WriteTxn& txn) {
      const std::vector<BatchEvent> items{{encode_change(change), {}}};
      changed = apply_changes(txn, items, 1, Registry::ilp());
    });
    return changed;
  }
  Change change_of(const RecordState& state, Seq included = 0) {
    Change change;
    change.position = 1;
    change.record = key();
    change.included = included;
    change.state = state;
    return change;
  }
  Change forget(Seq included = 0) {
    Change change;
    change.position = 2;
    change.record = key();
    change.forget = true;
    change.included = included;
    return change;
  }
  void edit(const char* field, const std::string& value) {
    EventDraft draft;
    draft.type = &person();
    draft.op = Op::set;
    draft.record.id = child;
    draft.set.push_back({person().field(field), value});
    ASSERT_TRUE(agent_.save(draft).ok());
  }
  std::string shown() {
    const RecordReader reader{Registry::ilp(), {}, true};
    return record_json(*agent_.store.read(), reader, person(), child).value_or("none");
  }
  RecordState made_at_the_hub() {
    RecordState state;
    add(state, foreign(1, 5, Op::create, "name", "Anak Satu"));
    return state;
  }

  static constexpr std::uint64_t epoch = 0xe1;
  AgentStore agent_;
};

TEST_F(AgentChanges, ARecordFromTheHubIsHeldWithItsVersion) {
  EXPECT_THAT(receive(change_of(made_at_the_hub())), ElementsAre(key()));
  EXPECT_THAT(shown(), HasSubstr(R"("name":"Anak Satu")"));
  EXPECT_THAT(shown(), HasSubstr(R"("version":"00000000000000e1:5+0")"));
  EXPECT_THAT(shown(), HasSubstr(R"("fromElsewhere":true)"));
  EXPECT_THAT(shown(), Not(HasSubstr("receipt")));
}

TEST_F(AgentChanges, AnOwnEditThatTheHubHasNotAppliedStaysOnTop) {
  auto state = made_at_the_hub();
  receive(change_of(state));
  edit("phone", "081222");
  add(state, foreign(2, 6, Op::set, "address", "Jalan Baru"));
  receive(change_of(state, 0));
  EXPECT_THAT(shown(), HasSubstr(R"("phone":"081222")"));
  EXPECT_THAT(shown(), HasSubstr(R"("address":"Jalan Baru")"));
  EXPECT_THAT(shown(), HasSubstr(R"("waiting":true,"receipt":"saved")"));
  EXPECT_THAT(shown(), HasSubstr(R"("version":"00000000000000e1:6+1")"));
}

TEST_F(AgentChanges, OfEachFieldItIsToldWhoseItIsAndWhetherItWaits) {
  receive(change_of(made_at_the_hub()));
  edit("phone", "081222");
  EXPECT_THAT(shown(), testing::ContainsRegex(R"("origins":\{"name":\{"by":"","facility":"K2",)"
                                              R"("at":"[^"]*"\},"phone":\{"by":"","facility":)"
                                              R"("[^"]*","at":"[^"]*","waiting":true\}\})"));
  agent_.store.write(
      [](WriteTxn& txn) { meta::put_acknowledged(txn, journal_head(txn, Lane::routine)); });
  EXPECT_THAT(shown(), testing::AllOf(HasSubstr(R"("phone":{"by":"")"),
                                      Not(HasSubstr(R"("waiting":true)"))));
}

TEST_F(AgentChanges, AnOwnEditOfTheSameFieldStaysShownOverTheStateThatItSaw) {
  auto state = made_at_the_hub();
  add(state, foreign(2, 6, Op::set, "phone", "081211"));
  receive(change_of(state));
  edit("phone", "081222");
  receive(change_of(state, 0));
  EXPECT_THAT(shown(), HasSubstr(R"("phone":"081222")"));
  EXPECT_THAT(shown(), Not(HasSubstr("conflicts"))) << "it had seen the other";
}

TEST_F(AgentChanges, AnOwnEditThatTheHubsStateIncludesIsTheHubsToShow) {
  auto state = made_at_the_hub();
  receive(change_of(state));
  edit("phone", "081222");
  // The hub put it into quarantine: its state includes position 1 and has not the edit.
  receive(change_of(state, 1));
  EXPECT_THAT(shown(), Not(HasSubstr("phone")));
}

TEST_F(AgentChanges, WhatOnlyALostHistorySupersededIsShownAgain) {
  auto state = made_at_the_hub();
  receive(change_of(state));
  edit("phone", "081222");
  auto later = state;
  add(later, foreign(2, 7, Op::set, "phone", "081333"));
  receive(change_of(later, 1));
  ASSERT_THAT(shown(), Not(HasSubstr("081222")));
  agent_.store.write([&](WriteTxn& txn) {
    Certificate own;
    own.node = 7;
    own.facility = "PSY-1";
    txn.put(Table::meta, meta::certificate, encode_certificate(own));
    meta::put_u64(txn, meta::history_lost, 1);
  });
  receive(change_of(state, 0));
  EXPECT_THAT(shown(), HasSubstr(R"("phone":"081222")")) << "it will be sent again";
  EXPECT_THAT(shown(), HasSubstr(R"("waiting":true)"));
  receive(forget(0));
  EXPECT_THAT(shown(), HasSubstr(R"("phone":"081222")"));
  receive(forget(1));
  EXPECT_EQ(shown(), "none");
}

TEST_F(AgentChanges, AnOwnResolveIsReadFromTheJournalWithWhatItSettles) {
  auto state = made_at_the_hub();
  receive(change_of(state));
  EventDraft draft;
  draft.type = &person();
  draft.op = Op::resolve;
  draft.record.id = child;
  draft.settles = {state.writes.front().id};
  ASSERT_TRUE(agent_.save(draft).ok());
  agent_.store.write(
      [&](WriteTxn& txn) { txn.put(Table::meta, meta::certificate, encode_certificate({})); });
  const auto txn = agent_.store.read();
  const auto own = OwnWrites(*txn).beyond(key(), Lane::routine, 0);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_THAT(own[0].settles, ElementsAre(state.writes.front().id));
}

TEST_F(AgentChanges, AnOwnLinkIsReadFromTheJournalForBothRecords) {
  receive(change_of(made_at_the_hub()));
  EventDraft draft;
  draft.type = &person();
  draft.op = Op::link;
  draft.record.id = child;
  draft.other.id = child + 1;
  ASSERT_TRUE(agent_.save(draft).ok());
  agent_.store.write(
      [&](WriteTxn& txn) { txn.put(Table::meta, meta::certificate, encode_certificate({})); });
  const auto txn = agent_.store.read();
  OwnWrites own(*txn);
  const auto of_one = own.beyond(key(), Lane::routine, 0);
  const auto of_other = own.beyond({key().type, child + 1}, Lane::routine, 0);
  ASSERT_EQ(of_one.size(), 1u);
  ASSERT_EQ(of_other.size(), 1u);
  EXPECT_EQ(of_one[0].other, child + 1);
  EXPECT_EQ(of_other[0].other, child);
}

TEST_F(AgentChanges, AForgottenRecordIsGone) {
  receive(change_of(made_at_the_hub()));
  EXPECT_THAT(receive(forget()), ElementsAre(key()));
  EXPECT_EQ(shown(), "none");
  EXPECT_THAT(receive(forget()), ElementsAre(key())) << "twice is harmless";
}

TEST_F(AgentChanges, AnUnsentEditOutlivesTheForgetting) {
  receive(change_of(made_at_the_hub()));
  edit("phone", "081222");
  receive(forget(0));
  EXPECT_THAT(shown(), HasSubstr(R"("phone":"081222")"));
  EXPECT_THAT(shown(), Not(HasSubstr("Anak Satu")));
  receive(forget(1));
  EXPECT_EQ(shown(), "none");
}

TEST_F(AgentChanges, AnEditMadeAfterTheHubsRestartIsNotConcurrentToWhatItSaw) {
  auto state = made_at_the_hub();
  receive(change_of(state));
  agent_.store.write([](WriteTxn& txn) {
    put_line(txn, {{0xe2, epoch, 6, {}}, {epoch, 0, 1, {}}});
  });
  // The other field moved the record into the next epoch.
  auto later = foreign(2, 7, Op::set, "address", "Jalan Baru");
  later.placements = {{0xe2, 7}};
  add(state, std::move(later));
  receive(change_of(state));
  edit("name", "Anak Satu Baru");
  EXPECT_THAT(shown(), HasSubstr(R"("name":"Anak Satu Baru")"));
  EXPECT_THAT(shown(), Not(HasSubstr("conflicts")));
}

TEST_F(AgentChanges, WhatIsNoChangeIsPassedOver) {
  agent_.store.write([](WriteTxn& txn) {
    const std::vector<BatchEvent> items{{"not a change", {}}};
    EXPECT_THAT(apply_changes(txn, items, 1, Registry::ilp()), IsEmpty());
  });
}

}  // namespace
}  // namespace titip::test
