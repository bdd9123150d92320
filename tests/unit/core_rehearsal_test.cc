#include "core/rehearsal.hh"

#include "core/print_rehearsal.hh"
#include "review_fixture.hh"
#include "tests/support/seeded.hh"

namespace titip {
namespace {

using testing::HasSubstr;
using testing::Not;

class Rehearsing : public test::ReviewFixture {
 protected:
  static constexpr NodeId health_centre = 3;

  Rehearsing() { add_node(health_centre, FacilityKind::puskesmas, "PKM"); }

  static std::vector<PolicyTrial> trials(const std::vector<std::string>& policies) {
    return parse_policy_trials(policies, Registry::ilp()).value();
  }
  // Goes on until done; a snapshot for each part, as the command does.
  std::vector<RehearsedRecord> finish(Rehearsal& rehearsal) {
    std::vector<RehearsedRecord> differing;
    while (!rehearsal.done()) {
      for (auto& each : rehearsal.step(*store_.read())) differing.push_back(std::move(each));
    }
    return differing;
  }
  RehearsalCounts counts_of(const std::vector<std::string>& policies) {
    Rehearsal rehearsal(Registry::ilp(), trials(policies), {});
    finish(rehearsal);
    return rehearsal.counts();
  }
  // "birthDate: 19800 now, 19801 then" of each value, with "review now" or "review then" before.
  std::vector<std::string> told(const std::string& policy) {
    Rehearsal rehearsal(Registry::ilp(), trials({policy}), {});
    std::vector<std::string> lines;
    for (const auto& record : finish(rehearsal)) {
      for (const auto& field : rehearsal.fields_of(record)) {
        std::string line = field.now->name + ":";
        if (field.under_review_now) line += " review now";
        if (field.under_review_then) line += " review then";
        for (const auto& value : field.values) {
          const auto given = value_given(*field.now, *value.write);
          line += " " + (given ? said(field.now->name, *given) : "-") +
                  (value.shown_now ? "/now" : "") + (value.shown_then ? "/then" : "");
        }
        lines.push_back(line);
      }
    }
    return lines;
  }
  void number_apart(std::int64_t first, std::int64_t second) {
    make_child();
    note_as_made();
    edit_late(1, {{"childNumber", first}});
    edit_late(2, {{"childNumber", second}});
  }
};

TEST_F(Rehearsing, AnotherRuleShowsAnotherOfTheValuesThatStand) {
  make_child();
  note_as_made();
  edit_late(health_centre, {{"name", text("Ana Maria")}});
  edit_late(1, {{"name", text("Anna")}});
  EXPECT_EQ(shown("name"), "\"Ana Maria\"") << "the health centre's, though the post wrote later";
  EXPECT_THAT(told("Person.name=later"),
              testing::ElementsAre("name: \"Ana Maria\"/now \"Anna\"/then"));
  EXPECT_TRUE(told("Person.name=authority").empty());
  EXPECT_THAT(told("Person.name=review"),
              testing::ElementsAre("name: review then \"Ana Maria\"/now/then \"Anna\""));
}

TEST_F(Rehearsing, MaxAndMinCompareNumbers) {
  number_apart(5, 2);
  EXPECT_EQ(shown("childNumber"), "2") << "of one rank, the later";
  EXPECT_THAT(told("Person.childNumber=max"), testing::ElementsAre("childNumber: 5/then 2/now"));
  EXPECT_TRUE(told("Person.childNumber=min").empty());
}

TEST_F(Rehearsing, ARecordIsUnderReviewNoMore) {
  contest_birth_date();
  EXPECT_THAT(told("Person.birthDate=later"),
              testing::ElementsAre(HasSubstr("birthDate: review now")));
  const auto counts = counts_of({"Person.birthDate=later"});
  EXPECT_EQ(counts.records, 1u);
  EXPECT_EQ(counts.differing, 1u);
  EXPECT_EQ(counts.no_more_under_review, 1u);
  EXPECT_EQ(counts.newly_under_review, 0u);
}

// What stands depends on it, so that what is stored would not do: the two are in no frontier any
// more.
TEST_F(Rehearsing, WhatALaterWriteReplacedStandsUnderReview) {
  number_apart(5, 2);
  edit(1, "Person", child.id, {{"childNumber", std::int64_t{3}}});
  EXPECT_THAT(told("Person.childNumber=review"),
              testing::ElementsAre("childNumber: review then 5 2 3/now/then"));
  EXPECT_EQ(counts_of({"Person.childNumber=review"}).newly_under_review, 1u);
  EXPECT_TRUE(told("Person.childNumber=later").empty());
}

TEST_F(Rehearsing, WhatAPersonHasSettledStaysSettled) {
  contest_birth_date();
  ASSERT_TRUE(settle(taking({{"birthDate", 1}})));
  for (const auto* policy : {"later", "authority", "max", "min", "review"}) {
    EXPECT_TRUE(told(std::string("Person.birthDate=") + policy).empty()) << policy;
  }
}

TEST_F(Rehearsing, OfSeveralOpenFieldsOneLeavesTheRecordUnderReview) {
  contest_birth_date();
  edit_late(1, {{"sex", std::int64_t{1}}});
  edit_late(2, {{"sex", std::int64_t{2}}});
  const auto one = counts_of({"Person.sex=later"});
  EXPECT_EQ(one.differing, 1u);
  EXPECT_EQ(one.no_more_under_review, 0u);
  const auto both = counts_of({"Person.sex=later", "Person.birthDate=later"});
  EXPECT_EQ(both.differing, 1u);
  EXPECT_EQ(both.no_more_under_review, 1u);
}

TEST_F(Rehearsing, EventsThatWouldPileUpAreCounted) {
  number_apart(5, 2);
  for (std::size_t i = 0; i < limits::record_writes_max; ++i) {
    edit(1, "Person", child.id, {{"childNumber", static_cast<std::int64_t>(1 + i % 20)}});
  }
  EXPECT_EQ(counts_of({"Person.childNumber=max"}).refused, 0u);
  EXPECT_EQ(counts_of({"Person.childNumber=review"}).refused, 3u) << "of 131 events 128 may stand";
}

TEST_F(Rehearsing, OnlyRecordsThatChangedSinceAreLookedAt) {
  contest_birth_date();
  now_ += 1000;
  const auto since = now_;
  make_child(8);
  edit_blindly(2, "Person", 8, {{"birthDate", day(second_day)}});
  for (const auto& [from, ids] :
       {std::pair{TimeMs{0}, std::vector<RecordId>{7, 8}},
        std::pair{since, std::vector<RecordId>{8}}, std::pair{now_ + 1, std::vector<RecordId>{}}}) {
    Rehearsal rehearsal(Registry::ilp(), trials({"Person.birthDate=later"}), from);
    std::vector<RecordId> found;
    for (const auto& record : finish(rehearsal)) found.push_back(record.record.id);
    EXPECT_EQ(found, ids);
    EXPECT_EQ(rehearsal.counts().records, ids.size());
  }
}

TEST_F(Rehearsing, SeveralPassesFindTheSameInOrder) {
  for (RecordId id = 20; id > 10; --id) {
    make_child(id);
    if (id % 2 == 0) edit_blindly(2, "Person", id, {{"birthDate", day(second_day)}});
  }
  make(1, "Referral", 5, {{"person", to(11)}, {"date", day(first_day)}, {"toFacility", text("B")}});
  edit_blindly(2, "Referral", 5, {{"toFacility", text("A")}});
  const auto policies = trials({"Referral.toFacility=review", "Person.birthDate=later"});
  for (const std::size_t per_pass :
       {std::size_t{1}, std::size_t{3}, std::size_t{11}, std::size_t{1000}}) {
    Rehearsal rehearsal(Registry::ilp(), policies, {}, per_pass);
    std::vector<RecordId> found;
    for (const auto& record : finish(rehearsal)) found.push_back(record.record.id);
    EXPECT_THAT(found, testing::ElementsAre(12, 14, 16, 18, 20, 5)) << per_pass;
    EXPECT_EQ(rehearsal.counts().records, 11u);
  }
}

TEST_F(Rehearsing, WhatIsAppendedMeanwhileIsComparedWithItself) {
  contest_birth_date();
  Rehearsal rehearsal(Registry::ilp(), trials({"Person.birthDate=review"}), {});
  EXPECT_TRUE(rehearsal.step(*store_.read()).empty());
  edit_late(health_centre, {{"birthDate", day(second_day + 2)}});
  EXPECT_TRUE(finish(rehearsal).empty()) << "its own policy: nothing differs";
  EXPECT_EQ(rehearsal.counts().records, 1u);
}

TEST_F(Rehearsing, AnEmptyHubHasNothingToRehearse) {
  EXPECT_EQ(counts_of({"Person.birthDate=later"}).records, 0u);
}

TEST_F(Rehearsing, NothingThatIdentifiesAPersonIsPrinted) {
  make_child();
  note_as_made();
  for (const auto& [by, nik] : {std::pair{1, "9404015708950001"}, {2, "9404015708950002"}}) {
    auto draft = draft_of(
        "Person", child.id,
        {{"nik", text(nik)}, {"name", text("Ana Rahasia")}, {"area", text("94.04")}}, Op::set);
    draft.version = Version{made_at_, 0};
    say(static_cast<NodeId>(by), draft, "kader 9404015708950003");
  }
  Rehearsal rehearsal(Registry::ilp(), trials({"Person.nik=later", "Person.name=review"}), {});
  const auto differing = finish(rehearsal);
  ASSERT_EQ(differing.size(), 1u);
  const auto line = rehearsed_line(differing[0], rehearsal);
  EXPECT_THAT(line, Not(HasSubstr("94040157")));
  EXPECT_THAT(line, Not(HasSubstr("Rahasia")));
  EXPECT_THAT(line, HasSubstr(R"("field":"nik","policyNow":"review","policyThen":"later",)"
                              R"("underReviewNow":true,"underReviewThen":false,"values":[{"n":1,)"
                              R"("withheld":true,"by":"kader 940401********03")"));
  EXPECT_THAT(line, HasSubstr(R"({"n":2,"withheld":true)"));
}

TEST_F(Rehearsing, APolicyThatCannotBeIsRefusedWithItsReason) {
  const auto refused = [](const std::vector<std::string>& policies) {
    const auto parsed = parse_policy_trials(policies, Registry::ilp());
    return parsed ? std::string("taken") : std::string(code_name(parsed.refusal().code));
  };
  EXPECT_EQ(refused({"Person.birthDate=later"}), "taken");
  EXPECT_EQ(refused({"Person.birthDate=min", "Referral.urgency=max"}), "taken");
  for (const auto* text : {"", "Person", "Person.birthDate", "Person=later",
                           "Person.birthDate=", "Person.birthDate=Later", "Person.birthDate=newest",
                           "=later", ".=", "="}) {
    EXPECT_EQ(refused({text}), "bad_policy") << text;
  }
  EXPECT_EQ(refused({}), "bad_policy");
  EXPECT_EQ(refused({"Persons.birthDate=later"}), "policy_no_type");
  EXPECT_EQ(refused({".birthDate=later"}), "policy_no_type");
  EXPECT_EQ(refused({"Person.dateOfBirth=later"}), "policy_no_field");
  EXPECT_EQ(refused({"Person.=later"}), "policy_no_field");
  EXPECT_EQ(refused({"Person.name=max"}), "policy_not_for_field");
  EXPECT_EQ(refused({"Person.disability=min"}), "policy_not_for_field");
  EXPECT_EQ(refused({"Person.mother=min"}), "policy_not_for_field");
  EXPECT_EQ(refused({"Person.sex=later", "Person.sex=review"}), "policy_twice");
}

// Posts that write, retract and make again whatever they have or have not seen.
TEST_F(Rehearsing, ThePresentPoliciesMakeOfEveryJournalWhatIsStored) {
  Seeded random{20241016};
  for (int i = 0; i < 600; ++i) {
    const RecordId id = 1 + random.below(12);
    const RecordKey key{person, id};
    auto draft = draft_of("Person", id, {}, Op::set);
    if (random.chance(80)) draft.op = Op::retract;
    if (random.chance(30) || state(key).writes.empty()) draft.op = Op::create;
    if (draft.op != Op::retract) {
      const auto* field = random.chance(500) ? "sex" : "childNumber";
      draft.set = {{draft.type->field(field), static_cast<std::int64_t>(1 + random.below(2))}};
    }
    if (random.chance(400)) draft.version = Version{};
    say(1 + random.below(3), draft);
  }
  Rehearsal rehearsal(Registry::ilp(),
                      trials({"Person.sex=review", "Person.childNumber=authority"}), {}, 5);
  EXPECT_TRUE(finish(rehearsal).empty());
  EXPECT_EQ(rehearsal.counts().records, 12u);
  EXPECT_EQ(rehearsal.counts().refused, 0u);
  EXPECT_EQ(rehearsal.counts().by_later_knowledge, 0u);
  EXPECT_GT(counts_of({"Person.sex=later"}).differing, 0u) << "there was what to find";
}

}  // namespace
}  // namespace titip
