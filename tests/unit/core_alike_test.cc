#include "core/alike.hh"

#include "review_fixture.hh"

namespace titip {
namespace {

class Alike : public test::ReviewFixture {
 protected:
  Alike() {
    write([&](WriteTxn& txn) {
      build_alike(txn, Registry::ilp(), "a secret of thirty-two bytes ...", now_);
    });
  }
  void enter(NodeId by, RecordId id, const char* name, Values more = {}) {
    more.emplace_back("name", text(name));
    more.emplace_back("birthDate", day(first_day));
    more.emplace_back("sex", std::int64_t{1});
    make(by, "Person", id, more);
  }
  void dose(NodeId by, RecordId id, RecordId of, std::int64_t on) {
    make(by, "Immunization", id,
         {{"person", to(of)},
          {"date", day(on)},
          {"antigen", std::int64_t{4}},
          {"doseNumber", std::int64_t{1}}});
  }
  // "3:7=9 by 1": by the mask of the lists.
  std::vector<std::string> pairs() {
    std::vector<std::string> lines;
    for (const auto& pair : alike_pairs(*store_.read())) {
      lines.push_back(std::to_string(pair.record.type) + ":" + std::to_string(pair.record.id) +
                      "=" + std::to_string(pair.other) + " by " + std::to_string(pair.by));
    }
    EXPECT_EQ(lines.size(), open_alike(*store_.read()));
    return lines;
  }
};

TEST_F(Alike, AChildWhoIsEnteredTwiceIsFoundHoweverHerNameIsWritten) {
  enter(1, 7, "Siti Nur-Aini");
  enter(2, 9, "SITI NURAINI ");
  enter(2, 10, "Siti Aminah");
  EXPECT_THAT(pairs(), testing::ElementsAre("3:7=9 by 1"));
  EXPECT_EQ(state({person, 7}).writes.size(), 1u) << "nothing is merged by a machine";
}

TEST_F(Alike, TwinsWhoseOrderIsKnownAreTwo) {
  enter(1, 7, "Bayi Ny. Ida", {{"birthOrder", std::int64_t{1}}});
  enter(1, 8, "Bayi Ny. Ida", {{"birthOrder", std::int64_t{2}}});
  EXPECT_TRUE(pairs().empty());
}

TEST_F(Alike, AnOrderOfBirthThatIsCorrectedIsLookedAtAgain) {
  enter(1, 7, "Bayi Ny. Ida", {{"birthOrder", std::int64_t{1}}});
  enter(1, 8, "Bayi Ny. Ida", {{"birthOrder", std::int64_t{2}}});
  edit(1, "Person", 8, {{"birthOrder", std::int64_t{1}}});
  EXPECT_THAT(pairs(), testing::ElementsAre("3:7=8 by 1"));
  edit(1, "Person", 8, {{"birthOrder", std::int64_t{3}}});
  EXPECT_TRUE(pairs().empty());
}

TEST_F(Alike, APairLastsHoweverManyHaveTheSameValues) {
  for (RecordId id = 1; id <= 30; ++id) {
    make(1, "Person", id, {{"name", text("X")}, {"nik", text("9404014501240001")}});
  }
  const auto before = pairs();
  for (RecordId id = 1; id <= 10; ++id) {
    edit(1, "Person", id, {{"birthDate", day(first_day)}, {"sex", std::int64_t{1}}});
  }
  EXPECT_GE(pairs().size(), before.size());
}

TEST_F(Alike, OneNikOfTwoIsFoundWhateverElseDiffers) {
  enter(1, 7, "Ida", {{"nik", text("9404014501240001")}, {"birthOrder", std::int64_t{1}}});
  enter(2, 9, "Budi", {{"nik", text("9404014501240001")}, {"birthOrder", std::int64_t{2}}});
  EXPECT_THAT(pairs(), testing::ElementsAre("3:7=9 by 2"));
}

TEST_F(Alike, TheIndexHoldsNoNik) {
  enter(1, 7, "Ida", {{"nik", text("9404014501240001")}});
  store_.read()->scan(Table::identities, {}, [](const Entry& entry) {
    EXPECT_EQ(entry.key.find("9404"), std::string_view::npos);
    EXPECT_EQ(entry.value.find("9404"), std::string_view::npos);
    return true;
  });
}

TEST_F(Alike, ALateNikBringsTheNewbornTogetherWithHerSecondEntry) {
  enter(1, 7, "Bayi Ny. Ida");
  enter(2, 9, "Rahmawati", {{"nik", text("9404014501240001")}});
  EXPECT_TRUE(pairs().empty());
  edit(1, "Person", 7, {{"nik", text("9404014501240001")}});
  EXPECT_THAT(pairs(), testing::ElementsAre("3:7=9 by 2"));
}

TEST_F(Alike, WhoDiffersAfterAllIsAlikeNoMore) {
  enter(1, 7, "Ani");
  enter(2, 9, "Ani");
  edit(2, "Person", 9, {{"name", text("Ana")}});
  EXPECT_TRUE(pairs().empty());
}

TEST_F(Alike, AWordOfAPersonEndsIt) {
  enter(1, 7, "Ani");
  enter(2, 9, "Ani");
  say_of_pair(1, Op::unlink, {person, 9}, 7);
  EXPECT_TRUE(pairs().empty());
  edit(1, "Person", 7, {{"address", text("Jl. Merdeka")}});
  EXPECT_TRUE(pairs().empty());
  say_of_pair(1, Op::link, {person, 9}, 7);
  EXPECT_TRUE(pairs().empty());
}

TEST_F(Alike, WhatIsRetractedIsLikeNothing) {
  enter(1, 7, "Ani");
  enter(2, 9, "Ani");
  say(1, draft_of("Person", 7, {}, Op::retract));
  EXPECT_TRUE(pairs().empty());
}

TEST_F(Alike, ADoseThatTwoPlacesReportedIsFound) {
  enter(1, 7, "Ani");
  dose(1, 20, 7, first_day + 60);
  dose(2, 21, 7, first_day + 61);
  EXPECT_THAT(pairs(), testing::ElementsAre("13:20=21 by 1"));
}

TEST_F(Alike, WhatTwoPersonsHadEachOncePersonsThatAreOneHaveTwice) {
  enter(1, 7, "Ani");
  enter(2, 9, "Bayi Ny. Ida");
  dose(1, 20, 7, first_day + 60);
  dose(2, 21, 9, first_day + 61);
  EXPECT_TRUE(pairs().empty());
  say_of_pair(1, Op::link, {person, 7}, 9);
  EXPECT_THAT(pairs(), testing::ElementsAre("13:20=21 by 1"));
  dose(2, 22, 9, first_day + 62);
  EXPECT_EQ(pairs().size(), 3u);
  say_of_pair(1, Op::unlink, {person, 7}, 9);
  EXPECT_THAT(pairs(), testing::ElementsAre("13:21=22 by 1"));
}

TEST_F(Alike, AStoreThatHadNoIndexGetsOne) {
  enter(1, 7, "Ani");
  enter(2, 9, "Ani");
  write([&](WriteTxn& txn) {
    txn.erase(Table::meta, "alike secret");
    txn.scan(Table::identities, {}, [&](const Entry& entry) {
      txn.erase(Table::identities, std::string(entry.key));
      return true;
    });
    build_alike(txn, Registry::ilp(), "another secret of 32 bytes .....", now_);
  });
  EXPECT_THAT(pairs(), testing::ElementsAre("3:7=9 by 1"));
}

}  // namespace
}  // namespace titip
