#include "core/queries.hh"

#include "core/hub_orders.hh"
#include "core/intake_json.hh"
#include "core/meta.hh"
#include "event_samples.hh"
#include "replication_fixture.hh"

namespace titip {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Queries : public testing::Test {
 protected:
  static RecordReader reader(bool agent) { return {Registry::ilp(), {}, agent}; }
  const RecordType& stock() { return samples::type("StockMovement"); }

  void sync(Seq to) {
    auto hello = agent_.hello(1);
    hello.first = agent_.batch(Lane::routine, 0, to);
    hub_.perform(GreetOrder{"r", 7, hello, hub_.now});
  }
  std::vector<RecordId> ids(MemoryStore& store, RecordId after, std::size_t most = 100) {
    std::vector<RecordId> found;
    each_record(*store.read(), reader(true), stock(), after, [&](RecordId id, const std::string&) {
      found.push_back(id);
      return found.size() < most;
    });
    return found;
  }
  std::vector<std::string> events(std::uint64_t after) {
    std::vector<std::string> lines;
    each_hub_event(*hub_.store.read(), reader(false), after, [&](const std::string& line) {
      lines.push_back(line);
      return true;
    });
    return lines;
  }

  test::AgentStore agent_;
  test::HubStore hub_;
};

TEST_F(Queries, AnAgentsRecordWaitsUntilTheHubHoldsIt) {
  agent_.save(Lane::routine, 1);
  EXPECT_THAT(record_json(*agent_.store.read(), reader(true), stock(), 1).value(),
              HasSubstr(R"("waiting":true,"receipt":"saved","fromElsewhere":false)"));
  agent_.store.write(
      [&](WriteTxn& txn) { meta::put_acknowledged(txn, journal_head(txn, Lane::routine)); });
  EXPECT_THAT(record_json(*agent_.store.read(), reader(true), stock(), 1).value(),
              HasSubstr(R"("waiting":false,"receipt":"hub")"));
  agent_.store.write([](WriteTxn& txn) { meta::put_safe(txn, Lane::routine, 1); });
  EXPECT_THAT(record_json(*agent_.store.read(), reader(true), stock(), 1).value(),
              HasSubstr(R"("waiting":false,"receipt":"district")"));
}

TEST_F(Queries, TheVersionSaysHowFarItsReaderHasSeen) {
  agent_.save(Lane::routine, 3);
  EXPECT_THAT(record_json(*agent_.store.read(), reader(true), stock(), 1).value(),
              HasSubstr(R"("version":"0000000000000000:0+3")"));
  sync(3);
  EXPECT_THAT(
      record_json(*hub_.store.read(), reader(false), stock(), 2).value(),
      HasSubstr(R"("version":"00000000000000e1:2+0","waiting":false,"fromElsewhere":true)"));
}

TEST_F(Queries, AnEntryThatNotesAnEventAgainNamesIt) {
  HubEntry again;
  again.offset = 9;
  again.origin = 7;
  again.facility = "K1";
  again.born = {0xa1, 4, {1, 2}, Lane::urgent};
  again.former = {{0xe0, 3}};
  const RecordReader at_district{Registry::ilp(), {}, false, "P1"};
  const auto line = hub_entry_line(at_district, again, 0xe1, {});
  EXPECT_EQ(line, R"({"again":")" + format_event_id(again.born) +
                      R"(","node":"0000000000000007","facility":"K1","lane":"urgent","seq":4,)"
                      R"("hub":"00000000000000e1","hubFacility":"P1","offset":9})");
}

TEST_F(Queries, ARecordThatIsNotHeldIsNone) {
  EXPECT_FALSE(record_json(*agent_.store.read(), reader(true), stock(), 1));
}

TEST_F(Queries, RecordsComeInOrderAfterAnIdAndOfOneTypeOnly) {
  agent_.save(Lane::routine, 3);
  agent_.save(Lane::urgent, 2);
  EXPECT_EQ(ids(agent_.store, 0), (std::vector<RecordId>{1, 2, 3}));
  EXPECT_EQ(ids(agent_.store, 1), (std::vector<RecordId>{2, 3}));
  EXPECT_EQ(ids(agent_.store, 0, 2), (std::vector<RecordId>{1, 2}));
  EXPECT_THAT(ids(agent_.store, ~RecordId{0}), IsEmpty());
}

TEST_F(Queries, OnlyOneRecordByItselfNamesTheWriterOfEachField) {
  agent_.save(Lane::routine, 1);
  EXPECT_THAT(record_json(*agent_.store.read(), reader(true), stock(), 1).value(),
              HasSubstr(R"("origins":{"date":{"by":)"));
  each_record(*agent_.store.read(), reader(true), stock(), 0,
              [&](RecordId, const std::string& line) {
                EXPECT_THAT(line, Not(HasSubstr("origins")));
                return true;
              });
}

TEST_F(Queries, AHubsEventsSayWhereTheyStand) {
  agent_.save(Lane::routine, 2);
  sync(2);
  ASSERT_THAT(events(0), SizeIs(2));
  EXPECT_THAT(events(1).at(0),
              HasSubstr(R"("node":"0000000000000007","facility":"PSY-7","lane":"routine",)"
                        R"("seq":2,"hub":"00000000000000e1","offset":2)"));
  EXPECT_THAT(events(2), IsEmpty());
  EXPECT_THAT(events(~std::uint64_t{0}), IsEmpty());
}

TEST_F(Queries, WhatIsNoEventStillHasItsPlace) {
  agent_.store.write([](WriteTxn& txn) { put_opaque(txn, Lane::routine, "1234567890"); });
  sync(1);
  EXPECT_EQ(
      events(0).at(0),
      R"({"opaqueBytes":10,"node":"0000000000000007","facility":"PSY-7","lane":"routine","seq":1,)"
      R"("hub":"00000000000000e1","offset":1,"quarantined":"undecodable"})");
}

}  // namespace
}  // namespace titip
