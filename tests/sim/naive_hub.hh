#pragma once

// What a hub's journal says of every record, read anew and naively (tests/sim/naive_record.hh): who
// has seen what follows from positions, epochs and the lives of journals as they stand in its
// store.

#include <map>
#include <vector>

#include "core/kv.hh"
#include "core/nodes.hh"
#include "tests/sim/naive_record.hh"

namespace titip {

class NaiveHub {
 public:
  // Must outlive it.
  explicit NaiveHub(const ReadTxn& hub);

  const std::map<RecordKey, std::vector<NaiveWrite>>& records() const { return records_; }
  NaiveRecord record(const RecordKey& key, const RecordType& type) const;
  // Whether it has learnt of lost histories, or which life goes on from which: a record that
  // nothing has happened to since is judged by what was known before.
  bool in_doubt() const { return in_doubt_; }

 private:
  struct Beginning {
    std::uint64_t parent = 0;
    std::uint64_t first_offset = 0;
  };
  struct Life {
    Incarnation parent = 0;
    Seq branch = 0;
  };

  void read_epochs();
  void read_lives();
  void read_journal();
  bool covers(Position basis, const Position& placement) const;
  bool in_line(Incarnation life, Incarnation carrier, const EventId& id) const;
  bool sees(const NaiveWrite& later, const NaiveWrite& earlier) const;

  const ReadTxn& hub_;
  std::map<std::uint64_t, Beginning> epochs_;
  std::map<std::pair<Incarnation, Lane>, Life> lives_;
  std::map<RecordKey, std::vector<NaiveWrite>> records_;
  bool in_doubt_ = false;
};

}  // namespace titip
