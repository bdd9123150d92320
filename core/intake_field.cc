#include "core/intake_field.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>

#include "core/intake_json.hh"
#include "core/limits.hh"
#include "core/text_check.hh"

namespace titip {

namespace {

constexpr std::size_t quoted_digits_max = 9;  // more could be somebody's number in the wrong field
constexpr TimeMs ms_per_day = 86'400'000;

constexpr std::int64_t first_day_of(int year) {
  return std::chrono::sys_days{std::chrono::year{year} / 1 / 1}.time_since_epoch().count();
}
constexpr std::int64_t day_first = first_day_of(limits::year_min);
constexpr std::int64_t day_end = first_day_of(limits::year_max + 1);

Refusal refusal(Code code, std::string_view key, std::vector<std::string> details = {}) {
  return Refusal{code, std::string(key), std::move(details)};
}

struct Limits {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// What the number on the wire can hold, in so far as a FieldValue can.
Limits wire_limits(const FieldRules& field) {
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  if (field.is_signed) {
    if (field.bits >= 64) return {std::numeric_limits<std::int64_t>::min(), all};
    const std::int64_t half = std::int64_t{1} << (field.bits - 1);
    return {-half, half - 1};
  }
  return {0, field.bits >= 63 ? all : (std::int64_t{1} << field.bits) - 1};
}

Limits hard_limits(const FieldRules& field) {
  const Limits wire = wire_limits(field);
  if (!field.range) return wire;
  return {std::max(field.range->min, wire.min), std::min(field.range->max, wire.max)};
}

std::string shown(const FieldRules& field, std::int64_t value) {
  if (field.kind == FieldKind::date) return format_date(value);
  if (field.kind == FieldKind::time) return format_time({value, 0});
  return std::to_string(value);
}

Refusal out_of_range(const FieldRules& field, const Limits& limits, std::string_view typed) {
  Refusal out =
      refusal(Code::out_of_range, field.name, {shown(field, limits.min), shown(field, limits.max)});
  const bool is_short = field.kind != FieldKind::integer || typed.size() <= quoted_digits_max;
  if (!field.identifies && is_short) out.details.emplace_back(typed);
  return out;
}

// A range may also stand on a date or time.
Result<FieldValue> within(const FieldRules& field, std::int64_t value, std::string_view typed) {
  const Limits limits = hard_limits(field);
  if (value < limits.min || value > limits.max) return out_of_range(field, limits, typed);
  return FieldValue{value};
}

Result<FieldValue> integer_value(const FieldRules& field, const JsonNode& node) {
  if (node.kind != JsonKind::number) return wrong_kind(field.name, JsonKind::number);
  if (node.text.find_first_of(".eE") != std::string_view::npos) {
    return refusal(Code::not_an_integer, field.name);
  }
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  if (std::from_chars(node.text.data(), end, value).ec != std::errc{}) {
    return out_of_range(field, hard_limits(field), node.text);
  }
  return within(field, value, node.text);
}

Result<FieldValue> enumeration_value(const FieldRules& field, const JsonNode& node) {
  if (node.kind != JsonKind::text) return wrong_kind(field.name, JsonKind::text);
  if (const Enumerant* found = field.enumerant(node.text)) {
    return FieldValue{std::int64_t{found->ordinal}};
  }
  std::string names;
  for (const Enumerant& enumerant : field.enumerants) {
    if (!names.empty()) names += ", ";
    names += enumerant.name;
  }
  return refusal(Code::unknown_enumerant, field.name, {std::move(names)});
}

Result<FieldValue> date_value(const FieldRules& field, const JsonNode& node) {
  if (node.kind != JsonKind::text) return wrong_kind(field.name, JsonKind::text);
  const auto day = parse_date(node.text);
  if (!day || *day < day_first || *day >= day_end) return refusal(Code::bad_date, field.name);
  return within(field, *day, node.text);
}

Result<FieldValue> time_value(const FieldRules& field, const JsonNode& node) {
  auto time = intake_time(field.name, node);
  if (!time) return time.refusal();
  return within(field, time->ms, node.text);
}

Result<FieldValue> text_value(const FieldRules& field, const JsonNode& node) {
  const bool is_facility = field.text_format == TextFormat::facility;
  const std::size_t bytes_max =
      is_facility ? std::min(field.bytes_max, limits::facility_code_bytes_max) : field.bytes_max;
  auto text = intake_text(field.name, node, bytes_max);
  if (!text) return text.refusal();
  switch (field.text_format) {
    case TextFormat::plain: break;
    case TextFormat::nik:
      if (!valid_nik(*text)) return refusal(Code::bad_nik, field.name);
      break;
    case TextFormat::area:
      if (!valid_area(*text)) return refusal(Code::bad_area, field.name);
      break;
    case TextFormat::phone:
      if (!valid_phone(*text)) return refusal(Code::bad_phone, field.name);
      break;
    case TextFormat::facility:
      if (text->empty()) return refusal(Code::bad_text, field.name);
      break;
  }
  return FieldValue{std::move(*text)};
}

}  // namespace

Result<FieldValue> intake_value(const FieldRules& field, const JsonTree& tree,
                                const JsonNode& node) {
  switch (field.kind) {
    case FieldKind::boolean:
      if (node.kind != JsonKind::boolean) return wrong_kind(field.name, JsonKind::boolean);
      return FieldValue{node.text == "true"};
    case FieldKind::integer: return integer_value(field, node);
    case FieldKind::enumeration: return enumeration_value(field, node);
    case FieldKind::text: return text_value(field, node);
    case FieldKind::date: return date_value(field, node);
    case FieldKind::time: return time_value(field, node);
    case FieldKind::record: break;
  }
  auto reference = intake_reference(field.name, tree, node);
  if (!reference) return reference.refusal();
  return FieldValue{std::move(*reference)};
}

bool is_unusual(const FieldRules& field, const FieldValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || !field.range || !field.range->has_usual()) return false;
  return *number < field.range->usual_min || *number > field.range->usual_max;
}

Result<RecordReference> intake_reference(std::string_view key, const JsonTree& tree,
                                         const JsonNode& node) {
  if (node.kind == JsonKind::text) {
    const auto id = parse_hex_id(node.text);
    if (!id) return refusal(Code::bad_id, key);
    return RecordReference{*id, {}};
  }
  if (node.kind != JsonKind::object || tree.empty(node)) return refusal(Code::bad_id, key);
  RecordReference reference;
  std::optional<Refusal> refused;
  tree.each(node, [&](const JsonNode& member) {
    if (member.key != "ref") {
      refused = refusal(Code::unknown_key, key);
    } else if (!reference.ref.empty()) {
      refused = refusal(Code::duplicate_key, key);
    } else if (auto ref = intake_ref(key, member)) {
      reference.ref = std::move(*ref);
    } else {
      refused = ref.refusal();
    }
    return !refused;
  });
  if (refused) return *std::move(refused);
  return reference;
}

Result<std::string> intake_text(std::string_view key, const JsonNode& node, std::size_t bytes_max) {
  if (node.kind != JsonKind::text) return wrong_kind(key, JsonKind::text);
  if (node.text.size() > bytes_max) {
    return refusal(Code::text_too_long, key, {std::to_string(bytes_max)});
  }
  if (has_control_character(node.text)) return refusal(Code::bad_text, key);
  return std::string(node.text);
}

Result<std::string> intake_ref(std::string_view key, const JsonNode& node) {
  auto ref = intake_text(key, node, limits::ref_bytes_max);
  if (ref && ref->empty()) return refusal(Code::bad_text, key);
  return ref;
}

Result<ZonedTime> intake_time(std::string_view key, const JsonNode& node) {
  if (node.kind != JsonKind::text) return wrong_kind(key, JsonKind::text);
  const auto time = parse_time(node.text);
  if (!time || time->ms < day_first * ms_per_day || time->ms >= day_end * ms_per_day) {
    return refusal(Code::bad_time, key);
  }
  return *time;
}

Refusal wrong_kind(std::string_view key, JsonKind expected) {
  // By the ordinals of JsonKind.
  static constexpr std::array<std::string_view, 6> examples{"null",  "true / false", "123",
                                                            "\"…\"", "[…]",          "{…}"};
  const std::string_view example = examples.at(static_cast<std::size_t>(expected));
  return refusal(Code::wrong_json_type, key, {std::string(example)});
}

std::string quotable_name(std::string_view typed) {
  constexpr std::size_t size_max = 64;
  constexpr std::ptrdiff_t digits_max = 4;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool is_name =
      !typed.empty() && typed.size() <= size_max && is_letter(typed.front()) &&
      std::all_of(typed.begin(), typed.end(),
                  [&](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }) &&
      std::count_if(typed.begin(), typed.end(), is_digit) <= digits_max;
  return is_name ? std::string(typed) : std::string();
}

std::optional<Refusal> collect_keys(const JsonTree& tree, std::span<const std::string_view> names,
                                    std::span<const JsonNode*> found) {
  if (tree.root().kind != JsonKind::object) return wrong_kind({}, JsonKind::object);
  std::optional<Refusal> refused;
  tree.each(tree.root(), [&](const JsonNode& node) {
    const auto name = std::find(names.begin(), names.end(), node.key);
    if (name == names.end()) {
      refused = Refusal{Code::unknown_key, quotable_name(node.key), {}};
      return false;
    }
    const JsonNode*& slot = found[static_cast<std::size_t>(name - names.begin())];
    if (slot != nullptr) refused = Refusal{Code::duplicate_key, std::string(node.key), {}};
    slot = &node;
    return !refused;
  });
  return refused;
}

}  // namespace titip
