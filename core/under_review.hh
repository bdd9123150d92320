#pragma once

// Which records of an agent, or of a hub's part at a district, are under review: a person must
// decide about them, and nothing may count them as settled until then. A hub has its review list
// instead (core/review_list.hh).
//
// conflicts: (type u16, id u64) → nothing. A group stands there under its canonical id. How many
// there are: open_conflicts in core/review_list.hh.

#include <cstdint>

#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

// A record was `before`, and the store holds it as `after` by now: no writes, it is gone. `type`
// may be null for a type that is unknown here.
void note_under_review(WriteTxn& txn, const RecordKey& record, const RecordType* type,
                       const RecordState& before, const RecordState& after);

// Of a store that was written before they were counted: whether that is so, and counting them.
bool counts_under_review(const ReadTxn& txn);
void build_under_review(WriteTxn& txn, const Registry& registry);

}  // namespace titip
