#include "core/record_frontier.hh"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/limits.hh"
#include "core/mutants.hh"
#include "core/record_idle.hh"

namespace titip {

namespace {

bool names(const Write& resolve, const EventId& id) {
  if (mutant(Mutant::resolve_settles_all) && resolve.op == Op::resolve) return resolve.id != id;
  return std::binary_search(resolve.settles.begin(), resolve.settles.end(), id);
}

FieldMask reviewed_fields(const RecordType* type) {
  FieldMask mask = 0;
  if (type == nullptr) return mask;
  for (const FieldRules& field : type->fields) {
    if (field.merge == MergePolicy::review) mask |= field.bit();
  }
  return mask;
}

class Frontiers {
 public:
  Frontiers(RecordState& state, const RecordType* type, const History& history)
      : state_(state),
        writes_(state.writes),
        type_(type),
        history_(history),
        reviewed_(reviewed_fields(type)),
        saw_(writes_.size() * writes_.size()) {
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const bool forth = has_seen(writes_[i], writes_[j], history);
        const bool back = has_seen(writes_[j], writes_[i], history);
        // Two that claim to have seen each other are lying or mistaken: concurrent.
        saw_[i * writes_.size() + j] = forth && !back;
        saw_[j * writes_.size() + i] = back && !forth;
      }
    }
  }

  void settle() {
    inherited_.assign(writes_.size(), 0);
    state_.under_review = false;
    settle_swept_fields();
    settle_reviewed_fields();
    settle_alive();
    drop_unneeded();
  }

 private:
  using Index = std::size_t;

  bool saw(Index later, Index earlier) const { return saw_[later * writes_.size() + earlier] != 0; }

  // Whether all that `earlier` has seen is seen by `later`, which has seen it. Always so in one
  // line of epochs; after a disaster `earlier` may know of writes in lost history.
  bool inherits(Index later, Index earlier) const {
    const Position& basis = writes_[earlier].basis;
    return basis.epoch == 0 || history_.covers(writes_[later].basis, basis);
  }

  void settle_swept_fields() {
    for (Index j = 0; j < writes_.size(); ++j) {
      Write& write = writes_[j];
      const FieldMask swept = write.fields & ~reviewed_;
      FieldMask removed = 0;
      for (Index i = 0; i < writes_.size(); ++i) {
        const FieldMask shared = writes_[i].fields & swept;
        if (shared == 0) continue;
        if (writes_[i].op == Op::set && saw(i, j)) {
          removed |= shared;
          if (inherits(i, j)) inherited_[j] |= shared;
        } else if (names(writes_[i], write.id)) {
          removed |= shared;
        }
      }
      write.live = write.fields & ~removed;
    }
  }

  void settle_reviewed_fields() {
    if (type_ == nullptr) return;
    for (const FieldRules& field : type_->fields) {
      if (field.merge != MergePolicy::review) continue;
      std::vector<Index> touching;
      for (Index i = 0; i < writes_.size(); ++i) {
        if ((writes_[i].fields & field.bit()) != 0) touching.push_back(i);
      }
      if (touching.size() > 1) settle_reviewed_field(field, touching);
    }
  }

  void settle_reviewed_field(const FieldRules& field, const std::vector<Index>& touching) {
    // Whoever saw more comes later, so that what a write's own past settled is known before it is
    // judged.
    std::vector<std::pair<std::size_t, Index>> by_past;
    for (const Index i : touching) {
      const auto past =
          std::count_if(touching.begin(), touching.end(), [&](Index j) { return saw(i, j); });
      by_past.emplace_back(past, i);
    }
    std::sort(by_past.begin(), by_past.end());

    sweeps_.assign(writes_.size(), 0);
    for (const auto& [count, i] : by_past) {
      if (writes_[i].op != Op::set) continue;
      std::vector<Index> past;
      for (const Index j : touching) {
        if (saw(i, j)) past.push_back(j);
      }
      sweeps_[i] = !differ(field, frontier(past));
    }
    const auto standing = frontier(touching);
    for (const Index i : touching) writes_[i].live &= ~field.bit();
    for (const Index i : standing) writes_[i].live |= field.bit();
    if (differ(field, standing)) state_.under_review = true;
  }

  // Of writes to one reviewed field, those that none among them removes.
  std::vector<Index> frontier(const std::vector<Index>& among) const {
    std::vector<Index> standing;
    for (const Index j : among) {
      const bool removed = std::any_of(among.begin(), among.end(), [&](Index i) {
        return (sweeps_[i] != 0 && saw(i, j)) || names(writes_[i], writes_[j].id);
      });
      if (!removed) standing.push_back(j);
    }
    return standing;
  }

  bool differ(const FieldRules& field, const std::vector<Index>& among) const {
    return std::any_of(among.begin(), among.end(), [&](Index i) {
      return !same_value(field, writes_[among.front()], writes_[i]);
    });
  }

  void settle_alive() {
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

  bool removed_from_alive(Index j) const {
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
  bool was_contested(Index i, Index j) const {
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

  void drop_unneeded() {
    std::vector<std::uint8_t> drop(writes_.size());
    std::vector<Index> idle;
    for (Index j = 0; j < writes_.size(); ++j) {
      const Write& write = writes_[j];
      if (write.live != 0 || write.alive_live || says_[j] == AliveSays::nothing) continue;
      if (write.op == Op::set && write.fields != 0 && inherited_[j] == write.fields) {
        drop[j] = 1;
      } else {
        idle.push_back(j);
      }
    }
    if (idle.size() > limits::idle_writes_max) {
      for (const Index j : surplus_of(writes_, std::move(idle))) drop[j] = 1;
    }
    Index next = 0;
    std::erase_if(writes_, [&](const Write&) { return drop[next++] != 0; });
  }

  RecordState& state_;
  std::vector<Write>& writes_;
  const RecordType* type_;
  const History& history_;
  FieldMask reviewed_;
  std::vector<std::uint8_t> saw_;     // [later * count + earlier]
  std::vector<FieldMask> inherited_;  // fields that a set took over together with all that was seen
  std::vector<std::uint8_t> sweeps_;  // of one reviewed field: sets whose authors saw one value
  std::vector<AliveSays> says_;
};

}  // namespace

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

void settle_frontiers(RecordState& state, const RecordType* type, const History& history) {
  if (state.writes.size() == 1) {
    // By far the most common record: one event made it and nothing has happened since.
    Write& only = state.writes.front();
    only.live = only.fields;
    only.alive_live = alive_says(state, only) != AliveSays::nothing;
    state.under_review = false;
    return;
  }
  Frontiers(state, type, history).settle();
}

}  // namespace titip
