#pragma once

// What must stand after a history, by the definitions of replication.md section 3: it keeps every
// write, knows what each author truly had before them, and asks nothing of positions.

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/record_state.hh"
#include "tests/unit/record_writes.hh"

namespace titip::test {

using Events = std::set<std::size_t>;

struct Made {
  Write write;
  Events seen;  // what its author truly had before them
  std::size_t agent = 0;
  Values values;
};

inline const OnePolicyEach& policies() {
  static const OnePolicyEach each;
  return each;
}

inline std::vector<const FieldRules*> all_fields() {
  const auto& each = policies();
  return {each.later, each.review, each.max, each.min, each.authority};
}

class Model {
 public:
  explicit Model(const std::vector<Made>& made) : made_(made) {
    for (std::size_t i = 0; i < made.size(); ++i) everything_.insert(i);
  }

  Events frontier(const FieldRules& field) const { return frontier(field, everything_); }

  // Of `among`, the writes to the field that none among them removes.
  Events frontier(const FieldRules& field, const Events& among) const {
    Events standing;
    for (const auto j : among) {
      if (!touches(j, field)) continue;
      const bool removed = std::any_of(among.begin(), among.end(), [&](auto i) {
        return touches(i, field) && (names(i, j) || (sees(i, j) && sweeps(field, i)));
      });
      if (!removed) standing.insert(j);
    }
    return standing;
  }

  bool contested(const FieldRules& field, const Events& among) const {
    std::set<int> values;
    for (const auto i : frontier(field, among)) values.insert(value(i, field));
    return values.size() > 1;
  }

  bool under_review() const {
    return contested(*policies().review, everything_) || alive_contested() || pair_contested();
  }

  // Whether of one pair a link and an unlink stand. Who has seen both decides, also over those who
  // had not, and whom they had not seen.
  bool pair_contested() const {
    std::map<RecordId, std::set<Op>> standing;
    for (const auto j : everything_) {
      if (!joins(j)) continue;
      const bool removed = std::any_of(everything_.begin(), everything_.end(), [&](auto i) {
        if (i == j || !joins(i) || !of_one_pair(i, j)) return false;
        return sees(i, j) || (decides(i) && !decides(j) && !sees(j, i));
      });
      if (!removed) standing[made_[j].write.other].insert(made_[j].write.op);
    }
    return std::any_of(standing.begin(), standing.end(),
                       [](const auto& words) { return words.second.size() > 1; });
  }

  bool alive() const {
    const auto standing = lives();
    // Of what is only linked nobody has said that it lives.
    if (!everything_.empty() &&
        std::ranges::all_of(everything_, [&](auto i) { return joins(i); })) {
      return false;
    }
    return std::none_of(standing.begin(), standing.end(), [&](auto i) { return ends(i); }) ||
           std::any_of(standing.begin(), standing.end(),
                       [&](auto i) { return conflicts(standing, i); });
  }

 private:
  bool sees(std::size_t i, std::size_t j) const { return made_[i].seen.contains(j); }
  bool touches(std::size_t i, const FieldRules& field) const {
    return (made_[i].write.fields & field.bit()) != 0;
  }
  bool names(std::size_t i, std::size_t j) const {
    const auto& settles = made_[i].write.settles;
    return std::count(settles.begin(), settles.end(), made_[j].write.id) != 0;
  }
  int value(std::size_t i, const FieldRules& field) const {
    for (const auto& [set, value] : made_[i].values) {
      if (set == &field) return value;
    }
    return -1;
  }

  bool sweeps(const FieldRules& field, std::size_t i) const {
    if (made_[i].write.op != Op::set) return false;
    if (field.merge != MergePolicy::review) return true;
    const auto [at, is_new] = sweeps_.try_emplace(i, false);
    if (is_new) at->second = !contested(field, made_[i].seen);
    return at->second;
  }

  bool joins(std::size_t i) const { return made_[i].write.of_pair(); }
  bool of_one_pair(std::size_t i, std::size_t j) const {
    return made_[i].write.other == made_[j].write.other;
  }
  bool decides(std::size_t i) const {
    std::set<Op> seen;
    for (const auto j : made_[i].seen) {
      if (joins(j) && of_one_pair(i, j)) seen.insert(made_[j].write.op);
    }
    return seen.size() > 1;
  }
  bool creates(std::size_t i) const { return made_[i].write.op == Op::create; }
  bool ends(std::size_t i) const {
    const Write& write = made_[i].write;
    if (write.op != Op::resolve) return write.op == Op::retract;
    return write.fields == 0 && !write.settles.empty() &&
           std::none_of(everything_.begin(), everything_.end(), [&](auto j) {
             return names(i, j) && (creates(j) || made_[j].write.op == Op::retract);
           });
  }

  Events lives() const {
    Events standing;
    for (const auto j : everything_) {
      if (joins(j)) continue;
      const bool use = !creates(j) && !ends(j);
      const bool removed = std::any_of(everything_.begin(), everything_.end(), [&](auto i) {
        if (names(i, j) && (!use || made_[i].write.fields == 0)) return true;
        if (!sees(i, j) || ends(j)) return false;
        return ends(i) ? !saw_conflict(i, j) : use && !creates(i) && !joins(i);
      });
      if (!removed) standing.insert(j);
    }
    return standing;
  }

  // Whether the author of the end `i` saw another that had not seen `j`, with nobody having settled
  // it.
  bool saw_conflict(std::size_t i, std::size_t j) const {
    return std::any_of(made_[i].seen.begin(), made_[i].seen.end(), [&](auto end) {
      if (!ends(end) || sees(end, j) || names(i, end)) return false;
      return std::none_of(made_[i].seen.begin(), made_[i].seen.end(),
                          [&](auto by) { return names(by, end); });
    });
  }

  bool conflicts(const Events& standing, std::size_t use) const {
    return !ends(use) && std::any_of(standing.begin(), standing.end(),
                                     [&](auto end) { return ends(end) && !sees(end, use); });
  }

  bool alive_contested() const {
    const auto standing = lives();
    return std::any_of(standing.begin(), standing.end(),
                       [&](auto i) { return conflicts(standing, i); }) ||
           std::count_if(standing.begin(), standing.end(), [&](auto i) { return creates(i); }) > 1;
  }

  const std::vector<Made>& made_;
  Events everything_;
  mutable std::map<std::size_t, bool> sweeps_;
};

}  // namespace titip::test
