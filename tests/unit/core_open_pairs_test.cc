#include "core/open_pairs.hh"

#include "core/under_review.hh"
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

}  // namespace
}  // namespace titip
