#pragma once

// What an agent itself wrote, read from its journal. Its records hold that too, until a hub says
// that it has superseded or dropped it; but if that hub loses its history, what it said of it goes
// with it, and only the journal still knows.

#include <map>
#include <optional>
#include <vector>

#include "core/kv.hh"
#include "core/lineage.hh"
#include "core/record_state.hh"
#include "core/types.hh"

namespace titip {

class OwnWrites {
 public:
  // `txn` must outlive it, and the journal stay as it is.
  explicit OwnWrites(const ReadTxn& txn) : txn_(txn) {}

  // Those of a record after a position of its lane.
  std::vector<Write> beyond(const RecordKey& record, Lane lane, Seq after);

 private:
  struct LaneIndex {
    Seq after = 0;
    std::map<RecordKey, std::vector<Seq>> seqs;
  };
  const LaneIndex& index_of(Lane lane, Seq after);
  std::optional<Write> write_at(const RecordKey& record, Lane lane, Seq seq);

  const ReadTxn& txn_;
  std::map<Lane, LaneIndex> lanes_;  // as far back as somebody has asked
  std::vector<Life> lives_;
  std::optional<Certificate> certificate_;
};

}  // namespace titip
