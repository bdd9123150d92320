#pragma once

// A hub that was restored from an old copy, or made anew, has lost some of what it once sent. Each
// node finds out by itself what it holds of that, and asks about it (AskMessage) until the hub has
// answered for every record. An agent asks about what it wrote and does not hold, too: it was told
// to forget it, and its hub may not know that any more and take it for an echo.
//
// meta `hub seen`: position that covers the asOf of everything received.
// meta `absent` record: told to forget it since the loss was noticed; its journal names it.

#include <vector>

#include "core/epochs.hh"
#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/types.hh"

namespace titip {

// Records of one batch of changes were received, up to these.
void note_seen(WriteTxn& txn, const std::vector<Position>& as_of);
// The node was told to forget a record, and holds nothing of it now.
void note_absent(WriteTxn& txn, const RecordKey& record);

// Whether the hub's line, which now ends at `end`, lacks a position that it told or sent this node
// before. Lines that `history` does not know are lacked.
bool is_history_lost(const ReadTxn& txn, const History& history, const Position& end);

// What there is to ask of a hub that lost history and whose line ends at `end`. `own_lanes`: that
// this node writes, none at a district.
std::vector<RecordKey> records_of_lost_history(const ReadTxn& txn, const History& history,
                                               const Position& end,
                                               const std::vector<Lane>& own_lanes);
// There is nothing more to ask.
void settle_lost_history(WriteTxn& txn);

}  // namespace titip
