// Whom records that are one concern: all of them the same nodes, whatever each of them names.

#include "core/concern.hh"
#include "feeds_fixture.hh"

namespace titip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Two children at two posts, and a dose of each.
class ConcernOfGroups : public test::FeedsFixture {
 protected:
  static constexpr RecordKey dose{immunization, 20};
  static constexpr RecordKey other_dose{immunization, 21};

  ConcernOfGroups() {
    add_post(1, "A", "94.04.01.2001");
    add_post(2, "B", "94.04.02.2001");
    add_post(3, "C", "94.04.03.2001");
    make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
    make(2, "Person", 9, {{"name", text("Ana")}, {"facility", text("B")}});
    immunise(1, 7, dose.id);
    immunise(2, 9, other_dose.id);
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

TEST_F(ConcernOfGroups, DosesThatAreOneGoWhereEitherChildDoes) {
  const auto from = head(2);
  say_of_pair(1, Op::link, dose, other_dose.id);
  EXPECT_THAT(concerned(dose), ElementsAre(1u, 2u));
  EXPECT_THAT(concerned(other_dose), ElementsAre(1u, 2u));
  EXPECT_THAT(told(2, from), UnorderedElementsAre("13:20", "13:21"));
  say_of_pair(1, Op::unlink, dose, other_dose.id);
  EXPECT_THAT(told(2, from), UnorderedElementsAre("-13:20", "13:21"));
}

TEST_F(ConcernOfGroups, AChildWhoMovesBringsBothDosesAndLosesBoth) {
  say_of_pair(1, Op::link, dose, other_dose.id);
  const auto from = head(2);
  edit(2, "Person", 9, {{"facility", text("C")}});
  EXPECT_THAT(told(3), UnorderedElementsAre("3:9", "13:20", "13:21"));
  EXPECT_THAT(told(2, from), UnorderedElementsAre("-3:9", "-13:20", "-13:21"));
}

TEST_F(ConcernOfGroups, ADistrictHasAllOfAGroupIfAnyLiesInItsAreas) {
  add_district(8, {{immunization}, {"94.04.02"}, false});
  EXPECT_THAT(concerned(dose), ElementsAre(1u));
  say_of_pair(1, Op::link, dose, other_dose.id);
  EXPECT_THAT(concerned(dose), ElementsAre(1u, 2u, 8u));
  EXPECT_THAT(concerned(other_dose), ElementsAre(1u, 2u, 8u));
}

TEST_F(ConcernOfGroups, ReferralsThatAreOneAndTheirPatientsGoToBothAddressees) {
  refer(1, 7, 30, "B");
  refer(1, 7, 31, "C");
  EXPECT_THAT(concerned({referral, 30}), ElementsAre(1u, 2u));
  const auto from = head(3);
  say_of_pair(1, Op::link, {referral, 30}, 31);
  EXPECT_THAT(concerned({referral, 30}), ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(concerned({referral, 31}), ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(told(3, from), UnorderedElementsAre("6:30", "6:31"));
  refer(2, 9, 32, "B");
  say_of_pair(1, Op::link, {referral, 31}, 32);
  EXPECT_THAT(concerned({person, 9}), ElementsAre(2u, 3u)) << "whom a referral of the group names";
  EXPECT_THAT(told(3, from), UnorderedElementsAre("6:30", "6:31", "6:32", "3:9"));
}

TEST_F(ConcernOfGroups, OfWhatIsOnlyLinkedNothingFollows) {
  immunise(1, 77, 22);  // of a child who is unknown here
  say_of_pair(2, Op::unlink, {person, 9}, 77);
  EXPECT_THAT(concerned({immunization, 22}), ElementsAre(1u));
}

TEST_F(ConcernOfGroups, WhoseHomeGetsItsFirstDeviceTakesAllOfThemFromItsAuthors) {
  make(1, "Person", 17, {{"name", text("Ida")}, {"facility", text("D")}});
  immunise(1, 17, 23);
  make(2, "Person", 19, {{"name", text("Ida")}, {"facility", text("D")}});
  immunise(2, 19, 24);
  say_of_pair(1, Op::link, {immunization, 23}, 24);
  EXPECT_THAT(concerned({immunization, 24}), ElementsAre(1u, 2u));
  add_post(4, "D");
  write([&](WriteTxn& txn) { Feeds(txn, Registry::ilp()).nodes_changed(4); });
  EXPECT_THAT(concerned({immunization, 24}), ElementsAre(4u));
  EXPECT_THAT(told(2), testing::Contains("-13:23"));
  EXPECT_THAT(told(1), testing::Contains("-13:24"));
}

}  // namespace
}  // namespace titip
