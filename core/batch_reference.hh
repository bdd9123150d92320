#pragma once

// References to records: most are to one that the batch has just named, or to the next in a queue.

#include <algorithm>
#include <cstdint>

#include "core/batch_tables.hh"
#include "core/batch_values.hh"

namespace titip {

namespace reference_way {
inline constexpr unsigned same = 0;     // as the last one
inline constexpr unsigned later = 1;    // a little further on in the order in which they were named
inline constexpr unsigned held = 2;     // so many from the end
inline constexpr unsigned created = 3;  // near the record made last: by the same node, not long ago
inline constexpr unsigned near = 4;     // near another one
inline constexpr unsigned plain = 5;
}  // namespace reference_way

struct ReferencePlan {
  unsigned way = reference_way::plain;
  std::size_t anchor = 0;
};

// Of the encoder: the cheapest way to tell `id`.
inline ReferencePlan plan_reference(const RecordTable& table, RecordId id, RecordId created) {
  constexpr std::uint64_t later_max = 16;
  constexpr std::uint64_t near_max = 1 << 20;
  if (const auto place = table.find(id)) {
    if (*place == table.last) return {reference_way::same, 0};
    const bool later = *place > table.last && *place - table.last <= later_max;
    return {later ? reference_way::later : reference_way::held, 0};
  }
  if (zigzag(id - created) < near_max) return {reference_way::created, 0};
  for (std::size_t i = 0; i < table.anchors.size(); ++i) {
    if (zigzag(id - table.anchors[i]) < near_max) return {reference_way::near, i};
  }
  return {reference_way::plain, table.anchors.size()};
}

template <typename Coder>
RecordId code_held_reference(Coder& coder, RecordTable& table, unsigned way, RecordId id,
                             ContextHash site) {
  const std::size_t size = table.ids.size();
  if (size == 0) {
    coder.fail();
    return 0;
  }
  std::uint64_t place = table.last;
  if constexpr (Coder::encoding) place = table.find(id).value_or(0);
  if (way == reference_way::later) {
    place = table.last + 1 + code_number(coder, place - table.last - 1, column(mix(site, 2)));
  } else if (way == reference_way::held) {
    const auto width = static_cast<std::uint64_t>(std::bit_width(size));
    place = size - 1 - code_number(coder, size - 1 - place, column(mix(3, width), site, 0));
  }
  if (place >= size) {
    coder.fail();
    return 0;
  }
  table.last = place;
  return table.ids[place];
}

template <typename Coder>
RecordId code_reference(Coder& coder, RecordTable& table, RecordId id, RecordId created,
                        std::uint64_t& last_way, ContextHash site) {
  ReferencePlan plan;
  if constexpr (Coder::encoding) plan = plan_reference(table, id, created);
  const unsigned way = code_symbol(
      coder, plan.way, 3, column(site, last_way, table.last + 1 == table.ids.size()), Mixer::mode);
  last_way = last_way << 3 | way;
  last_way &= 0x3f;
  if (way < reference_way::created) return code_held_reference(coder, table, way, id, site);
  if (way == reference_way::created) {
    id = created + code_signed(coder, id - created, column(mix(site, 4)));
  } else if (way == reference_way::near) {
    const std::uint64_t anchor = code_choice(coder, plan.anchor, column(mix(site, 5)));
    if (anchor >= table.anchors.size()) {
      coder.fail();
      return 0;
    }
    id = table.anchors[anchor] +
         code_signed(coder, id - table.anchors[anchor], column(mix(site, 6)));
    table.anchor(anchor, id);
  } else {
    id = coder.plain_bits(id, 64);
    table.anchor(table.anchors.size(), id);
  }
  table.add(id, Coder::encoding);
  return id;
}

}  // namespace titip
