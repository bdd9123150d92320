#include "core/record_idle.hh"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "core/limits.hh"

namespace titip {

namespace {

using Index = std::size_t;

// When a write goes, by corrected time, and with which others.
struct Leave {
  TimeMs at = 0;
  Index with = 0;
};
constexpr TimeMs never = std::numeric_limits<TimeMs>::max();

std::optional<Index> index_of(const std::vector<Write>& writes, const EventId& id) {
  const auto place =
      std::lower_bound(writes.begin(), writes.end(), id,
                       [](const Write& write, const EventId& named) { return write.id < named; });
  if (place == writes.end() || place->id != id) return std::nullopt;
  return static_cast<Index>(place - writes.begin());
}

bool put_off(Leave& leave, const Leave& to) {
  if (leave.at >= to.at && leave.with == to.with) return false;
  leave = to;
  return true;
}

bool put_off_by_names(const std::vector<Write>& writes, Index i, std::vector<Leave>& leaves) {
  bool changed = false;
  for (const EventId& id : writes[i].settles) {
    const auto j = index_of(writes, id);
    if (!j) continue;
    const Op named = writes[*j].op;
    const bool together = writes[i].fields == 0 && (named == Op::create || named == Op::retract);
    const TimeMs at = std::max(leaves[i].at, leaves[*j].at);
    const Index with = std::min(leaves[i].with, leaves[*j].with);
    changed = put_off(leaves[i], {at, together ? with : leaves[i].with}) || changed;
    if (together) changed = put_off(leaves[*j], {at, with}) || changed;
  }
  return changed;
}

std::vector<Leave> leaving(const std::vector<Write>& writes, const std::vector<Index>& idle) {
  std::vector<Leave> leaves(writes.size());
  for (Index j = 0; j < writes.size(); ++j) leaves[j] = {never, j};
  for (const Index j : idle) leaves[j].at = writes[j].order.corrected_time;
  for (bool changed = true; changed;) {
    changed = false;
    for (Index i = 0; i < writes.size(); ++i) {
      changed = put_off_by_names(writes, i, leaves) || changed;
    }
  }
  return leaves;
}

}  // namespace

std::vector<std::size_t> surplus_of(const std::vector<Write>& writes,
                                    std::vector<std::size_t> idle) {
  const auto leaves = leaving(writes, idle);
  const auto order = [&](Index j) { return std::tuple(leaves[j].at, leaves[j].with, j); };
  std::sort(idle.begin(), idle.end(), [&](Index a, Index b) { return order(a) < order(b); });
  const auto surplus = idle.size() - std::min(idle.size(), limits::idle_writes_max);
  std::size_t going = 0;
  while (going < idle.size() && leaves[idle[going]].at != never) {
    const bool with_last = going > 0 && leaves[idle[going]].with == leaves[idle[going - 1]].with;
    if (going >= surplus && !with_last) break;
    ++going;
  }
  idle.resize(going);
  return idle;
}

}  // namespace titip
