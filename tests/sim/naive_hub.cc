#include "tests/sim/naive_hub.hh"

#include <algorithm>
#include <tuple>

#include "core/capnp_bytes.hh"
#include "core/epochs.hh"
#include "core/event.hh"
#include "core/hub_journal.hh"
#include "core/parked.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

EventId id_of(schema::EventId::Reader in) {
  return {in.getIncarnation(),
          in.getSeq(),
          {in.getHashLow(), in.getHashHigh()},
          static_cast<Lane>(in.getLane())};
}

NaiveWrite write_of_entry(const HubEntry& entry, const EventReader& event) {
  const auto in = event.get();
  NaiveWrite write;
  write.id = entry.born;
  write.carrier = entry.carrier == 0 ? entry.born.incarnation : entry.carrier;
  write.basis = {in.getBasisEpoch(), in.getBasisOffset()};
  write.seen = in.getSeen();
  write.op = event.op();
  write.other = in.getOther();
  write.cleared = in.getClearedFields();
  write.fields = in.getSetFields() | write.cleared;
  for (const auto id : in.getSettles()) write.settles.insert(id_of(id));
  write.order = entry.order;
  write.payload = canonical_bytes(event.payload());
  return write;
}

// What orders an event was frozen with its first entry, of whatever history that was.
void take_earlier(OrderingFacts& held, const OrderingFacts& other) {
  const auto facts = [](const OrderingFacts& order) {
    return std::tuple(order.corrected_time, order.confidence, order.rank);
  };
  if (facts(other) < facts(held)) held = other;
}

}  // namespace

NaiveHub::NaiveHub(const ReadTxn& hub) : hub_(hub) {
  read_epochs();
  read_lives();
  read_journal();
}

void NaiveHub::read_epochs() {
  hub_.scan(Table::epochs, {}, [&](const Entry& entry) {
    const StoredReader<schema::EpochState> in(entry.value);
    epochs_[key_u64(entry.key, 0)] = {in->getParent(), in->getFirstOffset()};
    return true;
  });
  in_doubt_ = epochs_.size() > current_line(hub_).entries().size();
}

void NaiveHub::read_lives() {
  for (const auto& node : all_nodes(hub_)) {
    for (const auto& lane : node.lanes) {
      if (lane.parent == 0) continue;
      lives_[{lane.incarnation, lane.have.lane}] = {lane.parent, lane.branch};
      in_doubt_ = true;
    }
  }
}

void NaiveHub::read_journal() {
  struct Placed {
    HubEntry entry;
    std::vector<Position> placements;
    bool applied = false;
  };
  std::map<EventId, Placed> events;
  hub_.scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    const Position here{entry.epoch, entry.offset};
    if (entry.is_whole()) {
      auto& held = events[entry.born];
      held.applied = !entry.quarantined;
      if (held.applied) held.placements = {here};
      held.placements.insert(held.placements.end(), entry.former.begin(), entry.former.end());
      held.entry = std::move(entry);
      return true;
    }
    const auto held = events.find(entry.born);
    if (held == events.end()) return true;
    auto& placements = held->second.placements;
    if (applies_parked(entry)) {
      held->second.applied = true;
      placements.push_back(here);
    }
    placements.insert(placements.end(), entry.former.begin(), entry.former.end());
    if (!entry.former.empty()) take_earlier(held->second.entry.order, entry.order);
    return true;
  });
  for (const auto& [id, held] : events) {
    const auto event = EventReader::open(held.entry.event);
    if (!event || !held.applied) continue;
    auto write = write_of_entry(held.entry, *event);
    write.placements = held.placements;
    const auto record = event->record();
    if (write.other != 0 && write.other != record.id) {
      auto mirrored = write;
      mirrored.other = record.id;
      mirrored.settles.clear();
      records_[{record.type, write.other}].push_back(std::move(mirrored));
    }
    records_[record].push_back(std::move(write));
  }
}

NaiveRecord NaiveHub::record(const RecordKey& key, const RecordType& type) const {
  return {records_.at(key), type,
          [this](const auto& later, const auto& earlier) { return sees(later, earlier); }};
}

// Back through the parents of the basis's epoch: each was cut off where its child began.
bool NaiveHub::covers(Position basis, const Position& placement) const {
  while (basis.epoch != placement.epoch) {
    const auto epoch = epochs_.find(basis.epoch);
    if (epoch == epochs_.end() || epoch->second.parent == 0) return false;
    basis = {epoch->second.parent, std::min(basis.offset, epoch->second.first_offset - 1)};
  }
  return basis.epoch != 0 && placement.offset <= basis.offset;
}

bool NaiveHub::in_line(Incarnation life, Incarnation carrier, const EventId& id) const {
  Seq shared = ~Seq{0};
  // Two lives may each be known to go on from the other, up to where they part.
  for (std::size_t steps = 0; life != carrier; ++steps) {
    const auto known = lives_.find({life, id.lane});
    if (known == lives_.end() || steps > lives_.size()) return false;
    shared = std::min(shared, known->second.branch);
    life = known->second.parent;
  }
  return id.seq <= shared;
}

bool NaiveHub::sees(const NaiveWrite& later, const NaiveWrite& earlier) const {
  if (later.id.lane == earlier.id.lane && earlier.id.seq < later.id.seq &&
      earlier.id.seq <= later.seen && in_line(later.carrier, earlier.carrier, earlier.id)) {
    return true;
  }
  return std::ranges::any_of(earlier.placements, [&](const Position& placement) {
    return covers(later.basis, placement);
  });
}

}  // namespace titip
