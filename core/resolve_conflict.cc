#include "core/resolve_conflict.hh"

#include <algorithm>
#include <set>

#include "core/changes.hh"
#include "core/contested_record.hh"
#include "core/event.hh"
#include "core/hub_put.hh"
#include "core/intake_field.hh"
#include "core/intake_json.hh"
#include "core/limits.hh"
#include "core/print_json.hh"
#include "core/record_frontier.hh"
#include "core/record_group.hh"
#include "core/resolve_pair.hh"
#include "core/united.hh"

namespace titip {

namespace {

Refusal refusal_of(Code code, std::string_view field, std::vector<std::string> details = {}) {
  return {code, std::string(field), std::move(details)};
}

// From answers to one event, or to two of which the second retracts.
class Settling {
 public:
  Settling(const United& whole, const RecordType& type)
      : state_(whole.state), type_(type), questions_(contested_questions(whole, type)) {}

  std::optional<Refusal> decide(const Decision& decision) {
    if (questions_.empty()) return refusal_of(Code::not_contested, {});
    for (const auto& [name, number] : decision.take) {
      if (auto refused = answer(name, number)) return refused;
    }
    for (const auto& [field, value] : decision.set) {
      if (auto refused = give(*field, value)) return refused;
    }
    for (const auto& question : questions_) {
      if (question.field == nullptr || (decision.cleared & question.field->bit()) == 0) continue;
      give(*question.field, std::nullopt);
    }
    if ((decision.cleared & ~decided_) != 0) return refusal_of(Code::not_contested, "set");
    if (making_ != nullptr) take_all_of(*making_);
    return finish();
  }

  EventDraft draft() const {
    EventDraft draft;
    draft.op = Op::resolve;
    draft.set = set_;
    draft.cleared = cleared_;
    draft.settles.assign(settles_.begin(), settles_.end());
    for (const auto& [field, value] : set_) {
      if (is_unusual(*field, value)) draft.unusual |= field->bit();
    }
    return draft;
  }
  bool retracts_after() const { return retracts_after_; }
  bool about_life() const { return wish_ != Wish::unsaid || making_ != nullptr; }
  bool about_fields() const { return making_ == nullptr && decided_ != 0; }

 private:
  const Question* question(std::string_view name) const {
    const auto found = std::find_if(questions_.begin(), questions_.end(),
                                    [&](const Question& each) { return each.name() == name; });
    return found == questions_.end() ? nullptr : &*found;
  }

  const Question* only_question() const {
    const auto open = std::count_if(questions_.begin(), questions_.end(),
                                    [](const Question& each) { return each.open; });
    if (open > 1 || (open == 0 && questions_.size() > 1)) return nullptr;
    return &*std::find_if(questions_.begin(), questions_.end(),
                          [&](const Question& each) { return each.open || open == 0; });
  }

  Refusal several() const {
    std::string names;
    for (const auto& each : questions_) {
      if (!each.open) continue;
      if (!names.empty()) names += ", ";
      names += each.name();
    }
    return refusal_of(Code::several_contested, "take", {names});
  }

  std::optional<Refusal> answer(const std::string& name, std::size_t number) {
    const auto* asked = name.empty() ? only_question() : question(name);
    if (asked == nullptr && name.empty()) return several();
    if (asked == nullptr) return refusal_of(Code::not_contested, name);
    if (number == 0 || number > asked->choices) {
      return refusal_of(Code::no_such_choice, asked->name(), {std::to_string(asked->choices)});
    }
    if (asked->about == Question::About::pair) return refusal_of(Code::which_other, "take");
    if (asked->about == Question::About::life) {
      wish_ = number == answer_keep ? Wish::keep : Wish::retract;
      return std::nullopt;
    }
    const auto chosen = std::find_if(asked->answers.begin(), asked->answers.end(),
                                     [&](const Answer& each) { return each.number == number; });
    if (asked->about == Question::About::making) {
      making_ = chosen->write;
      return std::nullopt;
    }
    return give(*asked->field, value_given(*asked->field, *chosen->write));
  }

  std::optional<Refusal> give(const FieldRules& field, const std::optional<FieldValue>& value) {
    if (question(field.name) == nullptr) return refusal_of(Code::not_contested, field.name);
    put(field, value);
    return std::nullopt;
  }

  void put(const FieldRules& field, const std::optional<FieldValue>& value) {
    decided_ |= field.bit();
    for (const Write& write : state_.writes) {
      if ((write.live & field.bit()) != 0) settles_.insert(write.id);
    }
    if (value) {
      set_.emplace_back(&field, *value);
    } else {
      cleared_ |= field.bit();
    }
  }

  void take_all_of(const Write& chosen);
  std::optional<Refusal> finish();

  void name_all(AliveSays says) {
    for (const Write& write : state_.writes) {
      if (write.alive_live && alive_says(state_, write) == says) settles_.insert(write.id);
    }
  }

  enum class Wish : std::uint8_t { unsaid, keep, retract };

  const RecordState& state_;
  const RecordType& type_;
  const std::vector<Question> questions_;
  std::vector<std::pair<const FieldRules*, FieldValue>> set_;
  FieldMask cleared_ = 0;
  FieldMask decided_ = 0;
  std::set<EventId> settles_;
  Wish wish_ = Wish::unsaid;
  const Write* making_ = nullptr;
  bool retracts_after_ = false;
};

// The record is what this creation says, also where nothing stands against it but the others.
void Settling::take_all_of(const Write& chosen) {
  std::set<EventId> others;
  for (const Answer& each : question(alive_name)->answers) {
    if (each.write != &chosen) others.insert(each.write->id);
  }
  settles_.insert(others.begin(), others.end());
  for (const FieldRules& field : type_.fields) {
    if ((decided_ & field.bit()) != 0) continue;
    bool written = false;
    bool by_others_only = true;
    for (const Write& write : state_.writes) {
      if ((write.live & field.bit()) == 0) continue;
      written = true;
      by_others_only = by_others_only && others.contains(write.id);
    }
    if (question(field.name) != nullptr && (chosen.live & field.bit()) != 0) {
      put(field, value_given(field, chosen));
    } else if (written && by_others_only) {
      put(field, std::nullopt);
    }
  }
}

// What becomes of the record itself.
std::optional<Refusal> Settling::finish() {
  const auto* asked = question(alive_name);
  const bool of_life = asked != nullptr && asked->about == Question::About::life;
  if (asked != nullptr && !of_life && making_ == nullptr &&
      std::any_of(asked->answers.begin(), asked->answers.end(),
                  [&](const Answer& each) { return settles_.contains(each.write->id); })) {
    // Naming a creation settles it as such, and nobody has said which of them it is.
    return refusal_of(Code::several_contested, "take", {std::string(alive_name)});
  }
  const bool stays_ended = asked == nullptr && !shown_alive(state_) && decided_ != 0;
  if (wish_ == Wish::keep) name_all(AliveSays::ended);
  if (wish_ != Wish::retract && !stays_ended) return std::nullopt;
  const bool only_uses =
      of_life && asked->answers.front().number == answer_keep &&
      std::none_of(asked->answers.begin(), asked->answers.end(), [&](const Answer& each) {
        return alive_says(state_, *each.write) == AliveSays::made;
      });
  if (only_uses && decided_ == 0) {
    name_all(AliveSays::used);
  } else {
    name_all(AliveSays::ended);
    name_all(AliveSays::made);
    retracts_after_ = true;
  }
  return std::nullopt;
}

// Whether a resolve and a retraction fit, so that the second cannot fail once the first is written.
bool has_room_for_two(const RecordState& state) {
  constexpr std::size_t payload_bytes = 16 * limits::kib;  // more than all texts of any type
  if (own_writes(state) + 2 > limits::record_writes_max) return false;
  auto fuller = state;
  Write more;
  more.by.assign(limits::author_bytes_max, 'x');
  more.facility.assign(limits::facility_code_bytes_max, 'x');
  more.settles.resize(state.writes.size());
  more.placements.resize(1);
  more.payload.assign(payload_bytes, 'x');
  fuller.writes.insert(fuller.writes.end(), 2, more);
  return fits_change(fuller);
}

}  // namespace

Result<Settled> settle_conflict(WriteTxn& txn, const RecordKey& named, const Decision& decision,
                                const IntakeContext& context, std::uint64_t epoch) {
  const auto* type = context.registry.find(named.type);
  check(type != nullptr, "a decision about a record of no type");
  if (type->system) return refusal_of(Code::system_type, "type", {type->name});
  const auto whole = united(txn, named, *type);
  const auto& state = whole.state;
  if (state.writes.empty()) return refusal_of(Code::not_found, {});
  if (decision.seen.as_of != state.as_of) return refusal_of(Code::seen_older, "seen");
  if (decision.pair) return settle_pair(txn, whole, named, decision, context, epoch);
  Settling settling(whole, *type);
  if (auto refused = settling.decide(decision)) return *std::move(refused);
  // What is said of a member's life is said where its writes are.
  if (whole.is_group() && settling.about_life() && settling.about_fields()) {
    return refusal_of(Code::several_contested, "take", {std::string(alive_name)});
  }
  if (settling.retracts_after() && !has_room_for_two(state)) {
    return refusal_of(Code::too_contested, "id");
  }

  auto draft = settling.draft();
  draft.type = type;
  draft.record.id = settling.about_life() ? whole.speaks_for_life : whole.record.id;
  draft.by = decision.by;
  draft.note = decision.note;
  draft.version = Version{state.as_of, 0};
  auto saved = save_hub_draft(txn, draft, context, epoch);
  if (!saved) return saved.refusal();
  if (settling.retracts_after()) {
    EventDraft end;
    end.type = type;
    end.op = Op::retract;
    end.record = draft.record;
    end.by = decision.by;
    end.note = decision.note;
    saved = save_hub_draft(txn, end, context, epoch);
    check(saved.ok(), "there was room for two events");
  }
  return settled_as(txn, named, *type, Op::resolve, saved->seq);
}

Settled settled_as(const ReadTxn& txn, const RecordKey& named, const RecordType& type, Op op,
                   std::uint64_t offset) {
  const auto after = united(txn, named, type);
  return {after.record,          offset, op, after.state.under_review, shown_alive(after.state),
          {after.state.as_of, 0}};
}

std::string settled_json(const Settled& settled, const Registry& registry) {
  const auto* type = registry.find(settled.record.type);
  check(type != nullptr, "a record of no type was settled");
  JsonWriter out;
  out.begin_object().key("type").text(type->name);
  out.key("id").text(format_hex_id(settled.record.id)).key("op").text(op_word(settled.op));
  out.key("underReview").boolean(settled.under_review).key("alive").boolean(settled.alive);
  out.key("version").text(format_version(settled.version));
  out.key("offset").number(settled.offset);
  out.end_object();
  return out.take();
}

}  // namespace titip
