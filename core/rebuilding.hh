#pragma once

// A hub that lost some of its journal, or all of it, gathers it again: from its agents, which send
// anew what it does not confirm, and from its custodians, which hand back. Until the custodians
// that it knows have finished, or an operator proceeds, it takes and confirms but sends no changes
// down: they would put old states in place of what others still hold.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/types.hh"

namespace titip {

enum class RebuildReason : std::uint8_t {
  presented = 1,  // a node named a position that this hub's journal does not have
  made_anew = 2,  // made with the keys of a hub whose directory is lost: it knows nobody
  restored = 3,   // from a backup
};

struct Rebuilding {
  std::uint64_t name = 0;  // counts the rebuildings of this store
  RebuildReason reason = RebuildReason::presented;
  TimeMs since = 0;
};
std::optional<Rebuilding> rebuilding(const ReadTxn& txn);
inline bool is_rebuilding(const ReadTxn& txn) { return rebuilding(txn).has_value(); }

// Begins it, unless it has begun.
void expect_rebuilding(WriteTxn& txn, RebuildReason reason, TimeMs now);
// An operator ends it, and has looked after another live copy of this hub; what it ended.
struct Proceeded {
  bool was_rebuilding = false;
  bool had_other_copy = false;
};
Proceeded proceed(WriteTxn& txn);

// A node named a position that this hub does not have. Each foreign epoch counts once: who comes
// with it later than the rebuilding is only late. Whether a rebuilding began.
bool position_presented(WriteTxn& txn, const Position& foreign, TimeMs now);

// A custodian's journal agrees with this hub's: it has nothing (more) to hand back. Stores the
// node. Whether the rebuilding ended with it: every known custodian has finished. A hub that was
// made anew does not know whom it knew: only an operator ends that.
bool custodian_agrees(WriteTxn& txn, NodeState& custodian);

// Another live copy of this hub was noticed; stays until an administrator proceeds.
struct OtherCopy {
  NodeId node = 0;  // whom it has welcomed
  TimeMs at = 0;
};
void note_other_copy(WriteTxn& txn, const OtherCopy& copy);
std::optional<OtherCopy> other_copy(const ReadTxn& txn);

}  // namespace titip
