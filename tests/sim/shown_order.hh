#pragma once

// Which of two writes that stand in a field is shown, as replication.md section 3 says: read anew,
// for whoever judges the engine.

#include <cstdint>
#include <variant>

#include "core/payload.hh"
#include "core/record_state.hh"
#include "core/registry.hh"

namespace titip {

// Of writes of any kind that say `cleared`, `payload`, `order` and `id`.
template <typename AnyWrite>
bool is_shown_before(const FieldRules& field, const AnyWrite& one, const AnyWrite& other) {
  const auto empty = [&](const AnyWrite& write) { return (write.cleared & field.bit()) != 0; };
  const auto number = [&](const AnyWrite& write) {
    const PayloadView payload(write.payload);
    return std::get<std::int64_t>(read_field(field, payload.get()));
  };
  if (field.merge == MergePolicy::max || field.merge == MergePolicy::min) {
    if (empty(one) != empty(other)) return empty(other);
    if (!empty(one) && number(one) != number(other)) {
      return (number(one) > number(other)) == (field.merge == MergePolicy::max);
    }
  } else if (field.merge != MergePolicy::later && one.order.rank != other.order.rank) {
    return one.order.rank > other.order.rank;
  }
  const auto clamped = [](const AnyWrite& write) {
    return write.order.confidence == Confidence::clamped;
  };
  if (clamped(one) != clamped(other)) return clamped(other);
  if (one.order.corrected_time != other.order.corrected_time) {
    return one.order.corrected_time > other.order.corrected_time;
  }
  return other.id < one.id;
}

}  // namespace titip
