#include "core/kv.hh"

#include <array>

#include "core/check.hh"

namespace titip {

namespace {

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> shift)));
  }
}

std::uint64_t get_big_endian(std::string_view key, std::size_t at, std::size_t bytes) {
  check(at + bytes <= key.size(), "a key is shorter than its table's keys are");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value = value << 8 | static_cast<unsigned char>(key[at + i]);
  }
  return value;
}

}  // namespace

std::string_view table_name(Table table) {
  static constexpr std::array<std::string_view, table_count> names{
      "meta",  "journal", "records",   "refs",       "quarantine", "epochs",
      "feeds", "nodes",   "conflicts", "identities", "referrers",  "events"};
  return names.at(static_cast<std::size_t>(table));
}

Key& Key::u8(std::uint8_t value) {
  put_big_endian(text_, value, 1);
  return *this;
}

Key& Key::u16(std::uint16_t value) {
  put_big_endian(text_, value, 2);
  return *this;
}

Key& Key::u64(std::uint64_t value) {
  put_big_endian(text_, value, 8);
  return *this;
}

Key& Key::bytes(std::string_view value) {
  text_.append(value);
  return *this;
}

std::uint8_t key_u8(std::string_view key, std::size_t at) {
  return static_cast<std::uint8_t>(get_big_endian(key, at, 1));
}

std::uint16_t key_u16(std::string_view key, std::size_t at) {
  return static_cast<std::uint16_t>(get_big_endian(key, at, 2));
}

std::uint64_t key_u64(std::string_view key, std::size_t at) { return get_big_endian(key, at, 8); }

Key record_key(const RecordKey& record) { return Key().u16(record.type).u64(record.id); }

RecordKey record_of_key(std::string_view key, std::size_t at) {
  return {key_u16(key, at), key_u64(key, at + 2)};
}

}  // namespace titip
