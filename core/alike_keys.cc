#include "core/alike_keys.hh"

#include <algorithm>
#include <cctype>
#include <string>
#include <variant>

#include "core/chain.hh"
#include "core/kv.hh"

namespace titip {

namespace {

// As people write a name one way and another: letters and digits alone, and small.
std::string comparable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

std::string bytes_of(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return comparable(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* record = std::get_if<RecordReference>(&value)) {
    return std::string(std::string_view(Key().u64(record->id)));
  }
  return std::to_string(std::get<std::int64_t>(value));
}

// The values of one list, each with its length before it; empty: one of them is not shown.
std::string bytes_of_list(const RecordType& type, std::size_t list, const RecordState& state,
                          std::optional<RecordId> instead) {
  std::string bytes(std::string_view(Key().u16(type.number).u8(static_cast<std::uint8_t>(list))));
  for (const auto index : type.alike_keys[list]) {
    const auto& field = type.fields[index];
    const auto value = shown_value(state, field);
    if (!value) return {};
    const bool about = instead && (type.subjects & field.bit()) != 0;
    const auto part = bytes_of(about ? FieldValue(RecordReference{*instead, {}}) : *value);
    if (part.empty()) return {};
    bytes += Key().u16(static_cast<std::uint16_t>(part.size()));
    bytes += part;
  }
  return bytes;
}

bool told_apart(const RecordType& type, const RecordState& one, const RecordState& other) {
  return std::ranges::any_of(type.fields, [&](const FieldRules& field) {
    if ((type.distinguishing & field.bit()) == 0) return false;
    const auto mine = shown_value(one, field);
    const auto theirs = shown_value(other, field);
    return mine && theirs && bytes_of(*mine) != bytes_of(*theirs);
  });
}

}  // namespace

AlikeHashes alike_hashes(const RecordType& type, const RecordState& state, std::string_view secret,
                         std::optional<RecordId> instead) {
  AlikeHashes hashes;
  if (state.writes.empty() || !shown_alive(state)) return hashes;
  for (std::size_t list = 0; list < type.alike_keys.size(); ++list) {
    const auto bytes = bytes_of_list(type, list, state, instead);
    if (!bytes.empty()) hashes.emplace(list, keyed_blake2b(secret, bytes));
  }
  return hashes;
}

std::uint64_t alike_by(const RecordType& type, const RecordState& one, const RecordState& other,
                       std::uint64_t lists) {
  if (!told_apart(type, one, other)) return lists;
  for (std::size_t list = 0; list < type.alike_keys.size(); ++list) {
    if (type.alike_keys[list].size() > 1) lists &= ~(std::uint64_t{1} << list);
  }
  return lists;
}

}  // namespace titip
