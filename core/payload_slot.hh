#pragma once

// Where a field's number lies in the data section of a payload. Record types have no defaults, so
// what lies there is the value itself; what lies beyond a shorter section is zero.

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/check.hh"
#include "core/registry.hh"

namespace titip {

static_assert(std::endian::native == std::endian::little, "Cap'n Proto's order is the machine's");

// In units of the field's own width, or a pointer's index.
inline std::uint32_t slot_of(const FieldRules& field) {
  return field.field.getProto().getSlot().getOffset();
}

inline std::uint64_t read_slot(std::span<const std::uint8_t> data, std::uint32_t slot,
                               std::uint8_t bits) {
  if (bits == 1) {
    return slot / 8 < data.size() ? (data[slot / 8] >> (slot % 8)) & 1u : 0;
  }
  const std::size_t width = bits / 8u;
  const std::size_t at = slot * width;
  std::uint64_t value = 0;
  if (at + width <= data.size()) std::memcpy(&value, data.data() + at, width);
  return value;
}

inline void write_slot(std::span<std::uint8_t> data, std::uint32_t slot, std::uint8_t bits,
                       std::uint64_t value) {
  if (bits == 1) {
    check(slot / 8 < data.size(), "a field lies outside its record type");
    const unsigned bit = 1u << (slot % 8);
    std::uint8_t& byte = data[slot / 8];
    byte = static_cast<std::uint8_t>(value != 0 ? byte | bit : byte & ~bit);
    return;
  }
  const std::size_t width = bits / 8u;
  const std::size_t at = slot * width;
  check(at + width <= data.size(), "a field lies outside its record type");
  std::memcpy(data.data() + at, &value, width);
}

}  // namespace titip
