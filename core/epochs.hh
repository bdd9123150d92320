#pragma once

// A hub's history of epochs: one for every opening of its store that wrote. Positions of two epochs
// compare only within the history that the epochs share.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/kv.hh"
#include "core/limits.hh"
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

// Comparisons within the history that a store knows: a hub its own and what a custodian showed it,
// an agent and a district what the hub has told. Knows of no lives but one for each incarnation.
// `txn` must outlive it.
class LineHistory : public History {
 public:
  explicit LineHistory(const ReadTxn& txn);
  // With what a hub has just told of its line and the store does not hold yet.
  LineHistory(const ReadTxn& txn, const std::vector<EpochEntry>& told);
  bool covers(const Position& basis, const Position& placement) const override;
  bool is_whole(std::uint64_t epoch) const override;
  bool in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const override;
  // Whether the hub, as it is now, has delivered what came at that position of a feed, under the
  // name of the epoch that it then had.
  bool feed_covers(const Position& delivered) const;

 protected:
  const ReadTxn& txn() const { return txn_; }

 private:
  struct Beginning {
    std::uint64_t parent = 0;
    std::uint64_t first_offset = 0;
    std::uint64_t first_change = 0;  // 0: not known
    bool half_known = false;         // not back to where its line began
  };
  const Beginning* beginning_of(std::uint64_t epoch) const;

  const ReadTxn& txn_;
  std::uint64_t present_ = 0;  // the epoch that the hub is in
  mutable std::unordered_map<std::uint64_t, std::optional<Beginning>> beginnings_;  // as needed
};

// The line that leads to any epoch that the store knows, newest first.
EpochLine line_of(const ReadTxn& txn, std::uint64_t epoch,
                  std::size_t entries_max = limits::epochs_in_line_max);
// The newest position that two lines share: of the one up to `end`, of the other up to `other_end`.
Position shared_position(const EpochLine& line, const Position& end, const EpochLine& other,
                         const Position& other_end);
// Keeps an epoch of a line that this hub has lost, so that positions in it can be compared.
void note_foreign_epochs(WriteTxn& txn, const std::vector<EpochEntry>& line);

// The line to the hub's current epoch, or the newest `entries_max` of it.
EpochLine current_line(const ReadTxn& txn, std::size_t entries_max = limits::epochs_in_line_max);

// What a hub has told of its line, newest first: kept beside what is known already.
void put_line(WriteTxn& txn, const std::vector<EpochEntry>& newest_first);

// Begins `epoch` after everything that the journal and the feeds hold, as the child of the current
// one, unless it is that. To be done before either moves: positions are told with its name.
void begin_epoch(WriteTxn& txn, std::uint64_t epoch);

}  // namespace titip
