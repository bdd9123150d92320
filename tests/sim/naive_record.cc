#include "tests/sim/naive_record.hh"

#include <algorithm>
#include <variant>

#include "core/payload.hh"
#include "tests/sim/shown_order.hh"

namespace titip {

NaiveRecord::NaiveRecord(std::vector<NaiveWrite> writes, const RecordType& type, const Sees& sees)
    : writes_(std::move(writes)), type_(type), saw_(writes_.size()) {
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    all_.insert(i);
    for (std::size_t j = 0; j < writes_.size(); ++j) {
      // Two that claim to have seen each other are concurrent.
      if (i != j && sees(writes_[i], writes_[j]) && !sees(writes_[j], writes_[i])) {
        saw_[i].insert(j);
      }
    }
  }
}

std::set<EventId> NaiveRecord::standing(const FieldRules& field) const {
  std::set<EventId> ids;
  for (const auto i : frontier(field, all_)) ids.insert(writes_[i].id);
  return ids;
}

std::set<EventId> NaiveRecord::lives() const {
  const auto standing = standing_lives();
  const bool ended = std::ranges::any_of(standing, [&](auto i) { return ends(i); });
  std::set<EventId> ids;
  for (const auto i : standing) {
    if (!ended || ends(i) || conflicts(standing, i)) ids.insert(writes_[i].id);
  }
  return ids;
}

bool NaiveRecord::under_review() const {
  for (const auto& field : type_.fields) {
    if (field.merge == MergePolicy::review && differ(field, frontier(field, all_))) return true;
  }
  const auto standing = standing_lives();
  return pair_contested() ||
         std::ranges::any_of(standing, [&](auto i) { return conflicts(standing, i); }) ||
         std::ranges::count_if(standing, [&](auto i) { return creates(i); }) > 1;
}

const NaiveWrite* NaiveRecord::shown(const FieldRules& field) const {
  const auto standing = frontier(field, all_);
  if (standing.empty()) return nullptr;
  auto best = *standing.begin();
  for (const auto i : standing) {
    if (i != best && is_shown_before(field, writes_[i], writes_[best])) best = i;
  }
  return &writes_[best];
}

bool NaiveRecord::ends(std::size_t i) const {
  const auto& write = writes_[i];
  if (write.op != Op::resolve) return write.op == Op::retract;
  return write.fields == 0 && !write.settles.empty() && std::ranges::none_of(all_, [&](auto j) {
           return names(i, j) && (creates(j) || writes_[j].op == Op::retract);
         });
}

// As bytes, so that only equality can be asked of it.
std::string NaiveRecord::value(std::size_t i, const FieldRules& field) const {
  if ((writes_[i].cleared & field.bit()) != 0) return "cleared";
  const PayloadView payload(writes_[i].payload);
  const auto value = read_field(field, payload.get());
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* record = std::get_if<RecordReference>(&value)) return std::to_string(record->id);
  return std::to_string(std::get<std::int64_t>(value));
}

// Of `among`, the writes to the field that none among them removes.
NaiveRecord::Writes NaiveRecord::frontier(const FieldRules& field, const Writes& among) const {
  Writes standing;
  for (const auto j : among) {
    if (!touches(j, field)) continue;
    const bool removed = std::ranges::any_of(among, [&](auto i) {
      return touches(i, field) && (names(i, j) || (saw(i, j) && sweeps(field, i)));
    });
    if (!removed) standing.insert(j);
  }
  return standing;
}

bool NaiveRecord::differ(const FieldRules& field, const Writes& among) const {
  std::set<std::string> values;
  for (const auto i : among) values.insert(value(i, field));
  return values.size() > 1;
}

// Whether a write takes the place of those that it has seen: a set does, and under review only one
// whose author saw no more than one value.
bool NaiveRecord::sweeps(const FieldRules& field, std::size_t i) const {
  if (writes_[i].op != Op::set) return false;
  if (field.merge != MergePolicy::review) return true;
  const auto [known, is_new] = sweeps_.try_emplace({field.index, i}, false);
  if (is_new) known->second = !differ(field, frontier(field, saw_[i]));
  return known->second;
}

NaiveRecord::Writes NaiveRecord::standing_lives() const {
  Writes standing;
  for (const auto j : all_) {
    if (joins(j)) continue;
    const bool use = !creates(j) && !ends(j);
    const bool removed = std::ranges::any_of(all_, [&](auto i) {
      if (names(i, j) && (!use || writes_[i].fields == 0)) return true;
      if (!saw(i, j) || ends(j)) return false;
      return ends(i) ? !saw_conflict(i, j) : use && !creates(i) && !joins(i);
    });
    if (!removed) standing.insert(j);
  }
  return standing;
}

bool NaiveRecord::conflicts(const Writes& standing, std::size_t use) const {
  return !ends(use) &&
         std::ranges::any_of(standing, [&](auto end) { return ends(end) && !saw(end, use); });
}

// Whether the author of the end saw another that had not seen the use, and that nobody had settled.
bool NaiveRecord::saw_conflict(std::size_t end, std::size_t use) const {
  return std::ranges::any_of(saw_[end], [&](auto other) {
    if (!ends(other) || saw(other, use) || names(end, other)) return false;
    return std::ranges::none_of(saw_[end], [&](auto by) { return names(by, other); });
  });
}

// Of a word about a pair: whether its author had seen a link and an unlink of it.
bool NaiveRecord::decides(std::size_t word) const {
  std::set<Op> seen;
  for (const auto i : saw_[word]) {
    if (joins(i) && writes_[i].other == writes_[word].other) seen.insert(writes_[i].op);
  }
  return seen.size() > 1;
}

bool NaiveRecord::pair_contested() const {
  std::map<RecordId, std::set<Op>> said;
  for (const auto j : all_) {
    if (!joins(j) || writes_[j].other == 0) continue;
    // Who has seen both words decides, also over those who had not.
    const bool removed = std::ranges::any_of(all_, [&](auto i) {
      if (i == j || !joins(i) || writes_[i].other != writes_[j].other) return false;
      return saw(i, j) || (decides(i) && !decides(j) && !saw(j, i));
    });
    if (!removed) said[writes_[j].other].insert(writes_[j].op);
  }
  return std::ranges::any_of(said, [](const auto& words) { return words.second.size() > 1; });
}

}  // namespace titip
