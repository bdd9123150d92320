#include "tests/sim/frontier.hh"

#include <algorithm>

#include "core/limits.hh"
#include "tests/sim/naive_hub.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

std::set<EventId> standing(const RecordState& state, const FieldRules& field) {
  std::set<EventId> ids;
  for (const auto& write : state.writes) {
    if ((write.live & field.bit()) != 0) ids.insert(write.id);
  }
  return ids;
}

// After a disaster more may stand than need to: in doubt writes are concurrent. But what does not
// stand was truly before the eyes of an author who wrote the field again, or a person settled it.
void judge_removed(SimWorld& world, const RecordKey& key, const std::vector<NaiveWrite>& writes,
                   const FieldRules& field, const std::set<EventId>& stands) {
  auto& watch = world.watch();
  for (const auto& write : writes) {
    if ((write.fields & field.bit()) == 0 || stands.contains(write.id)) continue;
    const bool removed = std::ranges::any_of(writes, [&](const NaiveWrite& other) {
      if ((other.fields & field.bit()) == 0 || other.id == write.id) return false;
      if (other.settles.contains(write.id)) return true;
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
void judge_concurrent(SimWorld& world, const RecordKey& key, const std::vector<NaiveWrite>& writes,
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

std::size_t idle_writes(const RecordState& state) {
  return static_cast<std::size_t>(std::ranges::count_if(
      state.writes, [](const Write& write) { return write.live == 0 && !write.alive_live; }));
}

// What the hub shows and what the model does. In doubt more may stand, and never less but by what
// an author of a field under review saw.
void judge_by_model(SimWorld& world, const NaiveHub& naive, const RecordKey& key,
                    const RecordType& type, const RecordState& state) {
  const auto model = naive.record(key, type);
  if (idle_writes(state) >= limits::idle_writes_max) return;  // some may be gone: decision 0002
  const auto differs = [&](const std::string& what, bool vanished) {
    world.watch().fault(
        vanished ? FaultKind::vanished : FaultKind::diverged,
        "the model has another " + what + " of " + type.name + " " + std::to_string(key.id));
  };
  bool agrees = true;
  for (const auto& field : type.fields) {
    const auto stands = standing(state, field);
    const auto should = model.standing(field);
    agrees = agrees && stands == should;
    const bool all_there = std::ranges::includes(stands, should);
    if (naive.in_doubt()) {
      if (!all_there && field.merge != MergePolicy::review) differs(field.name, true);
    } else if (stands != should) {
      differs(field.name, !all_there);
    }
    if (stands != should) continue;
    const auto by = shown_field(state, field);
    const auto* shown = model.shown(field);
    if ((by ? by->from->id : EventId{}) != (shown == nullptr ? EventId{} : shown->id)) {
      differs("value shown in " + field.name, false);
    }
  }
  std::set<EventId> lives;
  for (const auto& write : state.writes) {
    if (write.alive_live && !write.of_pair()) lives.insert(write.id);
  }
  agrees = agrees && lives == model.lives();
  if (!naive.in_doubt() && lives != model.lives()) {
    differs("life", !std::ranges::includes(lives, model.lives()));
  }
  if ((agrees || !naive.in_doubt()) && state.under_review != model.under_review()) {
    differs("word on what is under review", false);
  }
}

}  // namespace

void judge_frontiers(SimWorld& world) {
  auto& watch = world.watch();
  const auto& records = watch.view(world.hub_number()).records();
  const auto txn = world.hub().store().read();
  const NaiveHub naive(*txn);
  for (const auto& [key, writes] : naive.records()) {
    const auto* type = Registry::ilp().find(key.type);
    if (type == nullptr || type->system) continue;
    const auto found = records.find(key);
    if (found == records.end()) {
      watch.fault(FaultKind::lost, "the hub has no " + type->name);
      continue;
    }
    judge_by_model(world, naive, key, *type, found->second.state);
    for (const auto& field : type->fields) {
      const auto stands = standing(found->second.state, field);
      judge_removed(world, key, writes, field, stands);
      if (watch.disasters() > 0 || field.merge == MergePolicy::review) continue;
      judge_concurrent(world, key, writes, field, stands);
    }
  }
}

}  // namespace titip
