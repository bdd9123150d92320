#pragma once

// A hub's history of epochs: one for every opening of its store that wrote. Positions of two epochs
// compare only within the history that the epochs share.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/record_state.hh"
#include "core/types.hh"

namespace titip {

// The line of epochs that leads to one epoch, newest first.
class EpochLine {
 public:
  explicit EpochLine(std::vector<EpochEntry> newest_first) : line_(std::move(newest_first)) {}

  const std::vector<EpochEntry>& entries() const { return line_; }

  // Whether `placement` is at or below `basis` in the basis's own line. False for an epoch that is
  // not in this line: in doubt, nothing was seen.
  bool covers(const Position& basis, const Position& placement) const;
  // The epoch that the entry at `offset` was appended in; 0 if before the first.
  std::uint64_t epoch_of(std::uint64_t offset) const;

 private:
  std::vector<EpochEntry> line_;
};

// Comparisons within the history that a store knows: a hub its own, an agent and a district what
// the hub has told of it. `txn` must outlive it.
class LineHistory : public History {
 public:
  explicit LineHistory(const ReadTxn& txn) : txn_(txn) {}
  bool covers(const Position& basis, const Position& placement) const override;
  bool in_line(Incarnation descendant, Incarnation incarnation, Lane lane, Seq seq) const override;

 private:
  const ReadTxn& txn_;
  mutable std::optional<EpochLine> line_;  // read when first needed
};

// The line to the hub's current epoch, or the newest `entries_max` of it.
EpochLine current_line(const ReadTxn& txn, std::size_t entries_max = ~std::size_t{0});

// What a hub has told of its line, newest first: kept beside what is known already.
void put_line(WriteTxn& txn, const std::vector<EpochEntry>& newest_first);

// Begins `epoch` after everything the journal holds, as the child of the current one.
void begin_epoch(WriteTxn& txn, std::uint64_t epoch);

}  // namespace titip
