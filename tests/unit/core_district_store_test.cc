#include "core/district_store.hh"

#include <gmock/gmock.h>

#include "core/changes.hh"
#include "core/epochs.hh"
#include "core/meta.hh"
#include "core/prefixed_kv.hh"
#include "core/queries.hh"
#include "replication_fixture.hh"

namespace titip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr HubId timika = 11;
constexpr HubId agats = 12;
constexpr std::uint64_t epoch = 0xe9;
constexpr TypeNumber person = 3;

class DistrictStore : public testing::Test {
 protected:
  static HubEntry entry(const std::string& event, std::uint64_t of_epoch) {
    HubEntry entry;
    entry.event = event;
    entry.origin = 7;
    entry.born = {test::incarnation, 1, {}, Lane::routine};
    entry.facility = "K1";
    entry.epoch = of_epoch;
    return entry;
  }
  // What a hub sends after `offset`, each item with a hash that names its place.
  static Received journal(std::uint64_t offset, const std::vector<std::string>& items,
                          std::uint64_t of_epoch = epoch) {
    Received received;
    received.kind = StreamKind::hub_journal;
    for (const auto& item : items) {
      received.items.push_back({item, {}});
      received.hashes.push_back({++offset, of_epoch});
    }
    received.held = {{of_epoch, offset}, received.hashes.back()};
    return received;
  }
  static std::string item(const std::string& event, std::uint64_t of_epoch = epoch) {
    return encode_hub_entry(entry(event, of_epoch));
  }
  static std::string change(RecordId id, const std::string& by, bool forget = false) {
    Change change;
    change.position = 1000 + id;
    change.record = {person, id};
    change.forget = forget;
    if (!forget) {
      Write write;
      write.id = {test::incarnation, id, {}, Lane::routine};
      write.by = by;
      write.alive_live = true;
      change.state.as_of = {epoch, 5};
      change.state.writes = {write};
    }
    return encode_change(change);
  }
  static Received changes(const std::vector<std::string>& items) {
    Received received;
    for (const auto& bytes : items) received.items.push_back({bytes, {}});
    received.held = {{epoch, 2000}, {}};
    return received;
  }

  void write(HubId hub, const std::function<void(WriteTxn&)>& work) {
    store_.write([&](WriteTxn& whole) {
      PrefixedWrite part(whole, hub_prefix(hub));
      work(part);
    });
  }
  PrefixedRead read(HubId hub) { return {store_.read(), hub_prefix(hub)}; }
  void keep(HubId hub, const Received& received) {
    write(hub, [&](WriteTxn& part) {
      keep_journal(part, received);
      meta::put_held(part, received.kind, received.held);
    });
  }
  std::vector<RecordKey> take(const std::vector<std::string>& items, HubId hub = timika) {
    std::vector<RecordKey> changed;
    write(hub, [&](WriteTxn& part) { changed = keep_changes(part, changes(items)); });
    return changed;
  }
  // (offset, event) of what is kept.
  std::vector<std::pair<std::uint64_t, std::string>> events(std::uint64_t after = 0,
                                                            HubId hub = timika) {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    each_kept_entry(read(hub), after, [&](const KeptEntry& kept) {
      found.emplace_back(kept.offset, kept.entry ? kept.entry->event : "opaque");
      return true;
    });
    return found;
  }
  // (position, record), a record to be forgotten as its negative.
  std::vector<std::pair<std::uint64_t, std::int64_t>> feed(std::uint64_t after = 0,
                                                           HubId hub = timika) {
    std::vector<std::pair<std::uint64_t, std::int64_t>> found;
    each_kept_change(read(hub), after, [&](const KeptChange& kept) {
      const auto id = static_cast<std::int64_t>(kept.record.id);
      found.emplace_back(kept.position, kept.forget ? -id : id);
      return true;
    });
    return found;
  }

  MemoryStore store_;
};

TEST_F(DistrictStore, HubsAreKnownInTheOrderOfJoiningEachOnce) {
  EXPECT_THAT(known_hubs(*store_.read()), IsEmpty());
  for (const auto hub : {agats, timika, agats}) {
    store_.write([&](WriteTxn& whole) { add_hub(whole, hub); });
  }
  EXPECT_THAT(known_hubs(*store_.read()), ElementsAre(agats, timika));
}

TEST_F(DistrictStore, EveryEntryIsReadBackAsTheHubSentIt) {
  keep(timika, journal(4, {item("a"), item("b")}));
  std::vector<std::string> items;
  each_kept_entry(read(timika), 0, [&](const KeptEntry& kept) {
    items.emplace_back(kept.item);
    EXPECT_EQ(kept.hash, (Hash{kept.offset, epoch}));
    EXPECT_EQ(kept.epoch, epoch);
    EXPECT_TRUE(kept.entry.has_value());
    return true;
  });
  EXPECT_THAT(items, ElementsAre(item("a"), item("b")));
  EXPECT_THAT(events(), ElementsAre(Pair(5, "a"), Pair(6, "b")));
  EXPECT_THAT(events(5), ElementsAre(Pair(6, "b")));
  EXPECT_THAT(events(6), IsEmpty());
  EXPECT_THAT(events(~std::uint64_t{0}), IsEmpty());
  EXPECT_EQ(last_kept_offset(read(timika)), 6u);
}

TEST_F(DistrictStore, TwoHubsDoNotSeeEachOther) {
  keep(timika, journal(0, {item("of timika")}));
  keep(agats, journal(0, {item("of agats"), item("again")}));
  take({change(1, "timika")}, timika);
  take({change(1, "agats"), change(2, "agats")}, agats);
  EXPECT_THAT(events(0, timika), ElementsAre(Pair(1, "of timika")));
  EXPECT_THAT(events(0, agats), ElementsAre(Pair(1, "of agats"), Pair(2, "again")));
  EXPECT_THAT(feed(0, timika), ElementsAre(Pair(1, 1)));
  EXPECT_THAT(feed(0, agats), ElementsAre(Pair(1, 1), Pair(2, 2)));
  const auto& type = *Registry::ilp().find(person);
  const RecordReader reader{Registry::ilp(), {}, false, "P1"};
  EXPECT_TRUE(record_json(read(agats), reader, type, 2));
  EXPECT_FALSE(record_json(read(timika), reader, type, 2));
}

TEST_F(DistrictStore, AnEntryThatIsHereIsNeverOverwritten) {
  keep(timika, journal(0, {item("first")}));
  keep(timika, journal(0, {item("another under the same name")}));
  EXPECT_THAT(events(), ElementsAre(Pair(1, "first")));
  EXPECT_EQ(meta::get_u64(read(timika), meta::events_kept), 1u);
}

TEST_F(DistrictStore, OfTwoHistoriesBothAreKeptAndTheToldLineIsShownFirst) {
  constexpr std::uint64_t before = 0xff;  // of a higher number, so that order is not by chance
  constexpr std::uint64_t after = 0x11;
  keep(timika, journal(0, {item("one", before), item("lost", before)}, before));
  keep(timika, journal(1, {item("new", after), item("newer", after)}, after));
  write(timika, [](WriteTxn& part) {
    put_line(part, {{after, before, 2, {}}, {before, 0, 1, {}}});
  });
  EXPECT_THAT(events(),
              ElementsAre(Pair(1, "one"), Pair(2, "new"), Pair(2, "lost"), Pair(3, "newer")));
  // The other line is the hub's again: nothing here has moved.
  write(timika, [](WriteTxn& part) { meta::put_u64(part, meta::epoch, before); });
  EXPECT_THAT(events(1), ElementsAre(Pair(2, "lost"), Pair(2, "new"), Pair(3, "newer")));
}

TEST_F(DistrictStore, AReaderThatStopsHasSeenAllOfItsLastOffset) {
  keep(timika, journal(0, {item("a", 1), item("b", 1)}, 1));
  keep(timika, journal(0, {item("c", 2)}, 2));
  std::vector<std::uint64_t> offsets;
  each_kept_entry(read(timika), 0, [&](const KeptEntry& kept) {
    offsets.push_back(kept.offset);
    return false;
  });
  EXPECT_THAT(offsets, ElementsAre(1, 1));
}

TEST_F(DistrictStore, AnItemThatCannotBeReadIsKeptInItsPlace) {
  keep(timika, journal(0, {item("a"), "no entry at all", item("c")}));
  EXPECT_THAT(events(), ElementsAre(Pair(1, "a"), Pair(2, "opaque"), Pair(3, "c")));
  std::vector<std::string> lines;
  each_kept_event_line(read(timika), {Registry::ilp(), {}, false, "P9404010"}, 1,
                       [&](const KeptLine& kept) {
                         lines.push_back(kept.line);
                         return false;
                       });
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr(R"("opaqueBytes":15)"));
  EXPECT_THAT(lines[0],
              HasSubstr(R"("hub":"00000000000000e9","hubFacility":"P9404010","offset":2)"));
  EXPECT_THAT(lines[0], HasSubstr(R"("quarantined":"undecodable")"));
}

TEST_F(DistrictStore, AnEntryThatDoesNotNameItsEpochGoesByTheToldLine) {
  write(timika, [](WriteTxn& part) { put_line(part, {{9, 8, 3, {}}, {8, 0, 1, {}}}); });
  keep(timika, journal(1, {item("old", 0), item("new", 0)}, 9));
  std::vector<std::uint64_t> epochs;
  each_kept_entry(read(timika), 0, [&](const KeptEntry& kept) {
    epochs.push_back(kept.epoch);
    return true;
  });
  EXPECT_THAT(epochs, ElementsAre(8, 9));
}

TEST_F(DistrictStore, ARecordStandsInTheFeedOnceAtItsLatest) {
  EXPECT_THAT(take({change(1, "a"), change(2, "a")}), SizeIs(2));
  EXPECT_THAT(take({change(1, "b")}), ElementsAre(RecordKey{person, 1}));
  EXPECT_THAT(feed(), ElementsAre(Pair(2, 2), Pair(3, 1)));
  EXPECT_THAT(feed(2), ElementsAre(Pair(3, 1)));
  EXPECT_EQ(last_kept_change(read(timika)), 3u);
}

TEST_F(DistrictStore, AChangeThatIsSentAgainChangesNothing) {
  take({change(1, "a"), change(2, "a")});
  EXPECT_THAT(take({change(1, "a"), change(2, "a")}), IsEmpty());
  EXPECT_THAT(feed(), ElementsAre(Pair(1, 1), Pair(2, 2)));
}

TEST_F(DistrictStore, AForgottenRecordIsGoneAndSaysSoOnce) {
  take({change(1, "a"), change(2, "a")});
  EXPECT_THAT(take({change(1, "", true)}), SizeIs(1));
  EXPECT_THAT(feed(), ElementsAre(Pair(2, 2), Pair(3, -1)));
  const RecordReader reader{Registry::ilp(), {}, false, "P1"};
  EXPECT_FALSE(record_json(read(timika), reader, *Registry::ilp().find(person), 1));
  EXPECT_THAT(take({change(1, "", true)}), IsEmpty());
  EXPECT_THAT(take({change(9, "", true)}), IsEmpty());  // was never here
  std::vector<std::string> lines;
  each_kept_change_line(read(timika), reader, 2, [&](const KeptLine& kept) {
    lines.push_back(kept.line);
    return true;
  });
  EXPECT_THAT(lines, ElementsAre(R"({"type":"Person","id":"0000000000000001","forget":true,)"
                                 R"("hubFacility":"P1","position":3})"));
}

TEST_F(DistrictStore, ARecordThatComesBackStandsInTheFeedOnceAgain) {
  take({change(1, "a")});
  take({change(1, "", true)});
  take({change(1, "a")});
  EXPECT_THAT(feed(), ElementsAre(Pair(3, 1)));
  take({change(1, "", true)});
  EXPECT_THAT(feed(), ElementsAre(Pair(4, -1)));
}

TEST_F(DistrictStore, WhatIsNoChangeIsPassedOver) {
  EXPECT_THAT(take({"nonsense", change(1, "a")}), ElementsAre(RecordKey{person, 1}));
  EXPECT_THAT(feed(), ElementsAre(Pair(1, 1)));
}

TEST_F(DistrictStore, TheTailsPlaceNeverGoesBackNorBeyondWhatIsKept) {
  keep(timika, journal(0, {item("a"), item("b")}));
  take({change(1, "a")});
  const auto advance = [&](StreamKind feed, std::uint64_t to) {
    write(timika, [&](WriteTxn& part) { advance_tail(part, feed, to); });
    return tail_cursor(read(timika), feed);
  };
  EXPECT_EQ(advance(StreamKind::hub_journal, 1), 1u);
  EXPECT_EQ(advance(StreamKind::hub_journal, 9), 2u);
  EXPECT_EQ(advance(StreamKind::hub_journal, 1), 2u);
  EXPECT_EQ(tail_cursor(read(timika), StreamKind::hub_changes), 0u);
  EXPECT_EQ(advance(StreamKind::hub_changes, 1), 1u);
  EXPECT_EQ(tail_cursor(read(agats), StreamKind::hub_journal), 0u);
}

}  // namespace
}  // namespace titip
