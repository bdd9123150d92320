#pragma once

// The lives of an agent's journal. A store that was restored from an old copy, or copied, may not
// write on under its incarnation: another copy of it did. It mints a new one, which goes on from
// the last position that the hub confirmed; what it holds beyond moves there. A seq never changes,
// nor does an event's id: what moves is sent with the id that it was born with.
//
// meta `lives`: newest first, each incarnation u64, then after which seq its lanes begin, u64
// urgent, u64 routine, and u8 1: it names no parent. Absent: one life, from the beginning.

#include <array>
#include <optional>
#include <vector>

#include "core/epochs.hh"
#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/types.hh"

namespace titip {

struct Life {
  Incarnation incarnation = 0;
  std::array<Seq, 2> base{};  // by lane: after which seq its own lane begins
  bool orphan = false;        // it names no parent to the hub

  Seq base_of(Lane lane) const { return base.at(static_cast<std::size_t>(lane)); }
};

// Newest first; never empty once the journal has a name.
std::vector<Life> lives(const ReadTxn& txn);
// The incarnation whose lane holds a position, and so the birth name of an event that says none.
Incarnation incarnation_at(const std::vector<Life>& lives, Lane lane, Seq seq);
// The seq after which this journal still holds events: 0, or that of its first entry, which is
// kept for its hash (core/trim.hh).
Seq journal_floor(const ReadTxn& txn, Lane lane);

// What the hub must know of a journal that goes on from another: for its Hello.
struct Parentage {
  Incarnation parent = 0;      // 0: it goes on from nothing that the hub could know
  std::vector<Head> branches;  // by lane: where it begins, with the parent's hash there
};
Parentage parentage(const ReadTxn& txn);

struct MintOrder {
  Incarnation fresh = 0;  // random
  // Everything that is still held moves, and no parent is named: what the hub once confirmed it may
  // have lost. Else what lies beyond the confirmed positions.
  bool whole = false;
  bool has_lanes = true;  // false: a district's, which has a name for its sessions only
};
// Gives the journal a new life. check()s that `fresh` is no life of it yet.
void mint(WriteTxn& txn, const MintOrder& order);

// Notes that the hub has welcomed the present life: what it confirms from now on is confirmed of
// this one.
void life_was_welcomed(WriteTxn& txn);
bool life_is_welcomed(const ReadTxn& txn);

// Histories as an agent knows them: all that its journal holds is in the past of its present life.
class AgentHistory : public LineHistory {
 public:
  explicit AgentHistory(const ReadTxn& txn) : LineHistory(txn) {}
  bool in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const override;

 private:
  mutable std::optional<std::vector<Life>> lives_;  // read when first needed
};

}  // namespace titip
