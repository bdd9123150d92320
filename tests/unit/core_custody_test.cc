// How far a custodian holds a hub's journal, and what the nodes are told of it.

#include "core/custody.hh"

#include <gmock/gmock.h>

#include "core/hub_append.hh"
#include "feeds_fixture.hh"

namespace titip::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Custody : public FeedsFixture {
 protected:
  static constexpr NodeId post = 1;
  static constexpr NodeId district = 5;
  static constexpr NodeId second_district = 6;

  Custody() {
    add_post(post, "A");
    add_district(district, {});
    for (RecordId id = 1; id <= 4; ++id) make(post, "Person", id, {{"name", text("Ana")}});
  }
  std::vector<SafeMark> hold(std::uint64_t offset, NodeId by = district) {
    std::vector<SafeMark> moved;
    write([&](WriteTxn& txn) { moved = hold_journal(txn, by, offset); });
    return moved;
  }
  Seq safe() {
    auto node = find_node(*store_.read(), post).value();
    return node.lane(incarnation_of(post), Lane::routine).safe;
  }
};

TEST_F(Custody, HoldingTheJournalMakesWhatStandsInItSafe) {
  const auto moved = hold(3);
  ASSERT_THAT(moved, SizeIs(1));
  EXPECT_EQ(moved[0].node, post);
  EXPECT_EQ(moved[0].safe, 3u);
  EXPECT_EQ(moved[0].have, 4u) << "not all of it yet: it is told with the next answer";
  EXPECT_EQ(safe(), 3u);
  EXPECT_EQ(safe_offset(*store_.read()), 3u);
}

TEST_F(Custody, ANoteAboutWhatStandsElsewhereIsNoPositionOfALane) {
  write([&](WriteTxn& txn) {
    HubEntry note;
    note.origin = post;
    note.born = {incarnation_of(post), 9, {1, 1}, Lane::routine};
    note.former = {{0xf0, 9}};
    Appender(txn, {Registry::ilp(), epoch_, now_, "PKM"}).append(std::move(note));
  });
  hold(5);
  EXPECT_EQ(safe(), 4u) << "a lane that has 4 is not safe up to 9";
}

TEST_F(Custody, HoldingTheSameAgainMovesNothing) {
  hold(3);
  EXPECT_THAT(hold(3), IsEmpty());
}

TEST_F(Custody, ACustodianRestoredFromAnOldCopyTakesItsMarksBack) {
  hold(4);
  const auto moved = hold(2);
  ASSERT_THAT(moved, SizeIs(1));
  EXPECT_TRUE(moved[0].fell);
  EXPECT_EQ(moved[0].safe, 2u);
  EXPECT_EQ(safe(), 2u);
  EXPECT_EQ(find_node(*store_.read(), district)->journal_held, 2u);
}

TEST_F(Custody, TheFurthestOfSeveralCustodiansCounts) {
  add_district(second_district, {});
  hold(4);
  EXPECT_THAT(hold(1, second_district), IsEmpty());
  EXPECT_EQ(safe(), 4u);
}

TEST_F(Custody, WhatOnlyARevokedCustodianHeldIsSafeNoMore) {
  add_district(second_district, {});
  hold(4);
  hold(1, second_district);
  write([&](WriteTxn& txn) {
    auto node = find_node(txn, district).value();
    node.revoked_at = 1;
    put_node(txn, node);
    EXPECT_THAT(custodian_revoked(txn), SizeIs(1));
  });
  EXPECT_EQ(safe(), 1u);
}

TEST_F(Custody, ADistrictWithAPartIsNoCustodian) {
  add_district(second_district, {{}, {}, true});
  EXPECT_FALSE(is_custodian(find_node(*store_.read(), second_district).value()));
  EXPECT_THAT(hold(4, second_district), IsEmpty());
  EXPECT_EQ(safe(), 0u);
}

}  // namespace
}  // namespace titip::test
