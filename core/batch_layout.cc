#include "core/batch_layout.hh"

#include <algorithm>
#include <bit>

namespace titip {

namespace {

constexpr unsigned word_bits = 64;

std::uint64_t low_bits(unsigned count) {
  return count == word_bits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

struct BitPlace {
  std::size_t word = 0;
  unsigned shift = 0;
  std::uint64_t mask = 0;
};

BitPlace place_of(const Slot& slot) {
  const std::size_t bit = std::size_t{slot.offset} << slot.width_log2;
  return {bit / word_bits, static_cast<unsigned>(bit % word_bits), low_bits(1u << slot.width_log2)};
}

SlotKind kind_of(const FieldRules& field) {
  switch (field.kind) {
    case FieldKind::boolean: return SlotKind::flag;
    case FieldKind::enumeration: return SlotKind::choice;
    case FieldKind::integer:
      return field.is_signed ? SlotKind::signed_quantity : SlotKind::quantity;
    case FieldKind::text:
      return field.text_format == TextFormat::nik ? SlotKind::nik : SlotKind::text;
    case FieldKind::date: return SlotKind::date;
    case FieldKind::time: return SlotKind::time;
    case FieldKind::record: return SlotKind::reference;
  }
  return SlotKind::quantity;
}

}  // namespace

FieldMask Layout::fields() const {
  FieldMask mask = 0;
  for (const Slot& slot : slots) {
    if (slot.index != Slot::always) mask |= FieldMask{1} << slot.index;
  }
  return mask;
}

std::size_t Layout::words() const {
  std::size_t words = 0;
  for (const Slot& slot : slots) {
    if (!slot.is_text()) words = std::max(words, place_of(slot).word + 1);
  }
  return words;
}

std::size_t Layout::texts() const {
  std::size_t texts = 0;
  for (const Slot& slot : slots) {
    if (slot.is_text()) texts = std::max(texts, std::size_t{slot.offset} + 1);
  }
  return texts;
}

bool Layout::covers(const WireEvent& event) const {
  const FieldMask set = event.words[word_set];
  const FieldMask known = fields();
  if (known != 0 && (set & ~known) != 0) return false;
  std::size_t texts_left = 0;
  for (const WireText& text : event.payload_texts) texts_left += text.present;
  // Slots share words, so what they leave of one is gathered before it counts as told.
  std::vector<std::uint64_t> left = event.payload_words;
  for (const Slot& slot : slots) {
    if (!slot.in(set)) continue;
    if (slot.is_text()) {
      const bool told =
          slot.offset < event.payload_texts.size() && event.payload_texts[slot.offset].present;
      texts_left -= told;
      continue;
    }
    const BitPlace place = place_of(slot);
    if (place.word < left.size()) left[place.word] &= ~(place.mask << place.shift);
  }
  return texts_left == 0 && std::ranges::all_of(left, [](std::uint64_t word) { return word == 0; });
}

std::uint64_t read_payload(const WireEvent& event, const Slot& slot) {
  const BitPlace place = place_of(slot);
  if (place.word >= event.payload_words.size()) return 0;
  return event.payload_words[place.word] >> place.shift & place.mask;
}

void write_payload(WireEvent& event, const Slot& slot, std::uint64_t value) {
  const BitPlace place = place_of(slot);
  std::uint64_t& word = event.payload_words[place.word];
  word = (word & ~(place.mask << place.shift)) | (value & place.mask) << place.shift;
}

Layout layout_of(const RecordType& type, const Registry& registry) {
  Layout layout;
  for (const FieldRules& field : type.fields) {
    Slot slot;
    slot.index = field.index;
    slot.kind = kind_of(field);
    slot.width_log2 =
        slot.is_text() ? std::uint8_t{0} : static_cast<std::uint8_t>(std::countr_zero(field.bits));
    slot.offset = static_cast<std::uint16_t>(field.field.getProto().getSlot().getOffset());
    if (!field.refers_to.empty()) slot.target = registry.find(field.refers_to)->number;
    layout.slots.push_back(slot);
  }
  return layout;
}

std::optional<Layout> plain_layout(std::size_t words, std::size_t texts) {
  constexpr std::uint8_t width_log2 = 4;
  const std::size_t numbers = words * (word_bits >> width_log2);
  if (words > layout_words_max || numbers + texts > layout_slots_max) return std::nullopt;
  Layout layout;
  for (std::size_t i = 0; i < numbers; ++i) {
    layout.slots.push_back(
        {Slot::always, SlotKind::quantity, width_log2, static_cast<std::uint16_t>(i), 0});
  }
  for (std::size_t i = 0; i < texts; ++i) {
    layout.slots.push_back({Slot::always, SlotKind::text, 0, static_cast<std::uint16_t>(i), 0});
  }
  return layout;
}

}  // namespace titip
