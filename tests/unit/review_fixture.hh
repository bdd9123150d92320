#pragma once

// A hub with two posts, what they write without knowing of each other, and how it is settled.

#include <string>

#include "core/contested_record.hh"
#include "core/print_json.hh"
#include "core/resolve_conflict.hh"
#include "core/review_list.hh"
#include "feeds_fixture.hh"

namespace titip::test {

class ReviewFixture : public FeedsFixture {
 protected:
  static constexpr RecordKey child{person, 7};
  static constexpr std::int64_t first_day = 19'700;
  static constexpr std::int64_t second_day = 19'800;

  ReviewFixture() {
    add_post(1, "A");
    add_post(2, "B");
  }

  static FieldValue day(std::int64_t value) { return value; }
  void make_child(RecordId id = child.id) {
    make(1, "Person", id,
         {{"name", text("Ana")}, {"birthDate", day(first_day)}, {"facility", text("A")}});
  }
  // By someone who had seen the record as it was made.
  void edit_late(NodeId by, const Values& values, RecordId id = child.id) {
    auto draft = draft_of("Person", id, values, Op::set);
    draft.version = Version{made_at_, 0};
    EXPECT_TRUE(say(by, draft).quarantined.empty());
  }
  void retract_late(NodeId by) {
    auto draft = draft_of("Person", child.id, {}, Op::retract);
    draft.version = Version{made_at_, 0};
    EXPECT_TRUE(say(by, draft).quarantined.empty());
  }
  void note_as_made() { made_at_ = state(child).as_of; }
  // Two days of birth, neither author having seen the other's.
  void contest_birth_date() {
    make_child();
    note_as_made();
    edit_late(2, {{"birthDate", day(second_day)}});
    edit_late(1, {{"birthDate", day(second_day + 1)}});
  }

  Version version_of(const RecordKey& key = child) { return {state(key).as_of, 0}; }
  Decision taking(std::vector<std::pair<std::string, std::size_t>> take) {
    Decision decision;
    decision.take = std::move(take);
    decision.seen = version_of();
    return decision;
  }
  Result<Settled> settle(const Decision& decision, const RecordKey& key = child) {
    std::optional<Result<Settled>> settled;
    write([&](WriteTxn& txn) {
      const IntakeContext context{Registry::ilp(),         ids_, {now_++, 7, 8}, 540,
                                  FacilityKind::puskesmas, 0,    "PKM"};
      settled = settle_conflict(txn, key, decision, context, epoch_);
    });
    return *settled;
  }
  // The code of a refusal, which has written nothing.
  std::string refused(const Decision& decision, const RecordKey& key = child) {
    const auto before = store_.read()->count(Table::journal);
    const auto settled = settle(decision, key);
    EXPECT_EQ(store_.read()->count(Table::journal), before) << "a refusal has written nothing";
    if (settled) return "settled";
    const auto& refusal = settled.refusal();
    return std::string(code_name(refusal.code)) + (refusal.field.empty() ? "" : " ") +
           refusal.field;
  }

  std::vector<ListedRecord> list(Listing listing = Listing::all) {
    return review_list(*store_.read(), listing);
  }
  std::uint64_t open() { return open_conflicts(*store_.read()); }
  std::vector<Question> questions() {
    asked_ = state(child);
    return contested_questions(asked_, samples::type("Person"));
  }
  static std::string said(std::string_view field, const FieldValue& value) {
    JsonWriter out;
    print_field(out, samples::field("Person", field), value);
    return out.take();
  }
  std::string shown(std::string_view field, const RecordKey& key = child) {
    const auto held = state(key);
    const auto& rules = samples::field("Person", field);
    return said(field, value_given(rules, *shown_field(held, rules)->from).value());
  }
  std::vector<EventReader> own_events() {
    std::vector<EventReader> events;
    store_.read()->scan(Table::journal, Key().u64(1), [&](const Entry& entry) {
      const auto held = decode_hub_entry(key_u64(entry.key, 0), entry.value);
      if (held.origin == 0) events.push_back(samples::opened(held.event));
      return true;
    });
    return events;
  }

  RecordIds ids_{1000};
  Position made_at_;
  RecordState asked_;
};

}  // namespace titip::test
