#include "core/open_pairs.hh"

#include "core/intake_json.hh"
#include "core/print_conflict.hh"
#include "core/united.hh"
#include "review_fixture.hh"

namespace titip {
namespace {

// Three records of one name, and what is said of which of them are one.
class OpenPairs : public test::ReviewFixture {
 protected:
  static constexpr RecordKey ani{person, 7};
  static constexpr RecordKey bayi{person, 8};
  static constexpr RecordKey cici{person, 9};

  OpenPairs() {
    for (const auto& key : {ani, bayi, cici}) make(1, "Person", key.id, {{"name", text("Ani")}});
  }
  United together(const RecordKey& key = ani) {
    return united(*store_.read(), key, samples::type("Person"));
  }
  // Two that are said to be two, and yet are joined by way of a third.
  void join_what_is_apart() {
    say_of_pair(1, Op::unlink, ani, cici.id);
    say_of_pair(1, Op::link, ani, bayi.id);
    ASSERT_EQ(open(), 0u);
    say_of_pair(2, Op::link, cici, bayi.id);
  }
  // As `conflicts --json` prints what is listed; empty: nothing.
  std::vector<std::string> lines() {
    std::vector<std::string> all;
    for (const auto& listed : list()) {
      all.push_back(conflict_line(listed, together(listed.record), samples::type("Person")));
    }
    return all;
  }
  std::string refused_json(const std::string& json) {
    const auto decision = parse_decision(json, samples::type("Person"));
    return decision
               ? refused(*decision, ani)
               : std::string(code_name(decision.refusal().code)) + " " + decision.refusal().field;
  }
  Result<Settled> decide(const RecordKey& record, Op op, RecordId other) {
    Decision decision;
    decision.seen = version_of(record);
    decision.pair.emplace(other, op);
    return settle(decision, record);
  }
};

TEST_F(OpenPairs, WhoAreSaidToBeTwoAndYetAreJoinedThroughAnotherAreUnderReview) {
  join_what_is_apart();
  for (const auto& key : {ani, bayi, cici}) {
    const auto whole = together(key);
    EXPECT_EQ(whole.members, (std::vector<RecordId>{7, 8, 9}));
    EXPECT_TRUE(whole.state.under_review);
    ASSERT_EQ(whole.open_pairs.size(), 1u);
    EXPECT_EQ(whole.open_pairs[0].one, ani.id);
    EXPECT_EQ(whole.open_pairs[0].other, cici.id);
    EXPECT_EQ(whole.open_pairs[0].way, (std::vector<RecordId>{8}));
  }
  ASSERT_EQ(list(Listing::open).size(), 1u);
  EXPECT_EQ(list().front().record, ani);
  EXPECT_TRUE(list().front().what.pairs);
}

TEST_F(OpenPairs, ThatIsSoInWhateverOrderItIsSaid) {
  say_of_pair(2, Op::link, cici, bayi.id);
  say_of_pair(1, Op::link, ani, bayi.id);
  ASSERT_EQ(open(), 0u);
  say_of_pair(1, Op::unlink, ani, cici.id, Version{});
  EXPECT_EQ(open(), 1u);
}

TEST_F(OpenPairs, ThatTheyAreOneAfterAllSettlesIt) {
  join_what_is_apart();
  ASSERT_TRUE(decide(ani, Op::link, cici.id).ok());
  EXPECT_TRUE(together().open_pairs.empty());
  EXPECT_FALSE(together().state.under_review);
  EXPECT_EQ(open(), 0u);
}

TEST_F(OpenPairs, PartingOneOfThemFromWhatJoinsThemSettlesIt) {
  join_what_is_apart();
  const auto settled = decide(ani, Op::unlink, cici.id);  // which was said already
  ASSERT_TRUE(settled.ok());
  EXPECT_TRUE(settled->under_review) << "they are still joined";
  ASSERT_TRUE(decide(cici, Op::unlink, bayi.id).ok());
  EXPECT_EQ(together().members, (std::vector<RecordId>{7, 8}));
  EXPECT_EQ(together(cici).members, (std::vector<RecordId>{9}));
  EXPECT_EQ(open(), 0u);
}

TEST_F(OpenPairs, EveryWordIsListedOnceWithItsAuthorAndTimes) {
  const Version seen{state(ani).as_of, 0};
  say_of_pair(1, Op::link, ani, cici.id);
  say_of_pair(2, Op::unlink, cici, ani.id, seen);
  ASSERT_EQ(list().size(), 2u) << "each by itself is under review";
  const auto all = lines();
  ASSERT_TRUE(all[0].empty() != all[1].empty()) << "and they are asked about once";
  const auto& line = all[0] + all[1];
  for (const auto* part :
       {R"("id":"0000000000000007")", R"("one":"0000000000000007","other":"0000000000000009")",
        R"("n":1,"value":true,"by":"kader","facility":"A")",
        R"("n":2,"value":false,"by":"kader","facility":"B")", R"("at":)", R"("correctedAt":)",
        R"("confidence":)", R"("event":)"}) {
    EXPECT_THAT(line, testing::HasSubstr(part));
  }
  const auto& held = list(Listing::open);
  EXPECT_EQ(held.size(), 2u) << "and both are counted";
}

TEST_F(OpenPairs, WhatJoinsTwoWhoAreSaidToBeTwoIsListedWithItsWay) {
  join_what_is_apart();
  ASSERT_EQ(lines().size(), 1u);
  const auto line = lines().front();
  for (const auto* part :
       {R"("through":["0000000000000008"])", R"("n":2,"value":false,"by":"kader","facility":"A")",
        R"("n":1,"value":true,"one":"0000000000000007","other":"0000000000000008")",
        R"("n":1,"value":true,"one":"0000000000000008","other":"0000000000000009")"}) {
    EXPECT_THAT(line, testing::HasSubstr(part));
  }
}

TEST_F(OpenPairs, AreDecidedByNamingTheOther) {
  join_what_is_apart();
  EXPECT_EQ(refused(taking({{"", 1}}), ani), "which_other take");
  const auto seen = R"("seen":")" + format_version(version_of(ani)) + R"("})";
  EXPECT_EQ(refused_json(R"({"take":{"same":1},)" + seen), "which_other take");
  EXPECT_EQ(refused_json(R"({"same":"0000000000000008","apart":"0000000000000009",)" + seen),
            "one_pair_only apart");
  make(1, "Person", 10, {{"name", text("Ani")}});
  EXPECT_EQ(refused_json(R"({"apart":"000000000000000a",)" + seen), "not_asked other");
}

}  // namespace
}  // namespace titip
