// The built-in fields: `alive` of a record, and `same` of a pair of records.

#include <algorithm>

#include "core/frontiers.hh"

namespace titip {

void Frontiers::settle_alive() {
  says_.clear();
  for (const Write& write : writes_) says_.push_back(alive_says(state_, write));
  std::vector<Index> standing;
  std::vector<Index> ends;
  for (Index j = 0; j < writes_.size(); ++j) {
    writes_[j].alive_live = false;
    if (says_[j] == AliveSays::nothing || removed_from_alive(j)) continue;
    standing.push_back(j);
    if (says_[j] == AliveSays::ended) ends.push_back(j);
  }
  std::size_t creates = 0;
  for (const Index j : standing) {
    if (says_[j] == AliveSays::made) ++creates;
    const bool ended = says_[j] == AliveSays::ended;
    const bool contested =
        !ended && std::any_of(ends.begin(), ends.end(), [&](Index end) { return !saw(end, j); });
    writes_[j].alive_live = ended || ends.empty() || contested;
    if (contested) state_.under_review = true;
  }
  if (creates > 1) state_.under_review = true;
}

bool Frontiers::removed_from_alive(Index j) const {
  for (Index i = 0; i < writes_.size(); ++i) {
    // A `resolve` about fields names uses for the sake of those fields only.
    if (names(writes_[i], writes_[j].id) &&
        (writes_[i].fields == 0 || says_[j] != AliveSays::used)) {
      return true;
    }
    if (!saw(i, j) || says_[j] == AliveSays::ended) continue;
    if (says_[i] == AliveSays::used && says_[j] == AliveSays::used) return true;
    if (says_[i] == AliveSays::ended && !was_contested(i, j)) return true;
  }
  return false;
}

// Whether the author of the end `i` saw another, unsettled, that had not seen `j`.
bool Frontiers::was_contested(Index i, Index j) const {
  for (Index end = 0; end < writes_.size(); ++end) {
    if (says_[end] != AliveSays::ended || !saw(i, end) || saw(end, j)) continue;
    bool settled = false;
    for (Index by = 0; by < writes_.size(); ++by) {
      settled = settled || (names(writes_[by], writes_[end].id) && (by == i || saw(i, by)));
    }
    if (!settled) return true;
  }
  return false;
}

// Equal words stand side by side; different ones are a person's to decide, by a word that has seen
// both. Such a word also ends those of people who had not seen both: it was told of what they say.
// A `resolve` stands in one record only, and a pair's words in both: it removes none.
void Frontiers::settle_pairs() {
  std::vector<std::uint8_t> decides(writes_.size());
  for (Index i = 0; i < writes_.size(); ++i) {
    decides[i] = saw_word(i, Op::link) && saw_word(i, Op::unlink) ? 1 : 0;
  }
  for (Index j = 0; j < writes_.size(); ++j) {
    if (!writes_[j].of_pair()) continue;
    writes_[j].alive_live = true;
    for (Index i = 0; i < writes_.size(); ++i) {
      if (!of_one_pair(i, j)) continue;
      const bool decided = decides[i] != 0 && decides[j] == 0 && i != j && !saw(j, i);
      if (saw(i, j) || decided) writes_[j].alive_live = false;
    }
  }
  for (const Write& one : writes_) {
    if (one.op != Op::link || !one.alive_live) continue;
    for (const Write& other : writes_) {
      if (other.op == Op::unlink && other.alive_live && other.other == one.other) {
        state_.under_review = true;
      }
    }
  }
}

bool Frontiers::of_one_pair(Index i, Index j) const {
  return writes_[i].of_pair() && writes_[j].of_pair() && writes_[i].other == writes_[j].other;
}

// Whether the author of the word `i` about a pair had seen such a one about it.
bool Frontiers::saw_word(Index i, Op op) const {
  for (Index j = 0; j < writes_.size(); ++j) {
    if (writes_[j].op == op && of_one_pair(i, j) && saw(i, j)) return true;
  }
  return false;
}

AliveSays alive_says(const RecordState& state, const Write& write) {
  switch (write.op) {
    case Op::create: return AliveSays::made;
    case Op::set: return AliveSays::used;
    case Op::retract: return AliveSays::ended;
    case Op::link:
    case Op::unlink: return AliveSays::nothing;
    case Op::resolve: break;
  }
  if (write.fields != 0 || write.settles.empty()) return AliveSays::used;
  const bool about_lives =
      std::any_of(state.writes.begin(), state.writes.end(), [&](const Write& named) {
        return (named.op == Op::retract || named.op == Op::create) && names(write, named.id);
      });
  return about_lives ? AliveSays::used : AliveSays::ended;
}

bool life_contested(const RecordState& state) {
  std::size_t made = 0;
  bool ended = false;
  bool used = false;
  for (const Write& write : state.writes) {
    const auto says = write.alive_live ? alive_says(state, write) : AliveSays::nothing;
    made += says == AliveSays::made ? 1 : 0;
    ended = ended || says == AliveSays::ended;
    used = used || says == AliveSays::made || says == AliveSays::used;
  }
  return made > 1 || (ended && used);
}

}  // namespace titip
