#pragma once

// Where an event was born, when it travels elsewhere. A hash foretells nothing and costs what it
// is.

#include <optional>

#include "core/batch_values.hh"
#include "core/types.hh"

namespace titip {

// `last` is the one coded before, if any, and becomes this one.
template <typename Coder>
void code_born(Coder& coder, std::optional<EventId>& last, std::optional<EventId>& born) {
  constexpr ContextHash column_born = 3000;
  if (!code_flag(coder, born.has_value(), column(column_born, last ? 1 : 0, 0))) {
    born.reset();
    return;
  }
  const EventId before = last.value_or(EventId{});
  EventId id = born.value_or(EventId{});
  const bool same =
      code_flag(coder, last && id.incarnation == before.incarnation, column(mix(column_born, 1)));
  id.incarnation = same ? before.incarnation : coder.plain_bits(id.incarnation, 64);
  const bool urgent =
      code_flag(coder, id.lane == Lane::urgent, column(mix(column_born, 2), same ? 1 : 0, 0));
  id.lane = urgent ? Lane::urgent : Lane::routine;
  const Seq next = before.seq + 1;
  id.seq = next + code_signed(coder, id.seq - next, column(mix(column_born, 3), same ? 1 : 0, 0));
  id.hash.low = coder.plain_bits(id.hash.low, 64);
  id.hash.high = coder.plain_bits(id.hash.high, 64);
  born = last = id;
}

}  // namespace titip
