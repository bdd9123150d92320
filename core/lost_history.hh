#pragma once

// A hub that was restored from an old copy, or made anew, has lost some of what it once sent. Each
// node finds out by itself what it holds, or was told to forget, in a history that the hub's line
// does not have, and asks about it (AskMessage) until the hub has answered for every record. A
// record may have come by a change of another one that made it this node's concern, so it counts
// when it was delivered as well as its asOf.
//
// Keys of the table `feeds` of an agent, and of a district's part for a hub:
//   'd' record → epoch u64, position u64: where in its feed the hub last sent its state or a forget

#include <vector>

#include "core/epochs.hh"
#include "core/kv.hh"
#include "core/types.hh"

namespace titip {

// The hub sent it at that position of the feed; epoch: in which it did.
void note_delivered(WriteTxn& txn, const RecordKey& record, const Position& position);
void forget_delivered(WriteTxn& txn, const RecordKey& record);

// Whether the hub's line, which now ends at `end`, in its journal, lacks a position that it told or
// sent this node before. Lines that `history` does not know are lacked.
bool is_history_lost(const ReadTxn& txn, const LineHistory& history, const Position& end);

// What there is to ask about, each record once.
std::vector<RecordKey> records_of_lost_history(const ReadTxn& txn, const LineHistory& history,
                                               const Position& end);

}  // namespace titip
