// What is sent back to the node that wrote it: nothing, unless it may lack it.

#include "core/feeds.hh"
#include "feeds_fixture.hh"

namespace titip {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// 1 and 2 are posts; 3 is the health centre's second device.
class Echoes : public test::FeedsFixture {
 protected:
  Echoes() {
    add_post(1, "A");
    add_post(2, "B");
    add_node(3, FacilityKind::puskesmas, "PKM");
  }
  void make_child(NodeId by, RecordId id, const char* home) {
    make(by, "Person", id, {{"name", text("Ana")}, {"facility", text(home)}});
  }
  void immunise(NodeId by, RecordId child, RecordId id) {
    make(by, "Immunization", id, {{"person", to(child)}, {"date", std::int64_t{20'000}}});
  }
  std::string moved(RecordId child, const char* home, Seq seen) {
    EventStamp stamp;
    stamp.record = child;
    stamp.clock.wall = now_++;
    stamp.version.seen = seen;
    return make_event(draft_of("Person", child, {{"facility", text(home)}}, Op::set), stamp);
  }
  void has_lived_before(NodeId id, Incarnation incarnation) {
    auto& node = nodes_.at(id);
    node.lane(incarnation, Lane::routine);
    write([&](WriteTxn& txn) { put_node(txn, node); });
  }
};

TEST_F(Echoes, AChildWhoGoesAndComesBackInOneBatchWasNeverForgotten) {
  make_child(1, 7, "A");
  immunise(1, 7, 21);
  append(1, Lane::routine, {moved(7, "B", 2), moved(7, "A", 3)});
  EXPECT_THAT(told(1), IsEmpty()) << "all its own, and it was never told to forget any";
  EXPECT_THAT(told(2), ElementsAre("-3:7", "-13:21"));
}

TEST_F(Echoes, WhatTheHubSentBeforeStaysInItsPlace) {
  make_child(3, 7, "A");
  immunise(1, 7, 21);
  immunise(3, 7, 22);
  const auto before = head(1);
  append(1, Lane::routine, {moved(7, "B", 1), moved(7, "A", 2)});
  EXPECT_THAT(told(1), Contains("13:22"));
  EXPECT_THAT(told(1, before), Contains("3:7"));
}

TEST_F(Echoes, WhatADeviceWithACopyWasToForgetIsSentThoughItHasWrittenOnSince) {
  make_child(3, 7, "A");
  immunise(1, 7, 21);
  has_lived_before(1, 0x77);
  edit(3, "Person", 7, {{"facility", text("B")}});
  ASSERT_THAT(told(1), ElementsAre("-3:7", "-13:21"));
  const auto forgotten = head(1);
  edit(3, "Person", 7, {{"facility", text("A")}});
  edit(1, "Immunization", 21, {{"doseNumber", std::int64_t{2}}});
  EXPECT_THAT(told(1, forgotten), ElementsAre("3:7", "13:21"));
}

TEST_F(Echoes, ANewLifeIsToldOfWhatItsJournalDoesNotHave) {
  make_child(1, 7, "A");
  immunise(1, 7, 21);
  ASSERT_THAT(told(1), IsEmpty());
  write([](WriteTxn& txn) {
    Feeds(txn, Registry::ilp()).life_began(1, [](const Write& write) { return write.id.seq == 1; });
  });
  EXPECT_THAT(told(1), ElementsAre("13:21"));
}

}  // namespace
}  // namespace titip
