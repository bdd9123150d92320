#include "core/feeds.hh"

#include "core/limits.hh"
#include "core/meta.hh"
#include "feeds_fixture.hh"

namespace titip {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// 1 and 2 are posts, 3 is the health centre's second device.
class NodeFeeds : public test::FeedsFixture {
 protected:
  NodeFeeds() {
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
  AppendOutcome refer(NodeId by, RecordId patient, RecordId id, const char* facility) {
    return make(
        by, "Referral", id,
        {{"person", to(patient)}, {"date", std::int64_t{20'000}}, {"toFacility", text(facility)}});
  }
};

TEST_F(NodeFeeds, TellThoseConcernedOfWhatOthersWrote) {
  make_child(2, 7, "A");
  EXPECT_THAT(told(1), ElementsAre("3:7"));
  EXPECT_THAT(told(3), IsEmpty());
  EXPECT_EQ(feed(1)[0].state, state({person, 7}));
  EXPECT_EQ(feed(1)[0].position, head(1));
}

TEST_F(NodeFeeds, AnAuthorWhomItDoesNotConcernIsAskedToForgetItEachTimeItWrites) {
  make_child(2, 7, "A");
  EXPECT_THAT(told(2), ElementsAre("-3:7"));
  const auto before = head(2);
  edit(2, "Person", 7, {{"phone", text("0812345")}});
  EXPECT_THAT(told(2, before), ElementsAre("-3:7")) << "it shows its edit until it is told";
  immunise(2, 7, 21);
  EXPECT_THAT(told(2, before), ElementsAre("-3:7", "-13:21"));
}

TEST_F(NodeFeeds, AHomeWithoutADeviceLeavesTheRecordWithItsAuthors) {
  make_child(2, 7, "mistyped");
  EXPECT_THAT(concerned({person, 7}), ElementsAre(2u));
  EXPECT_THAT(told(2), IsEmpty()) << "all its own";
}

TEST_F(NodeFeeds, AHomeThatGetsItsFirstDeviceTakesTheRecordFromItsAuthors) {
  make_child(2, 7, "NEW");
  immunise(2, 7, 21);
  const auto& node = add_post(9, "NEW");
  write([&](WriteTxn& txn) { Feeds(txn, Registry::ilp()).nodes_changed(node.id); });
  EXPECT_THAT(told(9), UnorderedElementsAre("3:7", "13:21"));
  EXPECT_THAT(told(2), UnorderedElementsAre("-3:7", "-13:21"));
  // And when its only device is revoked, the authors are told again.
  nodes_.at(9).revoked_at = 1;
  write([&](WriteTxn& txn) {
    put_node(txn, nodes_.at(9));
    Feeds(txn, Registry::ilp()).nodes_changed(9);
  });
  EXPECT_THAT(told(2), UnorderedElementsAre("3:7", "13:21"));
}

TEST_F(NodeFeeds, ARecordStandsOnceAtItsLatestPosition) {
  make_child(2, 7, "A");
  make_child(2, 8, "A");
  edit(2, "Person", 7, {{"phone", text("0812345")}});
  EXPECT_THAT(told(1), ElementsAre("3:8", "3:7"));
  edit(2, "Person", 8, {{"phone", text("0812345")}});
  EXPECT_THAT(told(1), ElementsAre("3:7", "3:8"));
  EXPECT_EQ(store_.read()->count(Table::feeds), 2u + 4u * 2u)
      << "two of all; two of A and of their author, with places";
}

TEST_F(NodeFeeds, AChildWhoMovesBringsHerImmunisationsAndLeavesNothing) {
  make_child(3, 7, "A");
  immunise(1, 7, 21);
  immunise(3, 7, 22);
  ASSERT_THAT(told(1), ElementsAre("3:7", "13:22")) << "21 is its own";
  ASSERT_THAT(told(2), IsEmpty());
  const auto before = head(1);
  const auto outcome = edit(3, "Person", 7, {{"facility", text("B")}});
  EXPECT_THAT(told(2), ElementsAre("3:7", "13:21", "13:22"));
  EXPECT_THAT(told(1, before), ElementsAre("-3:7", "-13:21", "-13:22"));
  EXPECT_THAT(told(1), ElementsAre("-3:7", "-13:21", "-13:22")) << "conflated";
  EXPECT_THAT(outcome.touched, UnorderedElementsAre(1u, 2u, 3u));
}

TEST_F(NodeFeeds, AChildWhoComesBackIsToldAgain) {
  make_child(1, 7, "A");
  immunise(1, 7, 21);
  edit(3, "Person", 7, {{"facility", text("B")}});
  ASSERT_THAT(told(1), ElementsAre("-3:7", "-13:21"));
  edit(3, "Person", 7, {{"facility", text("A")}});
  EXPECT_THAT(told(1), ElementsAre("3:7", "13:21")) << "though the dose is all its own";
  EXPECT_THAT(told(2), ElementsAre("-3:7", "-13:21"));
}

TEST_F(NodeFeeds, AContestedHomeIsToldToBoth) {
  make_child(3, 7, "A");
  immunise(3, 7, 21);
  edit_blindly(2, "Person", 7, {{"facility", text("B")}});
  EXPECT_THAT(told(1), ElementsAre("13:21", "3:7"));
  EXPECT_THAT(told(2), ElementsAre("3:7", "13:21"));
}

TEST_F(NodeFeeds, WhatCameBeforeThePersonFollowsHerWhenSheComes) {
  immunise(2, 7, 21);
  ASSERT_THAT(concerned({immunization, 21}), ElementsAre(2u));
  make_child(3, 7, "A");
  EXPECT_THAT(told(1), ElementsAre("3:7", "13:21"));
  EXPECT_THAT(told(2), ElementsAre("-13:21")) << "it wrote it, and it is not its any more";
}

TEST_F(NodeFeeds, WhatStandsInOneBatchFollowsThePersonAsSheIsThen) {
  const auto event = [&](EventDraft draft, RecordId record, std::vector<RecordId> references = {}) {
    EventStamp stamp;
    stamp.record = record;
    stamp.references = std::move(references);
    if (draft.op == Op::set) stamp.version.seen = 100;
    return make_event(draft, stamp);
  };
  const Values dose{{"person", to(7)}, {"date", std::int64_t{20'000}}};
  append(3, Lane::routine,
         {event(draft_of("Immunization", 20, dose), 20, {7}),
          event(draft_of("Person", 7, {{"name", text("Ana")}, {"facility", text("A")}}), 7),
          event(draft_of("Immunization", 21, dose), 21, {7}),
          event(draft_of("Person", 7, {{"facility", text("B")}}, Op::set), 7),
          event(draft_of("Immunization", 22, dose), 22, {7})});
  EXPECT_THAT(told(2), UnorderedElementsAre("3:7", "13:20", "13:21", "13:22"));
  EXPECT_THAT(told(1), UnorderedElementsAre("-3:7", "-13:20", "-13:21"));
}

TEST_F(NodeFeeds, ForgetNamesOnlyWhatTheNodeMayHave) {
  make_child(3, 7, "A");
  const auto outcome = edit(3, "Person", 7, {{"phone", text("0812345")}});
  EXPECT_THAT(outcome.touched, ElementsAre(1u, 3u));
  EXPECT_THAT(told(2), IsEmpty());
  edit(3, "Person", 7, {{"facility", text("PKM")}});
  EXPECT_THAT(told(2), IsEmpty());
  EXPECT_THAT(told(1), ElementsAre("-3:7"));
}

TEST_F(NodeFeeds, WhoWasNeverToldIsNotAskedToForget) {
  make(3, "Person", 7, {{"name", text("Ana")}, {"area", text("94.04.01")}});
  nodes_.at(1).area = "94.04.01";  // learnt after she was written down
  write([&](WriteTxn& txn) { put_node(txn, nodes_.at(1)); });
  ASSERT_THAT(concerned({person, 7}), ElementsAre(1u, 3u));
  edit(3, "Person", 7, {{"area", text("94.04.02")}});
  EXPECT_THAT(told(1), IsEmpty());
}

// ---- addressed records ----

TEST_F(NodeFeeds, AReferralReachesItsAddresseeWithThePatientAndTheAnswerComesBack) {
  make_child(1, 7, "A");
  immunise(1, 7, 21);
  refer(1, 7, 5, "PKM");
  EXPECT_THAT(told(3), UnorderedElementsAre("6:5", "3:7")) << "not what else refers to her";
  EXPECT_THAT(told(1), IsEmpty());
  const auto outcome = edit(3, "Referral", 5, {{"answer", text("rawat jalan")}});
  EXPECT_THAT(told(1), ElementsAre("6:5"));
  EXPECT_THAT(outcome.touched, ElementsAre(1u, 3u));
}

TEST_F(NodeFeeds, APatientWhoComesAfterTheReferralFollowsIt) {
  refer(1, 7, 5, "PKM");
  ASSERT_THAT(told(3), ElementsAre("6:5")) << "urgent goes first";
  make_child(1, 7, "A");
  EXPECT_THAT(told(3), ElementsAre("6:5", "3:7"));
}

TEST_F(NodeFeeds, WhoIsNoMoreTheAddresseeForgetsReferralAndPatient) {
  make_child(1, 7, "A");
  refer(1, 7, 5, "PKM");
  edit(1, "Referral", 5, {{"toFacility", text("B")}});
  EXPECT_THAT(told(3), UnorderedElementsAre("-6:5", "-3:7"));
  EXPECT_THAT(told(2), UnorderedElementsAre("6:5", "3:7"));
}

TEST_F(NodeFeeds, APatientWhoWasNamedByMistakeIsForgotten) {
  make_child(1, 7, "A");
  make_child(1, 8, "A");
  refer(1, 7, 5, "PKM");
  edit(1, "Referral", 5, {{"person", to(8)}});
  EXPECT_THAT(told(3), UnorderedElementsAre("6:5", "-3:7", "3:8"));
  edit(1, "Person", 7, {{"phone", text("0812345")}});
  EXPECT_THAT(told(3), UnorderedElementsAre("6:5", "-3:7", "3:8")) << "nor remembered later";
}

TEST_F(NodeFeeds, APatientOfTwoReferralsStaysWithTheOther) {
  make_child(1, 7, "A");
  refer(1, 7, 5, "PKM");
  refer(1, 7, 6, "PKM");
  edit(1, "Referral", 5, {{"toFacility", text("B")}});
  EXPECT_THAT(told(3), UnorderedElementsAre("-6:5", "6:6", "3:7"));
}

// ---- no echo ----

TEST_F(NodeFeeds, WhatANodeWroteAloneIsNotSentBack) {
  make_child(1, 7, "A");
  edit(1, "Person", 7, {{"phone", text("0812345")}});
  EXPECT_THAT(told(1), IsEmpty());
  edit(3, "Person", 7, {{"phone", text("0899999")}});
  EXPECT_THAT(told(1), ElementsAre("3:7"));
}

TEST_F(NodeFeeds, WhatTheHubsClockDecidedBetweenOwnWritesIsSentBack) {
  make_child(1, 7, "A");
  edit(1, "Person", 7, {{"phone", text("0812345")}});
  edit_blindly(1, "Person", 7, {{"phone", text("0899999")}});
  EXPECT_THAT(told(1), ElementsAre("3:7")) << "the device orders them by its own clock";
}

TEST_F(NodeFeeds, WhatItWroteInAnEarlierLifeIsSent) {
  make_child(1, 7, "A");
  incarnations_[1] = 0xf00;
  edit(1, "Person", 7, {{"phone", text("0812345")}});
  EXPECT_THAT(told(1), ElementsAre("3:7")) << "a restored device may have lost it";
}

TEST_F(NodeFeeds, TwoDevicesOfOnePostGetEachOthers) {
  add_post(4, "A");
  make_child(1, 7, "A");
  immunise(4, 7, 21);
  EXPECT_THAT(told(4), ElementsAre("3:7"));
  EXPECT_THAT(told(1), ElementsAre("13:21"));
}

TEST_F(NodeFeeds, AStateSaysHowMuchOfTheReceiversOwnStreamIsInIt) {
  make_child(1, 7, "A");
  immunise(1, 7, 21);
  edit(3, "Person", 7, {{"phone", text("0812345")}});
  refer(3, 7, 5, "A");
  const auto changes = feed(1);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].included, 2u) << "of its routine lane";
  EXPECT_EQ(changes[1].included, 0u) << "of its urgent lane";
  incarnations_[1] = 0xf00;
  EXPECT_EQ(feed(1)[0].included, 0u);
}

// ---- who gets nothing ----

TEST_F(NodeFeeds, AQuarantinedEventMovesNone) {
  make_child(2, 7, "A");
  const auto before = last_change(*store_.read());
  const auto outcome = append(2, Lane::routine, {"no event"});
  EXPECT_EQ(outcome.quarantined.size(), 1u);
  EXPECT_THAT(outcome.touched, IsEmpty());
  EXPECT_EQ(last_change(*store_.read()), before);
}

TEST_F(NodeFeeds, ARevokedNodeIsToldNothingMore) {
  make_child(2, 7, "A");
  nodes_.at(1).revoked_at = 1;
  write([&](WriteTxn& txn) { put_node(txn, nodes_.at(1)); });
  make_child(2, 8, "A");
  EXPECT_THAT(told(1), ElementsAre("3:7"));
}

TEST_F(NodeFeeds, ARecordGrowsNoLargerThanAChangeMayBe) {
  // A payload of a schema to come: large, and of no known field.
  const auto large = [&](TimeMs at) {
    capnp::MallocMessageBuilder message;
    auto event = message.initRoot<schema::Event>();
    event.setRecord(7);
    event.setType(person);
    event.setOp(schema::Op::SET);
    event.setAt(at);
    event.setSetFields(FieldMask{1} << 63);
    auto payload = event.getPayload().initAsAnyStruct(0, 40);
    payload.getPointerSection()[39].setAs<capnp::Text>(std::string(50 * 1024, 'x').c_str());
    const auto words = capnp::canonicalize(event.asReader());
    return std::string(words.asChars().begin(), words.asChars().size());
  };
  const auto outcome = append(2, Lane::routine, {large(1), large(2), large(3)});
  ASSERT_EQ(outcome.quarantined.size(), 1u);
  EXPECT_EQ(outcome.quarantined[0].reason, "too_contested");
  EXPECT_EQ(outcome.quarantined[0].seq, 3u);
  EXPECT_THAT(told(2), ElementsAre("3:7")) << "its author is sent what stands, though all its own";
  make_child(2, 8, "A");
  edit(2, "Person", 7, {{"facility", text("A")}});
  EXPECT_THAT(told(1), ElementsAre("3:8", "3:7"));
}

// ---- how a feed is read ----

TEST_F(NodeFeeds, AreReadInParts) {
  for (RecordId id = 10; id < 20; ++id) make_child(2, id, "A");
  const auto txn = store_.read();
  const FeedSource source(*txn, Registry::ilp(), nodes_.at(1), 0);
  const auto first = source.read(0, 4, ~std::size_t{0});
  ASSERT_EQ(first.items.size(), 4u);
  EXPECT_EQ(decode_change(first.items[3].bytes)->position, first.to);
  const auto rest = source.read(first.to, 100, ~std::size_t{0});
  EXPECT_EQ(rest.items.size(), 6u);
  EXPECT_EQ(rest.to, source.head().seq);
  EXPECT_EQ(source.read(0, 100, 1).items.size(), 1u) << "at least one";
  const auto some = source.read(0, 100, 2 * first.items[0].bytes.size());
  EXPECT_EQ(some.items.size(), 2u);
  EXPECT_EQ(source.hash_at(first.to), Hash{}) << "a feed has no chain";
  EXPECT_EQ(source.hash_at(last_change(*txn) + 1), std::nullopt);
}

TEST_F(NodeFeeds, OfNothingHaveNoHead) {
  EXPECT_EQ(head(1), 0u);
  make_child(1, 7, "B");
  EXPECT_GT(head(1), 0u) << "it is asked to forget what is another's";
  EXPECT_EQ(head(3), 0u) << "another's feed is not mistaken for it";
  EXPECT_EQ(head(2), last_change(*store_.read()));
}

}  // namespace
}  // namespace titip
