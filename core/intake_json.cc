#include "core/intake_json.hh"

#include <algorithm>
#include <array>

#include "core/intake_field.hh"
#include "core/json_tree.hh"
#include "core/limits.hh"

namespace titip {

namespace {

enum Key : std::size_t { type, id, ref, by, at, op, set, version, other, settles, note };
constexpr std::array<std::string_view, 11> key_names{
    "type", "id", "ref", "by", "at", "op", "set", "version", "other", "settles", "note"};

// Walks one event. Each step returns false once something is refused.
class EventIntake {
 public:
  EventIntake(const JsonTree& tree, const Registry& registry) : tree_(tree), registry_(registry) {}

  Result<EventDraft> read() {
    const bool accepted = collect_keys() && read_type() && read_op() && check_keys_of_op() &&
                          read_author() && read_records() && read_set() && read_settles() &&
                          check_complete();
    if (!accepted) return *std::move(refused_);
    return std::move(draft_);
  }

 private:
  bool refuse(Code code, std::string_view field, std::vector<std::string> details = {}) {
    return refuse(Refusal{code, std::string(field), std::move(details)});
  }

  bool refuse(Refusal refusal) {
    refused_ = std::move(refusal);
    return false;
  }

  // Moves an accepted value to where it belongs.
  template <typename T, typename Target>
  bool accept(Result<T> result, Target& target) {
    if (!result) return refuse(result.refusal());
    target = std::move(result).value();
    return true;
  }

  bool collect_keys();
  bool read_type();
  bool read_op();
  bool check_keys_of_op();
  bool read_author();
  bool read_records();
  bool read_set();
  bool read_member(const JsonNode& member);
  bool read_settles();
  bool check_complete();

  const JsonTree& tree_;
  const Registry& registry_;
  std::array<const JsonNode*, key_names.size()> keys_{};
  FieldMask seen_ = 0;  // fields that `set` has named
  FieldMask full_ = 0;  // those with a value that is not empty
  EventDraft draft_;
  std::optional<Refusal> refused_;
};

bool EventIntake::collect_keys() {
  refused_ = titip::collect_keys(tree_, key_names, keys_);
  return !refused_;
}

bool EventIntake::read_type() {
  const JsonNode* node = keys_[type];
  if (node == nullptr) return refuse(Code::missing_key, key_names[type]);
  if (node->kind != JsonKind::text) return refuse(wrong_kind(key_names[type], JsonKind::text));
  draft_.type = registry_.find(node->text);
  if (draft_.type == nullptr) {
    return refuse(Code::unknown_type, key_names[type], {quotable_name(node->text)});
  }
  if (draft_.type->system) return refuse(Code::system_type, key_names[type], {draft_.type->name});
  return true;
}

bool EventIntake::read_op() {
  const JsonNode* node = keys_[op];
  if (node == nullptr) {
    draft_.op = keys_[id] == nullptr ? Op::create : Op::set;
    return true;
  }
  if (node->kind != JsonKind::text) return refuse(wrong_kind(key_names[op], JsonKind::text));
  const auto named = op_named(node->text);
  if (!named) return refuse(Code::unknown_op, key_names[op]);
  draft_.op = *named;
  return true;
}

// What goes with which op: a record is new or named, two are linked, a resolution names what it
// settles.
bool EventIntake::check_keys_of_op() {
  const Op now = draft_.op;
  const bool links = now == Op::link || now == Op::unlink;
  const std::string op_name(op_word(now));
  const auto forbid = [&](Key key, bool forbidden) {
    if (!forbidden || keys_[key] == nullptr) return true;
    return refuse(Code::not_allowed_here, key_names[key], {op_name});
  };
  const auto need = [&](Key key, bool needed) {
    if (!needed || keys_[key] != nullptr) return true;
    return refuse(Code::missing_key, key_names[key]);
  };
  // Only what may be there twice is joined and parted.
  if (links && draft_.type->alike_keys.empty()) {
    return refuse(Code::not_allowed_here, key_names[op], {op_name});
  }
  return forbid(id, now == Op::create) && forbid(version, now == Op::create) &&
         forbid(set, links || now == Op::retract) && forbid(other, !links) &&
         forbid(settles, now != Op::resolve) && need(id, now != Op::create) && need(other, links) &&
         need(settles, now == Op::resolve);
}

bool EventIntake::read_author() {
  if (keys_[ref] != nullptr && !accept(intake_ref(key_names[ref], *keys_[ref]), draft_.ref)) {
    return false;
  }
  if (keys_[by] != nullptr &&
      !accept(intake_text(key_names[by], *keys_[by], limits::author_bytes_max), draft_.by)) {
    return false;
  }
  if (keys_[note] != nullptr &&
      !accept(intake_text(key_names[note], *keys_[note], limits::note_bytes_max), draft_.note)) {
    return false;
  }
  if (keys_[at] == nullptr) return true;
  ZonedTime time;
  if (!accept(intake_time(key_names[at], *keys_[at]), time)) return false;
  draft_.at = time.ms;
  draft_.zone_minutes = time.zone_minutes;
  return true;
}

bool EventIntake::read_records() {
  if (keys_[id] != nullptr &&
      !accept(intake_reference(key_names[id], tree_, *keys_[id]), draft_.record)) {
    return false;
  }
  if (const JsonNode* node = keys_[version]) {
    if (node->kind != JsonKind::text) {
      return refuse(wrong_kind(key_names[version], JsonKind::text));
    }
    draft_.version = parse_version(node->text);
    if (!draft_.version) return refuse(Code::bad_version, key_names[version]);
  }
  if (keys_[other] == nullptr) return true;
  if (!accept(intake_reference(key_names[other], tree_, *keys_[other]), draft_.other)) return false;
  const bool same = draft_.other.id == draft_.record.id && draft_.other.ref == draft_.record.ref;
  return !same || refuse(Code::linked_to_itself, key_names[other]);
}

bool EventIntake::read_set() {
  const JsonNode* node = keys_[set];
  if (node == nullptr) return true;
  if (node->kind != JsonKind::object) return refuse(wrong_kind(key_names[set], JsonKind::object));
  draft_.set.reserve(draft_.type->fields.size());
  return tree_.each(*node, [&](const JsonNode& member) { return read_member(member); });
}

bool EventIntake::read_member(const JsonNode& member) {
  const FieldRules* field = draft_.type->field(member.key);
  if (field == nullptr) {
    return refuse(Code::unknown_field, quotable_name(member.key), {draft_.type->name});
  }
  if ((seen_ & field->bit()) != 0) return refuse(Code::duplicate_key, field->name);
  seen_ |= field->bit();
  if (member.kind == JsonKind::null) {
    draft_.cleared |= field->bit();
    return true;
  }
  auto value = intake_value(*field, tree_, member);
  if (!value) return refuse(value.refusal());
  const auto* text = std::get_if<std::string>(&*value);
  if (text == nullptr || !text->empty()) full_ |= field->bit();
  if (is_unusual(*field, *value)) draft_.unusual |= field->bit();
  draft_.set.emplace_back(field, std::move(*value));
  return true;
}

bool EventIntake::read_settles() {
  const JsonNode* node = keys_[settles];
  if (node == nullptr) return true;
  if (node->kind != JsonKind::array) {
    return refuse(wrong_kind(key_names[settles], JsonKind::array));
  }
  if (tree_.empty(*node)) return refuse(Code::missing_key, key_names[settles]);
  return tree_.each(*node, [&](const JsonNode& word) {
    const auto event = word.kind == JsonKind::text ? parse_event_id(word.text) : std::nullopt;
    if (!event) return refuse(Code::bad_id, key_names[settles]);
    draft_.settles.push_back(*event);
    return true;
  });
}

bool EventIntake::check_complete() {
  const bool creates = draft_.op == Op::create;
  const FieldMask missing = creates ? draft_.type->required & ~full_ : 0;
  if (missing != 0) {
    for (const FieldRules& field : draft_.type->fields) {
      if ((missing & field.bit()) == 0) continue;
      return refuse(Code::missing_field, field.name, {draft_.type->name});
    }
  }
  if (seen_ == 0 && (creates || draft_.op == Op::set)) {
    return refuse(Code::nothing_set, key_names[set]);
  }
  return true;
}

}  // namespace

Result<EventDraft> parse_event(std::string_view json, const Registry& registry) {
  const auto tree = JsonTree::read(json);
  if (!tree) return tree.refusal();
  return EventIntake(tree.value(), registry).read();
}

}  // namespace titip
