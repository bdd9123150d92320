// What `get`, `list` and the feed of changes print of records that are one, or that are not held.

#include "core/agent_journal.hh"
#include "core/queries.hh"
#include "core/save_draft.hh"
#include "review_fixture.hh"

namespace titip {
namespace {

class GroupQueries : public test::ReviewFixture {
 protected:
  static constexpr RecordKey ani{person, 7};
  static constexpr RecordKey never_made{person, 3};

  GroupQueries() { make(1, "Person", ani.id, {{"name", text("Ani")}}); }

  static RecordReader reader() { return {Registry::ilp(), {}, false, {}}; }
  std::string get(const RecordKey& key) {
    return record_json(*store_.read(), reader(), samples::type("Person"), key.id).value_or("");
  }
  std::vector<RecordId> listed() {
    std::vector<RecordId> ids;
    each_record(*store_.read(), reader(), samples::type("Person"), 0,
                [&](RecordId id, const std::string&) {
                  ids.push_back(id);
                  return true;
                });
    return ids;
  }
};

TEST_F(GroupQueries, WhatOnlyLinksAreHeldOfIsNotHeld) {
  say_of_pair(1, Op::unlink, ani, never_made.id);
  EXPECT_EQ(get(never_made), "");
  EXPECT_THAT(listed(), testing::ElementsAre(ani.id));
}

TEST_F(GroupQueries, AGroupIsListedByTheLowestThatIsHeld) {
  say_of_pair(1, Op::link, ani, never_made.id);
  EXPECT_THAT(listed(), testing::ElementsAre(ani.id));
  EXPECT_THAT(get(never_made),
              testing::HasSubstr(R"("id":"0000000000000007","members":["0000000000000003",)"));
  write([](WriteTxn& txn) { txn.erase(Table::records, record_key(never_made)); });
  EXPECT_THAT(listed(), testing::ElementsAre(ani.id));
}

TEST_F(GroupQueries, AGroupIsListedByTheLowestThatLives) {
  make(2, "Person", 9, {{"name", text("Ani")}});
  say_of_pair(1, Op::link, ani, 9);
  say(1, draft_of("Person", ani.id, {}, Op::retract));
  EXPECT_THAT(listed(), testing::ElementsAre(9));
}

TEST_F(GroupQueries, WhatIsLinkedNoMoreAndWasNeverMadeIsToldAsForgotten) {
  say_of_pair(1, Op::unlink, ani, never_made.id);
  std::vector<std::string> lines;
  each_kept_change_line(*store_.read(), reader(), 0, [&](const KeptLine& kept) {
    lines.push_back(kept.line);
    return true;
  });
  EXPECT_THAT(lines,
              testing::Contains(testing::HasSubstr(R"("id":"0000000000000003","forget":true)")));
}

TEST_F(GroupQueries, WhatOnlyLinksAreHeldOfIsMadeAndSetAsIfItWereNotHeld) {
  MemoryStore agent;
  agent.write([](WriteTxn& txn) { begin_incarnation(txn, 1); });
  RecordIds ids{1000};
  const auto save = [&](EventDraft draft) {
    std::optional<Result<Saved>> saved;
    agent.write([&](WriteTxn& txn) {
      saved = save_draft(
          txn, draft, {Registry::ilp(), ids, {now_++, 7, 8}, 540, FacilityKind::posyandu, 0, "A"});
    });
    return *saved;
  };
  auto link = draft_of("Person", ani.id, {}, Op::link);
  link.other.id = never_made.id;
  ASSERT_TRUE(save(link).ok());
  const auto set = save(draft_of("Person", never_made.id, {{"phone", text("0811")}}, Op::set));
  ASSERT_TRUE(set.ok());
  EXPECT_TRUE(set->record_not_held);
  EXPECT_TRUE(save(draft_of("Person", ani.id, {{"name", text("Ani")}})).ok());
}

}  // namespace
}  // namespace titip
