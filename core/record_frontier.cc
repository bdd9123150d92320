#include "core/record_frontier.hh"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/frontiers.hh"
#include "core/limits.hh"
#include "core/mutants.hh"
#include "core/record_idle.hh"

namespace titip {

FieldMask reviewed_fields(const RecordType* type) {
  FieldMask mask = 0;
  if (type == nullptr) return mask;
  for (const FieldRules& field : type->fields) {
    if (field.merge == MergePolicy::review) mask |= field.bit();
  }
  return mask;
}

bool names(const Write& resolve, const EventId& id) {
  if (mutant(Mutant::resolve_settles_all) && resolve.op == Op::resolve) return resolve.id != id;
  return std::binary_search(resolve.settles.begin(), resolve.settles.end(), id);
}

Frontiers::Frontiers(RecordState& state, const RecordType* type, const History& history)
    : state_(state),
      writes_(state.writes),
      type_(type),
      history_(history),
      reviewed_(reviewed_fields(type)),
      words_((writes_.size() + word_bits - 1) / word_bits),
      saw_(writes_.size() * words_) {
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool forth = has_seen(writes_[i], writes_[j], history);
      const bool back = has_seen(writes_[j], writes_[i], history);
      // Two that claim to have seen each other are lying or mistaken: concurrent.
      if (forth && !back) saw_[i * words_ + j / word_bits] |= bit_of(j);
      if (back && !forth) saw_[j * words_ + i / word_bits] |= bit_of(i);
    }
  }
}

void Frontiers::settle() {
  settle_fields();
  settle_alive();
  settle_pairs();
  drop_unneeded();
}

void Frontiers::settle_fields() {
  inherited_.assign(writes_.size(), 0);
  state_.under_review = false;
  settle_swept_fields();
  settle_reviewed_fields();
}

// Whether all that `earlier` has seen is seen by `later`, which has seen it. Always so in one
// line of epochs; after a disaster `earlier` may know of writes in lost history.
bool Frontiers::inherits(Index later, Index earlier) const {
  const Position& basis = writes_[earlier].basis;
  if (basis.epoch != 0 && !history_.covers(writes_[later].basis, basis)) return false;
  return inherits_own_stream(writes_[later], writes_[earlier]);
}

// Likewise of what stands before `earlier` in its own stream: that stood before it at the hub, too,
// but perhaps in an epoch of which nobody has told this hub what came of it.
bool Frontiers::inherits_own_stream(const Write& later, const Write& earlier) const {
  if (earlier.seen == 0 || history_.is_whole(later.basis.epoch)) return true;
  return earlier.id.lane == later.id.lane && earlier.id.seq <= later.seen &&
         history_.in_line(carrier_of(later), carrier_of(earlier), earlier.id);
}

void Frontiers::settle_swept_fields() {
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

void Frontiers::settle_reviewed_fields() {
  if (type_ == nullptr) return;
  for (const FieldRules& field : type_->fields) {
    if (field.merge != MergePolicy::review) continue;
    WriteSet touching(words_);
    std::size_t count = 0;
    for (Index i = 0; i < writes_.size(); ++i) {
      if ((writes_[i].fields & field.bit()) == 0) continue;
      touching[i / word_bits] |= bit_of(i);
      ++count;
    }
    if (count > 1) settle_reviewed_field(field, touching);
  }
}

void Frontiers::settle_reviewed_field(const FieldRules& field, const WriteSet& touching) {
  sweeps_.assign(writes_.size(), 0);
  WriteSet judged(words_);
  each_of(touching, [&](Index i) { judge_sweep(field, i, touching, judged); });
  const auto standing = frontier(touching);
  each_of(touching, [&](Index i) { writes_[i].live &= ~field.bit(); });
  each_of(standing, [&](Index i) { writes_[i].live |= field.bit(); });
  if (differ(field, standing)) state_.under_review = true;
}

// What a write's own past settled is known before the write is judged. (After a disaster it may have
// seen less than one that it has seen.)
void Frontiers::judge_sweep(const FieldRules& field, Index i, const WriteSet& touching,
                            WriteSet& judged) {
  if ((judged[i / word_bits] & bit_of(i)) != 0) return;
  judged[i / word_bits] |= bit_of(i);
  if (writes_[i].op != Op::set) return;
  const auto past = seen_by(i, touching);
  each_of(past, [&](Index j) { judge_sweep(field, j, touching, judged); });
  sweeps_[i] = !differ(field, frontier(past));
}

Frontiers::WriteSet Frontiers::seen_by(Index later, const WriteSet& among) const {
  WriteSet seen(among);
  for (std::size_t word = 0; word < words_; ++word) seen[word] &= saw_[later * words_ + word];
  return seen;
}

// Of writes to one reviewed field, those that none among them removes.
Frontiers::WriteSet Frontiers::frontier(const WriteSet& among) const {
  WriteSet standing(among);
  each_of(among, [&](Index i) {
    if (sweeps_[i] != 0) {
      for (std::size_t word = 0; word < words_; ++word) standing[word] &= ~saw_[i * words_ + word];
    } else if (writes_[i].op == Op::resolve) {
      each_of(among, [&](Index j) {
        if (names(writes_[i], writes_[j].id)) standing[j / word_bits] &= ~bit_of(j);
      });
    }
  });
  return standing;
}

bool Frontiers::differ(const FieldRules& field, const WriteSet& among) const {
  const Write* first = nullptr;
  bool differs = false;
  each_of(among, [&](Index i) {
    if (first == nullptr) first = &writes_[i];
    differs = differs || !same_value(field, *first, writes_[i]);
  });
  return differs;
}

void Frontiers::drop_unneeded() {
  std::vector<std::uint8_t> drop(writes_.size());
  std::vector<Index> idle;
  std::vector<Index> idle_words;  // about pairs, which crowd out nothing else
  for (Index j = 0; j < writes_.size(); ++j) {
    const Write& write = writes_[j];
    if (write.live != 0 || write.alive_live) continue;
    if (write.of_pair()) {
      idle_words.push_back(j);
    } else if (write.op == Op::set && write.fields != 0 && inherited_[j] == write.fields) {
      drop[j] = 1;
    } else {
      idle.push_back(j);
    }
  }
  for (auto* each : {&idle, &idle_words}) {
    if (each->size() <= limits::idle_writes_max) continue;
    for (const Index j : surplus_of(writes_, std::move(*each))) drop[j] = 1;
  }
  Index next = 0;
  std::erase_if(writes_, [&](const Write&) { return drop[next++] != 0; });
}

void settle_frontiers(RecordState& state, const RecordType* type, const History& history) {
  if (state.writes.size() == 1) {
    // By far the most common record: one event made it and nothing has happened since.
    Write& only = state.writes.front();
    only.live = only.fields;
    only.alive_live = true;
    state.under_review = false;
    return;
  }
  Frontiers(state, type, history).settle();
}

}  // namespace titip
