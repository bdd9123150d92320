#include "core/concern.hh"

#include "feeds_fixture.hh"

namespace titip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// 1 and 2 are posts, 3 is the health centre's second device.
class ConcernRules : public test::FeedsFixture {
 protected:
  ConcernRules() {
    add_post(1, "A", "94.04.01.2001");
    add_post(2, "B", "94.04.01.2002");
    add_node(3, FacilityKind::puskesmas, "PKM", "94.04.01");
  }
};

TEST(Areas, LieInThemselvesAndInWhatTheyBeginWith) {
  EXPECT_TRUE(area_lies_in("94.04", "94.04"));
  EXPECT_TRUE(area_lies_in("94.04.01.2001", "94.04"));
  EXPECT_FALSE(area_lies_in("94.041", "94.04"));
  EXPECT_FALSE(area_lies_in("94", "94.04"));
  EXPECT_FALSE(area_lies_in("94.04", ""));
}

TEST_F(ConcernRules, ThoseOfItsHome) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("B")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(2u)) << "who wrote it does not care for her";
}

TEST_F(ConcernRules, ThoseInWhoseAreaItLiesBesideItsAuthors) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"area", text("94.04.01.2002")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u, 2u, 3u));
  make(1, "Person", 8, {{"name", text("Ida")}, {"area", text("94.04.01")}});
  EXPECT_THAT(concerned({person, 8}), ElementsAre(1u, 3u))
      << "a subdistrict lies in none of its villages";
}

TEST_F(ConcernRules, ItsAuthorsWhenItSaysNoPlace) {
  make(1, "Person", 7, {{"name", text("Ana")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u));
  edit_blindly(2, "Person", 7, {{"phone", text("0812")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u, 2u));
}

TEST_F(ConcernRules, BothHomesWhenTheyAreContested) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  edit_blindly(2, "Person", 7, {{"facility", text("B")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u, 2u));
}

TEST_F(ConcernRules, AClearedHomeIsNone) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("B")}});
  auto draft = draft_of("Person", 7, {}, Op::set);
  draft.cleared = samples::field("Person", "facility").bit();
  say(1, draft);
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u));
}

TEST_F(ConcernRules, WhatRefersToAPersonFollowsHer) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("B")}});
  make(1, "Immunization", 9, {{"person", to(7)}, {"date", std::int64_t{20'000}}});
  EXPECT_THAT(concerned({immunization, 9}), ElementsAre(2u)) << "not its author, who is A";
  make(1, "Person", 8, {{"name", text("Ida")}});
  make(2, "Immunization", 10, {{"person", to(8)}, {"date", std::int64_t{20'000}}});
  EXPECT_THAT(concerned({immunization, 10}), ElementsAre(1u)) << "her author, as she has no place";
}

TEST_F(ConcernRules, OfTwoPersonsItFollowsBoth) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  make(1, "Person", 8, {{"name", text("Ida")}, {"facility", text("B")}});
  make(1, "TbScreening", 9,
       {{"person", to(7)}, {"date", std::int64_t{20'000}}, {"indexCase", to(8)}});
  EXPECT_THAT(concerned({20, 9}), ElementsAre(1u, 2u));
}

TEST_F(ConcernRules, WhoRefersToSomeoneUnknownHereKeepsToItsAuthors) {
  make(2, "Immunization", 9, {{"person", to(77)}, {"date", std::int64_t{20'000}}});
  EXPECT_THAT(concerned({immunization, 9}), ElementsAre(2u));
}

TEST_F(ConcernRules, ThoseInTheAreaOfADangerSignBesideThoseOfThePersonItIsAbout) {
  make(2, "Person", 7, {{"name", text("Ana")}, {"facility", text("B")}});
  make(1, "DangerSign", 5,
       {{"date", std::int64_t{20'000}},
        {"sign", std::int64_t{0}},
        {"person", to(7)},
        {"area", text("94.04.01.2003")}});
  EXPECT_THAT(concerned({danger, 5}), ElementsAre(2u, 3u));
}

TEST_F(ConcernRules, ADangerSignIsNoSubjectThoughItHasAnArea) {
  make(
      1, "DangerSign", 5,
      {{"date", std::int64_t{20'000}}, {"sign", std::int64_t{0}}, {"area", text("94.04.01.2002")}});
  EXPECT_THAT(concerned({danger, 5}), ElementsAre(1u, 2u, 3u)) << "where it says";
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  make(1, "HomeVisit", 9,
       {{"person", to(7)}, {"date", std::int64_t{20'000}}, {"dangerSign", to(5)}});
  EXPECT_THAT(concerned({21, 9}), ElementsAre(1u));
}

TEST_F(ConcernRules, AChildWithoutAPlaceFollowsItsMother) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("B")}});
  make(1, "Person", 8, {{"name", text("Bayi")}, {"mother", to(7)}});
  EXPECT_THAT(concerned({person, 8}), ElementsAre(2u));
}

TEST_F(ConcernRules, AReferralGoesToItsAddresseeAndItsAuthorAndTakesItsPatientAlong) {
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  make(1, "Immunization", 9, {{"person", to(7)}, {"date", std::int64_t{20'000}}});
  make(1, "Referral", 5,
       {{"person", to(7)}, {"date", std::int64_t{20'000}}, {"toFacility", text("PKM")}});
  EXPECT_THAT(concerned({referral, 5}), ElementsAre(1u, 3u));
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u, 3u));
  EXPECT_THAT(concerned({immunization, 9}), ElementsAre(1u)) << "only the patient goes along";
}

TEST_F(ConcernRules, SystemTypesAndRevokedNodesHaveNobody) {
  const RecordKey node{1, 7};
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  const auto some = state({person, 7});
  {
    const auto txn = store_.read();
    EXPECT_THAT(Concern(*txn, Registry::ilp()).of(node, some), IsEmpty());
    EXPECT_THAT(Concern(*txn, Registry::ilp()).of({60'000, 7}, some), IsEmpty());
  }
  auto& revoked = nodes_.at(1);
  revoked.revoked_at = 1;
  write([&](WriteTxn& txn) { put_node(txn, revoked); });
  EXPECT_THAT(concerned({person, 7}), IsEmpty());
}

TEST_F(ConcernRules, TwoDevicesOfOneFacilityAreConcernedAlike) {
  add_post(4, "A");
  make(1, "Person", 7, {{"name", text("Ana")}, {"facility", text("A")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u, 4u));
}

TEST_F(ConcernRules, ADistrictHasItsTypesInItsAreas) {
  add_district(5, {{growth}, {}, false});
  add_district(6, {{}, {"94.04.01.2002"}, false});
  add_district(7, {{}, {}, true});
  add_district(8, {});
  make(1, "Person", 7, {{"name", text("Ana")}, {"area", text("94.04.01.2002")}});
  EXPECT_THAT(concerned({person, 7}), ElementsAre(1u, 2u, 3u, 6u, 7u));
  make(1, "GrowthMeasurement", 9, {{"person", to(7)}, {"date", std::int64_t{20'000}}});
  EXPECT_THAT(concerned({growth, 9}), ElementsAre(1u, 2u, 3u, 5u, 6u, 7u)) << "her area is its";
  make(1, "Person", 8, {{"name", text("Ida")}});
  EXPECT_THAT(concerned({person, 8}), ElementsAre(1u, 7u)) << "in the area of its author, A";
  make(2, "Person", 10, {{"name", text("Eva")}});
  EXPECT_THAT(concerned({person, 10}), ElementsAre(2u, 6u, 7u));
}

}  // namespace
}  // namespace titip
