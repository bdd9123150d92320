// Other records that a change makes the concern of others: what refers to a person who moves, and
// whom an addressed record names.

#include <algorithm>

#include "core/feeds.hh"
#include "core/mutants.hh"

namespace titip {

// What refers to a subject that moves, and whom an addressed record names if that or its addressee
// changes.
std::vector<RecordKey> Feeds::may_follow(const RecordKey& record, const Bearings& before,
                                         const Bearings& after) const {
  const auto& type = *registry_.find(record.type);
  std::vector<RecordKey> others;
  if (type.homes != 0 && concern_.differ(before.where, after.where)) {
    const std::string first{record_key(record)};
    txn_.scan(Table::referrers, first, [&](const Entry& entry) {
      if (!entry.key.starts_with(first)) return false;
      add_with_group(record_of_key(entry.key, first.size()), others);
      return true;
    });
  }
  if (type.addressees == 0) return others;
  if (same_set(before.subjects, after.subjects) && same_set(before.addressees, after.addressees)) {
    return others;
  }
  for (const auto* moment : {&before, &after}) {
    for (const auto& person : moment->subjects) add_with_group(person, others);
  }
  return others;
}

void Feeds::add_with_group(const RecordKey& record, std::vector<RecordKey>& to) const {
  const auto state = concern_.state_of(record);
  if (!state) return;
  for (const auto id : concern_.group(record, *state)) to.push_back({record.type, id});
}

// Other records that a change may make the concern of others, each with whom it concerns as long as
// nothing has changed.
std::vector<Feeds::Affected> Feeds::affected_by(std::span<const ChangedRecord> records) {
  if (mutant(Mutant::gained_concern_alone)) return {};
  const auto bearings = [&](Concern::Moment moment) {
    concern_.suppose(records, moment);
    std::vector<Bearings> all(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& type = *registry_.find(records[i].record.type);
      const auto& state = moment == Concern::Moment::before ? records[i].before : records[i].after;
      if ((type.homes | type.addressees) == 0) continue;
      all[i] = concern_.bearings(records[i].record, state, type);
    }
    return all;
  };
  const auto before = bearings(Concern::Moment::before);
  const auto after = bearings(Concern::Moment::after);
  std::vector<RecordKey> others;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto more = may_follow(records[i].record, before[i], after[i]);
    others.insert(others.end(), more.begin(), more.end());
  }
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());

  concern_.suppose(records, Concern::Moment::before);
  std::vector<Affected> affected;
  for (const auto& other : others) {
    if (std::ranges::find(records, other, &ChangedRecord::record) != records.end()) continue;
    if (const auto state = concern_.state_of(other)) {
      affected.push_back({other, concern_.of(other, *state)});
    }
  }
  return affected;
}

void Feeds::settle(const Affected& affected) {
  const auto state = concern_.state_of(affected.record);
  check(state.has_value(), "a record went");
  const auto now = concern_.of(affected.record, *state);
  if (now == affected.before) return;
  const auto position = next_position();
  for (const auto node : without(now, affected.before)) {
    tell(node, affected.record, *state, position);
  }
  for (const auto node : without(affected.before, now)) {
    forget(node, affected.record, wrote(node, *state), position);
  }
}

}  // namespace titip
