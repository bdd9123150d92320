#include "core/united.hh"

#include "core/print_json.hh"
#include "review_fixture.hh"

namespace titip {
namespace {

// One child whom two posts have entered, and what is shown once somebody has said that she is one.
class Together : public test::ReviewFixture {
 protected:
  static constexpr RecordKey ani{person, 7};
  static constexpr RecordKey other_ani{person, 9};

  Together() {
    make(1, "Person", ani.id,
         {{"name", text("Ani")}, {"birthDate", day(first_day)}, {"phone", text("0811")}});
    make(2, "Person", other_ani.id,
         {{"name", text("Bayi Ny. Ida")}, {"birthDate", day(second_day)}, {"rt", text("3")}});
  }
  United together(const RecordKey& key = ani) {
    return united(*store_.read(), key, samples::type("Person"));
  }
  void link() { say_of_pair(1, Op::link, ani, other_ani.id); }
  std::string shows(std::string_view name) {
    const auto whole = together();
    const auto& field = samples::field("Person", name);
    const auto by = shown_field(whole.state, field);
    if (!by) return "";
    return said(name, value_given(field, *by->from).value()) + (by->contested ? " contested" : "");
  }
};

TEST_F(Together, TheLowestIdIsTheName) {
  link();
  EXPECT_EQ(together(other_ani).record, ani);
  EXPECT_EQ(together(ani).members, (std::vector<RecordId>{7, 9}));
}

TEST_F(Together, WhatOnlyOneSaysIsShownOfAll) {
  link();
  EXPECT_EQ(shows("phone"), "\"0811\"");
  EXPECT_EQ(shows("rt"), "\"3\"");
}

TEST_F(Together, WhatBothSayDifferentlyIsContested) {
  link();
  EXPECT_EQ(shows("birthDate"), "\"2024-03-18\" contested");
  EXPECT_TRUE(together().state.under_review);
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(list().front().record, ani);
  EXPECT_EQ(open(), 1u);
  EXPECT_FALSE(state(ani).under_review) << "each record by itself is not";
}

TEST_F(Together, WhoEditsWhatIsShownHasSeenAllOfIt) {
  link();
  edit(2, "Person", other_ani.id, {{"phone", text("0822")}});
  EXPECT_EQ(shows("phone"), "\"0822\"");
}

TEST_F(Together, WhoHadNotSeenTheLinkHidesNothing) {
  const Version seen{state(other_ani).as_of, 0};
  link();
  auto draft = draft_of("Person", other_ani.id, {{"phone", text("0822")}}, Op::set);
  draft.version = seen;
  say(2, draft);
  EXPECT_EQ(shows("phone"), "\"0822\" contested");
}

TEST_F(Together, ALinkSaidTwiceReopensNothing) {
  const Version before{state(other_ani).as_of, 0};
  link();
  edit(2, "Person", other_ani.id, {{"phone", text("0822")}});
  link();  // once more, by someone who saw the first
  EXPECT_EQ(shows("phone"), "\"0822\"");
  say_of_pair(2, Op::link, other_ani, ani.id, before);  // and by someone who did not
  EXPECT_EQ(shows("phone"), "\"0822\"");
}

TEST_F(Together, WhoKnewThemAsTwoHidesNothingOnceTheyAreOneAgain) {
  link();
  say_of_pair(2, Op::unlink, other_ani, ani.id);
  edit(2, "Person", other_ani.id, {{"phone", text("0822")}});
  link();
  EXPECT_EQ(shows("phone"), "\"0822\" contested");
}

TEST_F(Together, OneDecisionSettlesWhatBothSay) {
  link();
  auto decision = taking({{"birthDate", 1}});
  ASSERT_TRUE(settle(decision, other_ani).ok());
  EXPECT_EQ(shows("birthDate"), "\"2023-12-09\"");
  EXPECT_FALSE(together().state.under_review);
  EXPECT_EQ(open(), 0u);
}

TEST_F(Together, WhatWasRetractedSaysNothingMore) {
  link();
  say(2, draft_of("Person", other_ani.id, {}, Op::retract));
  EXPECT_EQ(shows("birthDate"), "\"2023-12-09\"");
  EXPECT_TRUE(shown_alive(together().state));
  say(1, draft_of("Person", ani.id, {}, Op::retract));
  EXPECT_FALSE(shown_alive(together().state));
}

TEST_F(Together, TheLowestThatLivesIsTheName) {
  link();
  make(1, "Person", 11, {{"birthDate", day(first_day)}});
  say_of_pair(1, Op::link, ani, 11);
  const auto since = list().front().since;
  say(1, draft_of("Person", ani.id, {}, Op::retract));
  EXPECT_EQ(together(ani).record, other_ani);
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(list().front().record, other_ani) << "and so it is listed";
  EXPECT_EQ(list().front().since, since) << "for as long as before";
  ASSERT_TRUE(settle(taking({{"birthDate", 1}}), ani).ok()) << "by whatever id";
  edit(2, "Person", together(ani).record.id, {{"phone", text("0822")}});
  EXPECT_EQ(shows("phone"), "\"0822\"");
  EXPECT_TRUE(shown_alive(together().state));
  EXPECT_FALSE(together().state.under_review);
}

TEST_F(Together, WhatOnlyLinksAreHeldOfNeitherNamesTheGroupNorKeepsItAlive) {
  constexpr RecordKey never_made{person, 3};
  say_of_pair(1, Op::link, ani, never_made.id);
  EXPECT_EQ(together(never_made).record, ani);
  EXPECT_EQ(together(never_made).speaks_for_life, ani.id);
  say(1, draft_of("Person", ani.id, {}, Op::retract));
  const auto whole = together(never_made);
  EXPECT_EQ(whole.record, ani);
  EXPECT_FALSE(shown_alive(whole.state));
  EXPECT_EQ(shows("phone"), "\"0811\"") << "as of any record that was retracted";
  EXPECT_FALSE(shown_alive(state(never_made)));
}

TEST_F(Together, WhatIsNotHeldNeitherNamesTheGroupNorKeepsItAlive) {
  link();
  say(2, draft_of("Person", other_ani.id, {}, Op::retract));
  write([](WriteTxn& txn) { txn.erase(Table::records, record_key(ani)); });
  const auto whole = together(other_ani);
  EXPECT_EQ(whole.record, other_ani);
  EXPECT_FALSE(shown_alive(whole.state));
  EXPECT_TRUE(shown_field(whole.state, samples::field("Person", "rt")).has_value());
}

TEST_F(Together, PartingThemGivesBackEachAsItWas) {
  const auto before = state(ani).writes;
  link();
  say_of_pair(2, Op::unlink, other_ani, ani.id);
  EXPECT_FALSE(together().is_group());
  EXPECT_EQ(shows("birthDate"), "\"2023-12-09\"");
  EXPECT_EQ(state(ani).writes.front(), before.front());
  EXPECT_EQ(open(), 0u);
}

TEST_F(Together, ASetThatSawWhatBothSayOfAReviewedFieldSettlesIt) {
  link();
  edit(1, "Person", ani.id, {{"birthDate", day(second_day + 1)}});
  EXPECT_EQ(shows("birthDate"), "\"2024-03-19\"");
  EXPECT_FALSE(together().state.under_review);
  EXPECT_EQ(open(), 0u);
}

TEST_F(Together, WhetherAMemberLivesIsDecidedWhereThatIsContested) {
  const Version seen{state(other_ani).as_of, 0};
  auto end = draft_of("Person", other_ani.id, {}, Op::retract);
  end.version = seen;
  say(2, end);
  auto use = draft_of("Person", other_ani.id, {{"phone", text("0822")}}, Op::set);
  use.version = seen;
  say(1, use);
  link();
  ASSERT_TRUE(settle(taking({{"alive", answer_keep}}), ani).ok());
  EXPECT_TRUE(shown_alive(state(ani)));
  EXPECT_TRUE(shown_alive(state(other_ani)));
  EXPECT_FALSE(state(other_ani).under_review);
}

TEST_F(Together, OnlyAPairThatIsAskedAboutIsDecided) {
  Decision decision;
  decision.seen = version_of(ani);
  decision.pair.emplace(other_ani.id, Op::link);
  EXPECT_EQ(refused(decision, ani), "not_asked other");
  decision.pair.emplace(RecordId{0xab}, Op::link);
  EXPECT_EQ(refused(decision, ani), "not_found other");
}

TEST_F(Together, WordsAboutPairsKeepNobodyFromWriting) {
  for (RecordId id = 1000; id < 1000 + limits::pair_words_max; ++id) {
    EXPECT_TRUE(say_of_pair(1, Op::unlink, ani, id).quarantined.empty());
  }
  EXPECT_EQ(say_of_pair(1, Op::unlink, ani, 2000).quarantined.front().reason, "group_full");
  edit(1, "Person", ani.id, {{"phone", text("0822")}});
  EXPECT_EQ(shows("phone"), "\"0822\"");
}

TEST_F(Together, ADecisionAboutAPairIsAnEvent) {
  say_of_pair(1, Op::unlink, ani, other_ani.id);
  Decision decision;
  decision.pair.emplace(other_ani.id, Op::link);
  decision.seen = version_of(ani);
  decision.note = "door to door";
  const auto settled = settle(decision, ani);
  ASSERT_TRUE(settled.ok());
  EXPECT_EQ(settled->op, Op::link);
  EXPECT_EQ(own_events().back().get().getOther(), other_ani.id);
  decision.pair.emplace(ani.id, Op::link);
  decision.seen = version_of(ani);
  EXPECT_EQ(refused(decision, ani), "linked_to_itself other");
}

}  // namespace
}  // namespace titip
