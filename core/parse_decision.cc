#include <algorithm>
#include <array>
#include <charconv>

#include "core/contested_record.hh"
#include "core/intake_field.hh"
#include "core/json_tree.hh"
#include "core/limits.hh"
#include "core/resolve_conflict.hh"

namespace titip {

namespace {

enum Key : std::size_t { take, set, same, apart, seen, note, by };
constexpr std::array<std::string_view, 7> key_names{"take", "set",  "same", "apart",
                                                    "seen", "note", "by"};

// Each step returns false once something is refused.
class DecisionIntake {
 public:
  DecisionIntake(const JsonTree& tree, const RecordType& type) : tree_(tree), type_(type) {}

  Result<Decision> read() {
    if (collect_keys() && read_take() && read_set() && read_pair(same, Op::link) &&
        read_pair(apart, Op::unlink) && read_words() && check_complete()) {
      return std::move(decision_);
    }
    return *std::move(refused_);
  }

 private:
  bool refuse(Refusal refusal) {
    refused_ = std::move(refusal);
    return false;
  }
  bool refuse(Code code, std::string_view field, std::vector<std::string> details = {}) {
    return refuse(Refusal{code, std::string(field), std::move(details)});
  }

  bool collect_keys() {
    refused_ = titip::collect_keys(tree_, key_names, keys_);
    return !refused_;
  }

  bool read_take() {
    const JsonNode* node = keys_[take];
    if (node == nullptr) return true;
    if (node->kind == JsonKind::number) return read_answer({}, *node);
    if (node->kind != JsonKind::object) {
      return refuse(wrong_kind(key_names[take], JsonKind::number));
    }
    return tree_.each(*node, [&](const JsonNode& member) {
      const auto* field = type_.field(member.key);
      if (member.key == same_name) return refuse(Code::which_other, key_names[take]);
      if (field == nullptr && member.key != alive_name) {
        return refuse(Code::unknown_field, quotable_name(member.key), {type_.name});
      }
      if (std::any_of(decision_.take.begin(), decision_.take.end(),
                      [&](const auto& taken) { return taken.first == member.key; })) {
        return refuse(Code::duplicate_key, member.key);
      }
      if (member.kind != JsonKind::number) return refuse(wrong_kind(member.key, JsonKind::number));
      return read_answer(std::string(member.key), member);
    });
  }

  bool read_answer(std::string name, const JsonNode& node) {
    std::size_t number = 0;
    const auto* end = node.text.data() + node.text.size();
    const auto [stopped, error] = std::from_chars(node.text.data(), end, number);
    if (error != std::errc() || stopped != end) {
      return refuse(Code::no_such_choice, name.empty() ? key_names[take] : name);
    }
    decision_.take.emplace_back(std::move(name), number);
    return true;
  }

  bool read_set() {
    const JsonNode* node = keys_[set];
    if (node == nullptr) return true;
    if (node->kind != JsonKind::object) return refuse(wrong_kind(key_names[set], JsonKind::object));
    FieldMask named = 0;
    return tree_.each(*node, [&](const JsonNode& member) {
      const auto* field = type_.field(member.key);
      if (field == nullptr) {
        return refuse(Code::unknown_field, quotable_name(member.key), {type_.name});
      }
      const bool taken =
          std::any_of(decision_.take.begin(), decision_.take.end(),
                      [&](const auto& answer) { return answer.first == field->name; });
      if ((named & field->bit()) != 0 || taken) return refuse(Code::duplicate_key, field->name);
      named |= field->bit();
      if (member.kind == JsonKind::null) {
        decision_.cleared |= field->bit();
        return true;
      }
      auto value = intake_value(*field, tree_, member);
      if (!value) return refuse(value.refusal());
      decision_.set.emplace_back(field, std::move(*value));
      return true;
    });
  }

  bool read_pair(Key key, Op op) {
    const JsonNode* node = keys_[key];
    if (node == nullptr) return true;
    if (decision_.pair) return refuse(Code::one_pair_only, key_names[key]);
    const auto id = node->kind == JsonKind::text ? parse_hex_id(node->text) : std::nullopt;
    if (!id) return refuse(Code::bad_id, key_names[key]);
    decision_.pair.emplace(*id, op);
    return true;
  }

  bool read_words() {
    if (const JsonNode* node = keys_[seen]) {
      const auto version = node->kind == JsonKind::text ? parse_version(node->text) : std::nullopt;
      if (!version) return refuse(Code::bad_version, key_names[seen]);
      decision_.seen = *version;
    }
    return read_text(note, limits::note_bytes_max, decision_.note) &&
           read_text(by, limits::author_bytes_max, decision_.by);
  }

  bool read_text(Key key, std::size_t bytes_max, std::string& into) {
    if (keys_[key] == nullptr) return true;
    auto text = intake_text(key_names[key], *keys_[key], bytes_max);
    if (!text) return refuse(text.refusal());
    into = std::move(*text);
    return true;
  }

  bool check_complete() {
    const bool about_fields =
        !decision_.take.empty() || !decision_.set.empty() || decision_.cleared != 0;
    if (decision_.pair && about_fields) {
      return refuse(Code::one_pair_only,
                    key_names[decision_.pair->second == Op::link ? same : apart]);
    }
    if (!decision_.pair && !about_fields) return refuse(Code::missing_key, key_names[take]);
    return keys_[seen] != nullptr || refuse(Code::missing_key, key_names[seen]);
  }

  const JsonTree& tree_;
  const RecordType& type_;
  std::array<const JsonNode*, key_names.size()> keys_{};
  Decision decision_;
  std::optional<Refusal> refused_;
};

}  // namespace

Result<Decision> parse_decision(std::string_view json, const RecordType& type) {
  const auto tree = JsonTree::read(json);
  if (!tree) return tree.refusal();
  return DecisionIntake(tree.value(), type).read();
}

}  // namespace titip
