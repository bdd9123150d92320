#include "core/record_state.hh"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/capnp_bytes.hh"
#include "core/record_frontier.hh"

namespace titip {

namespace {

// Positions are comparable only in one line of epochs, so "newest first" holds within a line; the
// rest of the order only has to be the same whatever came first.
void add_placements(std::vector<Position>& held, const std::vector<Position>& further,
                    const History& history) {
  held.insert(held.end(), further.begin(), further.end());
  if (held.size() < 2) return;
  std::sort(held.begin(), held.end());
  held.erase(std::unique(held.begin(), held.end()), held.end());
  std::vector<std::pair<std::ptrdiff_t, Position>> ranked;
  for (const Position& position : held) {
    const auto below = std::count_if(held.begin(), held.end(), [&](const Position& other) {
      return history.covers(position, other);
    });
    ranked.emplace_back(below, position);
  }
  std::sort(ranked.rbegin(), ranked.rend());
  std::transform(ranked.begin(), ranked.end(), held.begin(),
                 [](const auto& each) { return each.second; });
}

// What a hub froze replaces what the author's own device assumed.
void take_facts(Write& held, const Write& same) {
  const auto facts = [](const Write& write) {
    return std::tuple(write.placements.empty(), write.order.corrected_time, write.order.confidence,
                      write.order.rank, write.origin, std::string_view(write.facility));
  };
  if (facts(held) <= facts(same)) return;
  held.order = same.order;
  held.origin = same.origin;
  held.facility = same.facility;
  held.carrier = same.carrier;
}

}  // namespace

const Write* find_write(const RecordState& state, const EventId& id) {
  const auto place =
      std::lower_bound(state.writes.begin(), state.writes.end(), id,
                       [](const Write& held, const EventId& named) { return held.id < named; });
  return place != state.writes.end() && place->id == id ? &*place : nullptr;
}

bool has_seen(const Write& later, const Write& earlier, const History& history) {
  if (later.id == earlier.id) return false;
  const EventId& id = earlier.id;
  // A seq stays with its event whoever carries it, so positions of one line compare.
  if (id.lane == later.id.lane && id.seq <= later.seen && id.seq < later.id.seq &&
      history.in_line(carrier_of(later), carrier_of(earlier), id)) {
    return true;
  }
  return later.basis.epoch != 0 && std::any_of(earlier.placements.begin(), earlier.placements.end(),
                                               [&](const Position& placement) {
                                                 return history.covers(later.basis, placement);
                                               });
}

Write write_of(const EventReader& event, const EventId& id, const OrderingFacts& order,
               NodeId origin, std::string_view facility) {
  const auto in = event.get();
  Write write;
  write.id = id;
  write.basis = {in.getBasisEpoch(), in.getBasisOffset()};
  write.seen = in.getSeen();
  write.cleared = in.getClearedFields();
  write.fields = in.getSetFields() | write.cleared;
  write.live = write.fields;
  write.op = event.op();
  write.alive_live = true;
  if (write.of_pair()) write.other = in.getOther();
  write.order = order;
  write.origin = origin;
  write.by = view_of(in.getBy());
  write.facility = facility;
  write.at = in.getAt();
  write.zone_minutes = in.getZoneMinutes();
  write.payload = canonical_bytes(event.payload());
  return write;
}

void apply_write(RecordState& state, Write write, const std::vector<EventId>& settles,
                 const RecordType* type, const History& history) {
  const auto place =
      std::lower_bound(state.writes.begin(), state.writes.end(), write.id,
                       [](const Write& held, const EventId& id) { return held.id < id; });
  if (place != state.writes.end() && place->id == write.id) {
    take_facts(*place, write);
    add_placements(place->placements, write.placements, history);
  } else {
    if (write.op == Op::resolve) {
      write.settles.insert(write.settles.end(), settles.begin(), settles.end());
      std::sort(write.settles.begin(), write.settles.end());
      write.settles.erase(std::unique(write.settles.begin(), write.settles.end()),
                          write.settles.end());
    }
    add_placements(write.placements, {}, history);
    state.writes.insert(place, std::move(write));
  }
  settle_frontiers(state, type, history);
}

}  // namespace titip
