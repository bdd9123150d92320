#include "core/kv.hh"

#include <array>

#include "core/check.hh"

namespace titip {

namespace {

template <typename Number>
void put_big_endian(std::string& out, Number value) {
  char bytes[sizeof value];
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Number>(value >> 4 >> 4)) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(value));
  }
  out.append(bytes, sizeof bytes);
}

template <typename Number>
Number get_big_endian(std::string_view key, std::size_t at) {
  check(at + sizeof(Number) <= key.size(), "a key is shorter than its table's keys are");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value = value << 8 | static_cast<unsigned char>(key[at + i]);
  }
  return static_cast<Number>(value);
}

}  // namespace

std::string_view table_name(Table table) {
  static constexpr std::array<std::string_view, table_count> names{
      "meta",  "journal", "records",   "refs",       "quarantine", "epochs",
      "feeds", "nodes",   "conflicts", "identities", "referrers",  "events"};
  return names.at(static_cast<std::size_t>(table));
}

Key& Key::u8(std::uint8_t value) {
  put_big_endian(text_, value);
  return *this;
}

Key& Key::u16(std::uint16_t value) {
  put_big_endian(text_, value);
  return *this;
}

Key& Key::u64(std::uint64_t value) {
  put_big_endian(text_, value);
  return *this;
}

Key& Key::bytes(std::string_view value) {
  text_.append(value);
  return *this;
}

std::uint8_t key_u8(std::string_view key, std::size_t at) {
  return get_big_endian<std::uint8_t>(key, at);
}

std::uint16_t key_u16(std::string_view key, std::size_t at) {
  return get_big_endian<std::uint16_t>(key, at);
}

std::uint64_t key_u64(std::string_view key, std::size_t at) {
  return get_big_endian<std::uint64_t>(key, at);
}

Key record_key(const RecordKey& record) { return Key().u16(record.type).u64(record.id); }

RecordKey record_of_key(std::string_view key, std::size_t at) {
  return {key_u16(key, at), key_u64(key, at + 2)};
}

}  // namespace titip
