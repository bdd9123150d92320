#pragma once

// One slot of a layout that is not known, after the one before it.

#include <algorithm>

#include "core/batch_layout.hh"
#include "core/batch_values.hh"

namespace titip {

template <typename Coder>
void code_slot(Coder& coder, Slot& slot, const Slot& before, ContextHash site) {
  const auto part = [&](std::uint64_t value, unsigned what, std::uint64_t narrow,
                        std::uint64_t max) {
    value = code_number(coder, value, column(mix(site, what), narrow, what));
    if (value > max) coder.fail();
    return std::min(value, max);
  };
  const auto kind_before = static_cast<std::uint64_t>(before.kind);
  slot.index = static_cast<std::uint8_t>(part(slot.index, 0, before.index, Slot::always));
  const std::uint64_t kind =
      part(static_cast<std::uint64_t>(slot.kind), 1, kind_before, slot_kinds - 1);
  slot.kind = static_cast<SlotKind>(kind);
  slot.width_log2 = static_cast<std::uint8_t>(part(slot.width_log2, 2, kind, 6));
  const std::uint64_t offset_max =
      slot.is_text() ? layout_slots_max : (layout_words_max * 64 >> slot.width_log2) - 1;
  slot.offset = static_cast<std::uint16_t>(part(slot.offset, 3, before.offset, offset_max));
  slot.target = static_cast<TypeNumber>(part(slot.target, 4, kind, 0xffff));
}

}  // namespace titip
