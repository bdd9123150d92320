#pragma once

// What a district keeps of its hubs, all in one store. Each hub has a part of its own, whose keys
// begin with hub_prefix(); core/prefixed_kv.hh opens it, and in it stand:
//   meta                               as at an agent: certificate, held positions, line of epochs…
//   journal  offset u64, epoch u64     → chain hash (u64 low, u64 high), then the entry as the hub
//                                        sent it, byte for byte: so it can be given back one day
//   records  type u16, id u64          → RecordState; its `changed` is a position of this district
//   feeds    'a' position u64          → record, u8 1 appended: forget it
//            'f' record                → position of its `forget`
// where a record is type u16, id u64. Positions are the district's own, one counter for each hub.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hub_journal.hh"
#include "core/kv.hh"
#include "core/link_session.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

using HubId = std::uint64_t;  // of its CURVE key: the name of a hub at a district

HubId hub_id(std::string_view curve_public_key);
std::string hub_prefix(HubId hub);

// Of the whole store: the hubs in order of joining.
std::vector<HubId> known_hubs(const ReadTxn& whole);
void add_hub(WriteTxn& whole, HubId hub);  // one that is known already: changes nothing
// Takes it off the list; what is kept of it stays. False: it was not on it.
bool forget_hub(WriteTxn& whole, HubId hub);

// All that follows works on one hub's part.

// Keeps what follows of the hub's journal. An entry that is here is never overwritten: one of
// another epoch at the same offset stands beside it.
void keep_journal(WriteTxn& txn, const Received& received);
// Keeps the latest state of each record; one that is here already as it is changes nothing. An item
// that is no change is passed over. Returns the records that look otherwise now.
std::vector<RecordKey> keep_changes(WriteTxn& txn, const Received& received,
                                    const Registry& registry = Registry::ilp());

struct KeptEntry {
  std::uint64_t offset = 0;
  std::uint64_t epoch = 0;  // of the hub that appended it
  Hash hash;                // of the hub's chain after it
  std::string_view item;    // as the hub sent it; valid during the visit
  // nullopt: this software cannot read it; it is kept all the same.
  std::optional<HubEntry> entry;
};
// The entry at an offset that the hub appended in that epoch.
std::optional<KeptEntry> find_kept_entry(const ReadTxn& txn, std::uint64_t offset,
                                         std::uint64_t epoch);
// Entries after an offset, in order of offset; of several at one offset first the one in the line
// of epochs that the hub last told. False from `visit`: stop after the entries of this offset.
void each_kept_entry(const ReadTxn& txn, std::uint64_t after,
                     const std::function<bool(const KeptEntry&)>& visit);

struct KeptChange {
  std::uint64_t position = 0;
  RecordKey record;
  bool forget = false;
};
// Changes after a position, in order; each record only at its latest.
void each_kept_change(const ReadTxn& txn, std::uint64_t after,
                      const std::function<bool(const KeptChange&)>& visit);

// How far `tail` has printed the journal's events or the changes. It goes back only where another
// history begins.
std::uint64_t tail_cursor(const ReadTxn& txn, StreamKind feed);
void advance_tail(WriteTxn& txn, StreamKind feed, std::uint64_t to);
void rewind_tail(WriteTxn& txn, StreamKind feed, std::uint64_t to);

// How far readers can get.
std::uint64_t last_kept_offset(const ReadTxn& txn);
std::uint64_t last_kept_change(const ReadTxn& txn);

}  // namespace titip
