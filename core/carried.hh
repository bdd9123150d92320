#pragma once

// Which entry of a hub's journal holds what the lanes brought. Every position of every lane has one
// entry: the event, or a note that it came again. Keys of the table `events`:
//   'r' incarnation u64, lane u8, seq u64                 → offset u64, count u64: as many
//       consecutive positions of that lane stand at consecutive offsets from here
//   'b' incarnation u64, lane u8, seq u64, hash 2 × u64   → offset u64: an event that stands under
//       another carrier than the life it was born in, by its id
//   'q' offset u64                                        → offset u64: the entry there notes that
//       what stands here, in quarantine, came again; its sender is to be told (core/parked.hh)

#include <cstdint>
#include <optional>

#include "core/hub_journal.hh"
#include "core/kv.hh"
#include "core/types.hh"

namespace titip {

// So many positions of a lane, from `first_seq` on, stand from `first_offset` on.
void note_carried(WriteTxn& txn, Incarnation carrier, Lane lane, Seq first_seq,
                  std::uint64_t first_offset, std::uint64_t count);
void note_born_elsewhere(WriteTxn& txn, const EventId& id, std::uint64_t offset);

std::optional<std::uint64_t> carried_at(const ReadTxn& txn, Incarnation carrier, Lane lane,
                                        Seq seq);
// The chain hash of a carrier's lane at a position; nullopt: it is not held here.
std::optional<Hash> carried_hash_at(const ReadTxn& txn, Incarnation carrier, Lane lane, Seq seq);
// How far a carrier's lane stands at or below an offset of the journal.
Seq carried_up_to(const ReadTxn& txn, Incarnation carrier, Lane lane, std::uint64_t offset);
// Whether anything born in that lane came by another; if not, its own lane holds all there is.
bool any_born_elsewhere(const ReadTxn& txn, Incarnation incarnation, Lane lane);

// The entry that holds an event, by its whole id: the same position with another hash is a fork.
std::optional<HubEntry> find_event(const ReadTxn& txn, const EventId& id);

// For a store that has no such table yet.
void build_carried(WriteTxn& txn);

}  // namespace titip
