// Other records that a change makes the concern of others: what refers to a person who moves, and
// whom an addressed record names.

#include <algorithm>

#include "core/feeds.hh"
#include "core/mutants.hh"

namespace titip {

// What refers to a subject that moves, and whom an addressed record names if that or its addressee
// changes.
std::vector<RecordKey> Feeds::may_follow(const ChangedRecord& changed, const Whereabouts& before,
                                         const Whereabouts& after) const {
  const auto& [record, was, is] = changed;
  const auto& type = *registry_.find(record.type);
  std::vector<RecordKey> others;
  if (type.homes != 0 && concern_.differ(before, after)) {
    const std::string first{record_key(record)};
    txn_.scan(Table::referrers, first, [&](const Entry& entry) {
      if (!entry.key.starts_with(first)) return false;
      others.push_back(record_of_key(entry.key, first.size()));
      return true;
    });
  }
  if (type.addressees == 0) return others;
  auto named = live_references(was, type, type.subjects, registry_);
  const auto named_now = live_references(is, type, type.subjects, registry_);
  if (same_set(named, named_now) &&
      same_set(live_texts(was, type, type.addressees), live_texts(is, type, type.addressees))) {
    return others;
  }
  named.insert(named.end(), named_now.begin(), named_now.end());
  for (const auto& person : named) {
    const auto state = concern_.state_of(person);
    if (!state) continue;
    for (const auto id : concern_.group(person, *state)) others.push_back({person.type, id});
  }
  return others;
}

// Other records that a change may make the concern of others, each with whom it concerns as long as
// nothing has changed.
std::vector<Feeds::Affected> Feeds::affected_by(std::span<const ChangedRecord> records) {
  if (mutant(Mutant::gained_concern_alone)) return {};
  const auto places = [&](Concern::Moment moment) {
    concern_.suppose(records, moment);
    std::vector<Whereabouts> all(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& type = *registry_.find(records[i].record.type);
      const auto& state = moment == Concern::Moment::before ? records[i].before : records[i].after;
      if (type.homes != 0) all[i] = concern_.where(records[i].record, state, type);
    }
    return all;
  };
  const auto before = places(Concern::Moment::before);
  const auto after = places(Concern::Moment::after);
  std::vector<RecordKey> others;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto more = may_follow(records[i], before[i], after[i]);
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
