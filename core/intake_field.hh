#pragma once

// One value of `set`, read as its field's rules say.

#include <string_view>

#include "core/event.hh"
#include "core/intake_json.hh"
#include "core/json_tree.hh"

namespace titip {

// A value that is not null. Refusals name the field, and never show a value of one that identifies
// a person.
Result<FieldValue> intake_value(const FieldRules& field, const JsonTree& tree,
                                const JsonNode& node);

// Whether a value that was accepted lies outside the field's usual range.
bool is_unusual(const FieldRules& field, const FieldValue& value);

// A record's id or {"ref":…}.
Result<RecordReference> intake_reference(std::string_view key, const JsonTree& tree,
                                         const JsonNode& node);

// Free text such as `ref` and `by`: at most `bytes_max`, no control characters.
Result<std::string> intake_text(std::string_view key, const JsonNode& node, std::size_t bytes_max);

// A `ref`: as intake_text, and not empty.
Result<std::string> intake_ref(std::string_view key, const JsonNode& node);

// A time between limits::year_min and year_max.
Result<ZonedTime> intake_time(std::string_view key, const JsonNode& node);

// For a value of another JSON type; shows how it is to be written.
Refusal wrong_kind(std::string_view key, JsonKind expected);

// The members of an object by name: `found[n]` is that of `names[n]`, or stays null. Refuses what
// is no object, an unknown name and one that comes twice.
std::optional<Refusal> collect_keys(const JsonTree& tree, std::span<const std::string_view> names,
                                    std::span<const JsonNode*> found);

// What may be repeated in a refusal although somebody typed it: a name as programs use them,
// without the digits of a number. Empty for anything else.
std::string quotable_name(std::string_view typed);

}  // namespace titip
