#include <algorithm>
#include <tuple>
#include <variant>

#include "core/check.hh"
#include "core/payload.hh"
#include "core/record_frontier.hh"

namespace titip {

namespace {

FieldValue value_of(const FieldRules& field, const Write& write) {
  const PayloadView payload(write.payload);
  return read_field(field, payload.get());
}

bool clears(const FieldRules& field, const Write& write) {
  return (write.cleared & field.bit()) != 0;
}

// By the values themselves, texts by their bytes.
bool less_value(const FieldValue& one, const FieldValue& other) {
  check(one.index() == other.index(), "two values of one field are of different kinds");
  if (const auto* reference = std::get_if<RecordReference>(&one)) {
    return reference->id < std::get<RecordReference>(other).id;
  }
  if (const auto* flag = std::get_if<bool>(&one)) return *flag < std::get<bool>(other);
  if (const auto* number = std::get_if<std::int64_t>(&one))
    return *number < std::get<std::int64_t>(other);
  return std::get<std::string>(one) < std::get<std::string>(other);
}

bool is_later(const Write& one, const Write& other) {
  const auto order = [](const Write& write) {
    return std::tuple(write.order.confidence != Confidence::clamped, write.order.corrected_time,
                      write.id);
  };
  return order(one) > order(other);
}

// A cleared value yields to any other; equal values fall to `later`.
bool is_extreme(const FieldRules& field, const Write& one, const Write& other) {
  if (clears(field, one) != clears(field, other)) return clears(field, other);
  if (!clears(field, one)) {
    const FieldValue mine = value_of(field, one);
    const FieldValue theirs = value_of(field, other);
    const bool greatest = field.merge == MergePolicy::max;
    if (less_value(theirs, mine)) return greatest;
    if (less_value(mine, theirs)) return !greatest;
  }
  return is_later(one, other);
}

bool is_shown_before(const FieldRules& field, const Write& one, const Write& other) {
  switch (field.merge) {
    case MergePolicy::later: return is_later(one, other);
    case MergePolicy::authority:
    case MergePolicy::review: return outranks(one, other);
    case MergePolicy::max:
    case MergePolicy::min: return is_extreme(field, one, other);
  }
  check(false, "a merge policy without an order");
  return false;
}

}  // namespace

bool outranks(const Write& one, const Write& other) {
  return one.order.rank != other.order.rank ? one.order.rank > other.order.rank
                                            : is_later(one, other);
}

bool same_value(const FieldRules& field, const Write& one, const Write& other) {
  if (&one == &other) return true;
  if (clears(field, one) || clears(field, other)) return clears(field, one) && clears(field, other);
  const FieldValue mine = value_of(field, one);
  const FieldValue theirs = value_of(field, other);
  return !less_value(mine, theirs) && !less_value(theirs, mine);
}

std::optional<ShownField> shown_field(const RecordState& state, const FieldRules& field) {
  const Write* shown = nullptr;
  for (const Write& write : state.writes) {
    if ((write.live & field.bit()) == 0) continue;
    if (shown == nullptr || is_shown_before(field, write, *shown)) shown = &write;
  }
  if (shown == nullptr) return std::nullopt;
  const bool contested =
      std::any_of(state.writes.begin(), state.writes.end(), [&](const Write& write) {
        return (write.live & field.bit()) != 0 && !same_value(field, write, *shown);
      });
  return ShownField{shown, clears(field, *shown), contested};
}

std::optional<FieldValue> shown_value(const RecordState& state, const FieldRules& field) {
  const auto shown = shown_field(state, field);
  if (!shown || shown->cleared) return std::nullopt;
  return value_of(field, *shown->from);
}

bool only_linked(const RecordState& state) {
  return !state.writes.empty() && std::ranges::all_of(state.writes, &Write::of_pair);
}

bool shown_alive(const RecordState& state) {
  bool ended = false;
  for (const Write& write : state.writes) {
    if (!write.alive_live || write.of_pair()) continue;
    if (alive_says(state, write) != AliveSays::ended) return true;
    ended = true;
  }
  return !ended && !only_linked(state);
}

}  // namespace titip
