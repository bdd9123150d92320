#pragma once

// A hub that lost some of its journal, or all of it, gathers it again: from its agents, which send
// anew what it does not confirm, and from its custodians, which hand back.

#include <cstdint>
#include <optional>

#include "core/kv.hh"
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

}  // namespace titip
