#include "tests/sim/frontier.hh"

#include <algorithm>

#include "core/event.hh"
#include "core/hub_journal.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

struct Written {
  std::uint64_t offset = 0;
  EventId id;
  Op op = Op::create;
  FieldMask fields = 0;
  Position basis;
  Seq seen = 0;
  std::vector<EventId> settles;
};

// The hub was never taken back, so offsets of all its epochs are of one line.
bool saw(const Written& later, const Written& earlier) {
  if (later.id.incarnation == earlier.id.incarnation && later.id.lane == earlier.id.lane &&
      earlier.id.seq < later.id.seq && earlier.id.seq <= later.seen) {
    return true;
  }
  return later.basis.epoch != 0 && earlier.offset <= later.basis.offset && later.id != earlier.id;
}

std::map<RecordKey, std::vector<Written>> written_at(const ReadTxn& hub) {
  std::map<RecordKey, std::vector<Written>> written;
  hub.scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    const auto event = EventReader::open(entry.event);
    if (entry.quarantined || !event) return true;  // nor notes of what stands elsewhere
    const auto in = event->get();
    Written write{entry.offset,
                  entry.born,
                  event->op(),
                  in.getSetFields() | in.getClearedFields(),
                  {in.getBasisEpoch(), in.getBasisOffset()},
                  in.getSeen(),
                  {}};
    for (const auto id : in.getSettles()) {
      write.settles.push_back({id.getIncarnation(),
                               id.getSeq(),
                               {id.getHashLow(), id.getHashHigh()},
                               static_cast<Lane>(id.getLane())});
    }
    written[event->record()].push_back(std::move(write));
    return true;
  });
  return written;
}

std::set<EventId> expected(const std::vector<Written>& writes, const FieldRules& field) {
  std::set<EventId> standing;
  for (const auto& write : writes) {
    if ((write.fields & field.bit()) == 0) continue;
    const bool removed = std::ranges::any_of(writes, [&](const Written& other) {
      if ((other.fields & field.bit()) == 0) return false;
      const bool named = std::ranges::count(other.settles, write.id) > 0;
      return named || (other.op == Op::set && saw(other, write) && !saw(write, other));
    });
    if (!removed) standing.insert(write.id);
  }
  return standing;
}

std::set<EventId> standing(const RecordState& state, const FieldRules& field) {
  std::set<EventId> ids;
  for (const auto& write : state.writes) {
    if ((write.live & field.bit()) != 0) ids.insert(write.id);
  }
  return ids;
}

// After a disaster more may stand than need to: in doubt writes are concurrent. But what does not
// stand was truly before the eyes of an author who wrote the field again, or a person settled it.
void judge_removed(SimWorld& world, const RecordKey& key, const std::vector<Written>& writes,
                   const FieldRules& field, const std::set<EventId>& stands) {
  auto& watch = world.watch();
  for (const auto& write : writes) {
    if ((write.fields & field.bit()) == 0 || stands.contains(write.id)) continue;
    const bool removed = std::ranges::any_of(writes, [&](const Written& other) {
      if ((other.fields & field.bit()) == 0 || other.id == write.id) return false;
      if (std::ranges::count(other.settles, write.id) > 0) return true;
      return other.op == Op::set && watch.ledger().saw(other.id, write.id);
    });
    if (removed) continue;
    watch.fault(FaultKind::vanished, "nobody had seen " + std::to_string(write.id.seq) + " of " +
                                         std::to_string(write.id.incarnation % 10'000) +
                                         ", which stands no more in " +
                                         Registry::ilp().find(key.type)->name + "." + field.name +
                                         " " + std::to_string(key.id));
  }
}

// Nor is anything shown as concurrent of which one author had the other's before them. (Only in
// doubt, which comes with a disaster.) Who was told to forget the record and wrote on shows own
// writes only: what they once saw of others' they had not before them any more.
void judge_concurrent(SimWorld& world, const RecordKey& key, const std::vector<Written>& writes,
                      const FieldRules& field, const std::set<EventId>& stands) {
  auto& watch = world.watch();
  for (const auto& later : writes) {
    if (later.op != Op::set || !stands.contains(later.id)) continue;
    const auto* saved = watch.ledger().find(later.id);
    const bool shows_own_only = saved != nullptr && saved->sight.as_of.epoch == 0;
    for (const auto& earlier : writes) {
      if (shows_own_only && earlier.id.incarnation != later.id.incarnation) continue;
      if (!stands.contains(earlier.id) || !watch.ledger().saw(later.id, earlier.id)) continue;
      watch.fault(FaultKind::diverged, "a false conflict in " +
                                           Registry::ilp().find(key.type)->name + "." + field.name +
                                           " " + std::to_string(key.id));
    }
  }
}

}  // namespace

void judge_frontiers(SimWorld& world) {
  auto& watch = world.watch();
  const auto& records = watch.view(world.hub_number()).records();
  for (const auto& [key, writes] : written_at(*world.hub().store().read())) {
    const auto* type = Registry::ilp().find(key.type);
    if (type == nullptr || type->system) continue;
    const auto found = records.find(key);
    if (found == records.end()) {
      watch.fault(FaultKind::lost, "the hub has no " + type->name);
      continue;
    }
    for (const auto& field : type->fields) {
      const auto stands = standing(found->second.state, field);
      judge_removed(world, key, writes, field, stands);
      if (watch.disasters() > 0 || field.merge == MergePolicy::review) continue;
      judge_concurrent(world, key, writes, field, stands);
      if (expected(writes, field) != stands) {
        watch.fault(FaultKind::vanished, "other writes stand in " + type->name + "." + field.name +
                                             " " + std::to_string(key.id) +
                                             " than nobody has seen");
      }
    }
  }
}

}  // namespace titip
