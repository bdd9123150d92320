#pragma once

// Where the fields of a record type lie in its payload and what they are made of: enough to code
// them without the schema. Layouts travel in the batch (those the primed model knows cost nothing),
// so a receiver whose schema is older or newer reads it all the same.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/batch_wire.hh"
#include "core/registry.hh"

namespace titip {

enum class SlotKind : std::uint8_t {
  flag,
  choice,
  quantity,
  signed_quantity,
  date,
  time,
  reference,
  text,
  nik
};
inline constexpr unsigned slot_kinds = 9;

struct Slot {
  static constexpr std::uint8_t always = 64;  // an index beyond every mask: not told by one

  std::uint8_t index = always;  // Field::getIndex()
  SlotKind kind = SlotKind::quantity;
  std::uint8_t width_log2 = 0;  // of its bits; 0 for a text
  std::uint16_t offset = 0;     // in widths from the start of the data, or the pointer's number
  TypeNumber target = 0;        // of a reference: the record type
  bool operator==(const Slot&) const = default;

  bool is_text() const { return kind == SlotKind::text || kind == SlotKind::nik; }
  bool in(FieldMask set) const { return index == always || (set >> index & 1) != 0; }
};

inline constexpr std::size_t layout_slots_max = 256;
inline constexpr std::size_t layout_words_max = 64;  // of data

struct Layout {
  std::vector<Slot> slots;
  bool operator==(const Layout&) const = default;

  // The fields that it can tell of by a mask; none: the mask says nothing of the slots.
  FieldMask fields() const;
  std::size_t words() const;  // that its slots reach into
  std::size_t texts() const;
  // Whether `event` holds nothing that its mask and this layout do not reproduce.
  bool covers(const WireEvent& event) const;
};

std::uint64_t read_payload(const WireEvent& event, const Slot& slot);
void write_payload(WireEvent& event, const Slot& slot, std::uint64_t value);

Layout layout_of(const RecordType& type, const Registry& registry);
// For what no known layout covers: 16 bits each, all of them, always. nullopt: too large to be
// worth it.
std::optional<Layout> plain_layout(std::size_t words, std::size_t texts);

}  // namespace titip
