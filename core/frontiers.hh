#pragma once

// How frontiers are worked out, for core/record_frontier.cc and what stands beside it: writes, who
// of them has seen whom, and what follows from that.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/record_frontier.hh"
#include "core/record_state.hh"

namespace titip {

class Frontiers {
 public:
  using Index = std::size_t;

  // All must outlive it; the state's writes are changed in place.
  Frontiers(RecordState& state, const RecordType* type, const History& history);

  // Of one record.
  void settle();
  // Of the fields of several records taken as one (core/united.hh): that a write has seen another
  // counts only where `across` says so, too.
  template <typename Across>
  void settle_fields_across(Across across) {
    for (Index i = 0; i < writes_.size(); ++i) {
      for (Index j = 0; j < writes_.size(); ++j) {
        if (saw(i, j) && !across(i, j)) saw_[i * words_ + j / word_bits] &= ~bit_of(j);
      }
    }
    settle_fields();
  }

 private:
  using WriteSet = std::vector<std::uint64_t>;  // a bit for each write

  static constexpr std::size_t word_bits = 64;
  static std::uint64_t bit_of(Index i) { return std::uint64_t{1} << i % word_bits; }
  template <typename Visit>
  static void each_of(const WriteSet& set, Visit visit) {
    for (std::size_t word = 0; word < set.size(); ++word) {
      for (auto left = set[word]; left != 0; left &= left - 1) {
        visit(word * word_bits + static_cast<Index>(std::countr_zero(left)));
      }
    }
  }

  bool saw(Index later, Index earlier) const {
    return (saw_[later * words_ + earlier / word_bits] & bit_of(earlier)) != 0;
  }
  bool inherits(Index later, Index earlier) const;
  bool inherits_own_stream(const Write& later, const Write& earlier) const;
  void settle_fields();
  void settle_swept_fields();
  void settle_reviewed_fields();
  void settle_reviewed_field(const FieldRules& field, const WriteSet& touching);
  void judge_sweep(const FieldRules& field, Index i, const WriteSet& touching, WriteSet& judged);
  WriteSet seen_by(Index later, const WriteSet& among) const;
  WriteSet frontier(const WriteSet& among) const;
  bool differ(const FieldRules& field, const WriteSet& among) const;
  void settle_alive();
  bool removed_from_alive(Index j) const;
  bool was_contested(Index i, Index j) const;
  void settle_pairs();
  bool of_one_pair(Index i, Index j) const;
  bool saw_word(Index i, Op op) const;
  void drop_unneeded();

  RecordState& state_;
  std::vector<Write>& writes_;
  const RecordType* type_;
  const History& history_;
  FieldMask reviewed_;
  std::size_t words_;                 // of a WriteSet
  std::vector<std::uint64_t> saw_;    // of each write, in turn: those that it has seen
  std::vector<FieldMask> inherited_;  // fields that a set took over together with all that was seen
  std::vector<std::uint8_t> sweeps_;  // of one reviewed field: sets whose authors saw one value
  std::vector<AliveSays> says_;
};

// Whether the resolve names the event.
bool names(const Write& resolve, const EventId& id);

}  // namespace titip
