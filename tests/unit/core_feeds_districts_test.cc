// Feeds of districts, of nodes that come later, and across openings of the hub's store.

#include "core/capnp_bytes.hh"
#include "core/epochs.hh"
#include "core/feeds.hh"
#include "core/hub_orders.hh"
#include "core/payload.hh"
#include "feeds_fixture.hh"

namespace titip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class DistrictFeeds : public test::FeedsFixture {
 protected:
  DistrictFeeds() {
    add_post(1, "A", "94.04.01.2001");
    add_post(2, "B", "94.04.02.2001");
  }
  void make_person(NodeId by, RecordId id, const std::string& name, const std::string& nik) {
    make(by, "Person", id, {{"name", name}, {"nik", nik}, {"sex", std::int64_t{1}}});
  }
  void weigh(NodeId by, RecordId child, RecordId id, const std::string& note) {
    make(by, "GrowthMeasurement", id,
         {{"person", to(child)},
          {"date", std::int64_t{20'000}},
          {"weightGrams", std::int64_t{9'100}},
          {"note", note}});
  }
  std::string all_bytes(NodeId id) {
    const auto txn = store_.read();
    const FeedSource source(*txn, Registry::ilp(), find_node(*txn, id).value(), 0);
    std::string bytes;
    for (const auto& item : source.read(0, ~std::size_t{0}, ~std::size_t{0}).items) {
      bytes += item.bytes;
    }
    return bytes;
  }
};

TEST_F(DistrictFeeds, ACustodianReadsEveryChangeOfEveryType) {
  add_district(8, {});
  const auto outcome = make(1, "Person", 7, {{"name", text("Ana")}});
  EXPECT_THAT(outcome.touched, ElementsAre(8u));
  make(2, "Person", 8, {{"name", text("Ida")}});
  edit(2, "Person", 7, {{"phone", text("0812345")}});
  write([&](WriteTxn& txn) {
    EventDraft draft = draft_of("Node", 4, {{"facility", text("A")}, {"name", text("x")}});
    EventStamp stamp;
    stamp.record = 4;
    const auto touched =
        append_own(txn, make_event(draft, stamp), {Registry::ilp(), epoch_, now_, "PKM"});
    EXPECT_THAT(touched, ElementsAre(8u));
  });
  EXPECT_THAT(told(8), ElementsAre("3:8", "3:7", "1:4"));
  const auto changes = feed(8);
  EXPECT_EQ(changes[1].position, state({person, 7}).changed);
  EXPECT_EQ(changes[1].state, state({person, 7}));
}

TEST_F(DistrictFeeds, AScopedDistrictReadsItsTypesInItsAreas) {
  add_district(5, {{growth}, {"94.04.01"}, false});
  make_person(1, 7, "Ana", "9404010101150001");
  weigh(1, 7, 21, "x");
  make_person(2, 8, "Ida", "9404020101150002");
  weigh(2, 8, 22, "y");
  EXPECT_THAT(told(5), ElementsAre("12:21"));
  make(2, "Person", 9, {{"name", text("Eva")}, {"area", text("94.04.02.2001")}});
  weigh(1, 9, 23, "z");
  EXPECT_THAT(told(5), ElementsAre("12:21")) << "her area, not the author's";
  edit(2, "Person", 9, {{"area", text("94.04.01.2001")}});
  EXPECT_THAT(told(5), ElementsAre("12:21", "12:23")) << "she has moved in";
  edit(2, "Person", 9, {{"area", text("94.04.02.2001")}});
  EXPECT_THAT(told(5), ElementsAre("12:21", "-12:23"));
}

TEST_F(DistrictFeeds, AScopedDistrictReadsNoNodes) {
  add_district(5, {{}, {}, true});
  write([&](WriteTxn& txn) {
    EventDraft draft = draft_of("Node", 4, {{"facility", text("A")}});
    EventStamp stamp;
    stamp.record = 4;
    EXPECT_THAT(append_own(txn, make_event(draft, stamp), {Registry::ilp(), epoch_, now_, "PKM"}),
                IsEmpty());
  });
  EXPECT_THAT(told(5), IsEmpty());
}

TEST_F(DistrictFeeds, OfAThousandPeopleNoneIsNamedToThoseWhoMayNotKnowThem) {
  add_district(5, {{}, {}, true});
  add_district(6, {{}, {"94.04.01"}, false});
  std::vector<std::string> here;
  std::vector<std::string> elsewhere;
  for (int i = 0; i < 1'000; ++i) {
    const auto number = std::to_string(10'000 + i);
    const NodeId by = i % 2 == 0 ? 1 : 2;
    const auto id = static_cast<RecordId>(1'000 + i);
    make_person(by, id, "Kenari" + number, "94040101011" + number);
    weigh(by, id, id + 10'000, "Catatan" + number);
    if (i % 3 == 0) edit(by, "Person", id, {{"motherName", "Ibu" + number}});
    for (const auto* canary : {"Kenari", "94040101011", "Catatan"}) {
      (by == 1 ? here : elsewhere).push_back(canary + number);
    }
  }
  const auto withheld = all_bytes(5);
  const auto of_area = all_bytes(6);
  EXPECT_EQ(feed(5).size(), 2'000u);
  EXPECT_EQ(feed(6).size(), 1'000u);
  std::size_t found = 0;
  for (const auto* canaries : {&here, &elsewhere}) {
    for (const auto& canary : *canaries) found += withheld.find(canary) != std::string::npos;
  }
  EXPECT_EQ(found, 0u);
  EXPECT_EQ(withheld.find("Ibu1"), std::string::npos);
  EXPECT_EQ(withheld.find("kader"), std::string::npos);
  for (const auto& canary : elsewhere) found += of_area.find(canary) != std::string::npos;
  EXPECT_EQ(found, 0u);
  for (const auto& canary : here) found += of_area.find(canary) != std::string::npos;
  EXPECT_EQ(found, here.size()) << "what it may know it is told";
}

// ---- nodes that come later ----

class Enrolment : public DistrictFeeds {
 protected:
  Enrolled enrol(const InvitationState& invitation) {
    HubOutcome outcome;
    write([&](WriteTxn& txn) {
      put_invitation(txn, invitation);
      EnrolMessage enrol;
      enrol.device_public_key = std::string(32, 'd');
      enrol.incarnation = 0x77;
      outcome = perform(txn, EnrolOrder{"r", invitation.public_key, enrol},
                        {Registry::ilp(), epoch_, now_, "PKM"}, Certificate{}, ids_);
    });
    auto enrolled = std::get<Enrolled>(outcome);
    nodes_[enrolled.node->id] = *enrolled.node;
    return enrolled;
  }
  InvitationState invitation(FacilityKind kind, const std::string& facility) {
    InvitationState invitation;
    invitation.public_key = std::string(32, 'i');
    invitation.kind = kind;
    invitation.facility = facility;
    invitation.name = "baru";
    invitation.expires_at = now_ + 1000;
    return invitation;
  }
  RecordIds ids_{5'000};
};

TEST_F(Enrolment, BringsEverythingThatConcernsTheNode) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("C")}});
  make(1, "Immunization", 21, {{"person", to(7)}, {"date", std::int64_t{20'000}}});
  make(1, "Person", 8, {{"name", text("Ida")}, {"facility", text("A")}});
  make(1, "Referral", 5,
       {{"person", to(8)}, {"date", std::int64_t{20'000}}, {"toFacility", text("C")}});
  add_district(9, {});
  const auto enrolled = enrol(invitation(FacilityKind::posyandu, "C"));
  const auto id = enrolled.node->id;
  EXPECT_THAT(told(id), UnorderedElementsAre("3:7", "3:8", "6:5", "13:21"));
  EXPECT_THAT(enrolled.touched, UnorderedElementsAre(id, 9u, 1u)) << "its author is to forget 7";
}

TEST_F(Enrolment, OfADistrictTakesItsScopeAndRecordsIt) {
  make_person(1, 7, "Ana", "9404010101150001");
  weigh(1, 7, 21, "x");
  auto invited = invitation(FacilityKind::district, "DINKES");
  invited.scope = {{growth, immunization}, {"94.04.01", "94.05"}, true};
  const auto id = enrol(invited).node->id;
  const auto txn = store_.read();
  EXPECT_EQ(find_node(*txn, id)->scope, invited.scope);
  EXPECT_EQ(find_invitation(*txn, invited.public_key)->scope, invited.scope);
  EXPECT_THAT(told(id), ElementsAre("12:21"));
  const auto record = state({1, id});
  const PayloadView payload(record.writes.at(0).payload);
  const auto said = [&](const char* name) {
    const auto& field = samples::field("Node", name);
    EXPECT_NE(record.writes[0].live & field.bit(), 0u) << name;
    return read_field(field, payload.get());
  };
  EXPECT_EQ(std::get<std::string>(said("types")), "GrowthMeasurement,Immunization");
  EXPECT_EQ(std::get<std::string>(said("areas")), "94.04.01,94.05");
  EXPECT_TRUE(std::get<bool>(said("withheld")));
}

// ---- openings of the hub's store ----

TEST_F(DistrictFeeds, AFeedGoesOnAcrossOpeningsOfTheStore) {
  make(2, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  const auto held = Position{epoch_, head(1)};
  epoch_ = 0xe2;
  make(2, "Person", 8, {{"name", text("Ida")}, {"facility", text("A")}});
  const auto txn = store_.read();
  EXPECT_EQ(resume_feed(*txn, held), held.offset);
  EXPECT_EQ(resume_feed(*txn, {epoch_, head(1)}), head(1));
  EXPECT_EQ(resume_feed(*txn, {0xe9, 1}), 0u) << "another hub's history";
  EXPECT_EQ(resume_feed(*txn, {}), 0u);
}

TEST_F(DistrictFeeds, AfterARollbackAFeedGoesOnFromWhatIsShared) {
  make(2, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  const auto shared = last_change(*store_.read());
  // What the node holds of a history that this store, put back, has lost.
  const Position lost{epoch_, shared + 2};
  EXPECT_EQ(resume_feed(*store_.read(), lost), shared);
  epoch_ = 0xe2;
  for (RecordId id = 10; id < 20; ++id) {
    make(2, "Person", id, {{"name", text("Ida")}, {"facility", text("A")}});
  }
  EXPECT_EQ(resume_feed(*store_.read(), lost), shared);
  EXPECT_EQ(told(1, shared).size(), 10u);
  epoch_ = 0xe3;
  make(2, "Person", 30, {{"name", text("Eva")}, {"facility", text("A")}});
  EXPECT_EQ(resume_feed(*store_.read(), lost), shared);
  EXPECT_EQ(resume_feed(*store_.read(), {0xe2, shared + 4}), shared + 4);
}

}  // namespace
}  // namespace titip
