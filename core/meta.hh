#pragma once

// The table `meta`: single values by name.

#include <optional>
#include <string>
#include <string_view>

#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/types.hh"

namespace titip::meta {

// Both kinds of node.
inline constexpr std::string_view incarnation = "incarnation";  // agent: u64
inline constexpr std::string_view lives = "lives";              // agent: see core/lineage.hh
inline constexpr std::string_view welcomed =
    "welcomed";  // agent: incarnation that the hub has welcomed, u64
inline constexpr std::string_view session =
    "session";  // agent, district: nonce of its last Hello u64, of the last one welcomed u64
inline constexpr std::string_view history_lost =
    "history lost";  // agent, district: 1 while records may be of a history the hub lost, u64
inline constexpr std::string_view former_node =
    "former node";  // agent, district: which it was at a hub that is gone, u64
inline constexpr std::string_view certificate = "certificate";  // agent: as the hub signed it
inline constexpr std::string_view signature = "signature";
inline constexpr std::string_view hub_highest =
    "hub highest";  // agent: highest position acknowledged to it
inline constexpr std::string_view last_sync = "last sync";  // agent: hub answered, ms
inline constexpr std::string_view refused =
    "refused by hub";  // agent: the hub's standing answer, a code
inline constexpr std::string_view invitation =
    "invitation";  // agent: the titip:// link it joined by
inline constexpr std::string_view bytes_sent = "bytes sent";  // agent: since installation
inline constexpr std::string_view bytes_received = "bytes received";
inline constexpr std::string_view items_received =
    "items received";  // agent, district: changes and entries from the hub, since installation
inline constexpr std::string_view sends_journal =
    "hub sends journal";  // district: 1 if this hub does, 0 if it does not, u64
inline constexpr std::string_view asides = "asides";              // district: see core/hand_back.hh
inline constexpr std::string_view events_kept = "events kept";    // district: of this hub, u64
inline constexpr std::string_view changes_kept = "changes kept";  // district: position of the last
inline constexpr std::string_view tail_events = "tail events";    // district: how far tail printed
inline constexpr std::string_view tail_changes = "tail changes";
inline constexpr std::string_view hubs = "hubs";        // district: their ids, u64 each
inline constexpr std::string_view profile = "profile";  // hub: who it is, as a certificate
inline constexpr std::string_view epoch = "epoch";      // hub: current epoch u64; else as told
inline constexpr std::string_view safe_offset =
    "safe offset";  // hub: how far a custodian has held its journal, u64
inline constexpr std::string_view vocabulary =
    "vocabulary";  // hub: fingerprint of the types that parked events were last looked at with
inline constexpr std::string_view applied_runs =
    "applied";  // hub: (first, last) offsets u64 of entries that apply parked events
inline constexpr std::string_view last_change = "last change";    // hub, district: of any feed, u64
inline constexpr std::string_view alike_secret = "alike secret";  // hub: see core/alike.hh
inline constexpr std::string_view any_linked =
    "any linked";  // hub: 1 once somebody has said of two records that they are one, or two
inline constexpr std::string_view open_alike = "open alike";    // hub: pairs of records, u64
inline constexpr std::string_view rebuilding = "rebuilding";    // hub: see core/rebuilding.hh
inline constexpr std::string_view rebuildings = "rebuildings";  // hub: how many there were, u64
inline constexpr std::string_view foreign_epochs =
    "foreign epochs";  // hub: that nodes named and it does not have, u64 each
inline constexpr std::string_view other_copy = "other copy";  // hub: node u64, at u64
inline constexpr std::string_view carried_built =
    "carried built";  // hub: 1 once the table `events` is complete, u64
inline constexpr std::string_view backup_mark =
    "backup mark";  // hub: epoch u64, offset u64, at u64 of the last verified off-machine backup
inline constexpr std::string_view open_conflicts = "open conflicts";  // records under review, u64

std::optional<std::uint64_t> get_u64(const ReadTxn& txn, std::string_view name);
void put_u64(WriteTxn& txn, std::string_view name, std::uint64_t value);

std::optional<Position> get_position(const ReadTxn& txn, std::string_view name);
void put_position(WriteTxn& txn, std::string_view name, const Position& position);

// How far the hub has durably acknowledged a lane of this agent; seq 0 if never.
Head acknowledged(const ReadTxn& txn, Lane lane);
void put_acknowledged(WriteTxn& txn, const Head& head);

// How far a custodian has durably acknowledged a lane of this agent to the hub.
Seq safe(const ReadTxn& txn, Lane lane);
void put_safe(WriteTxn& txn, Lane lane, Seq seq);

// How far a verified backup of the hub's, on another machine, holds a lane of this agent.
Seq backed_up(const ReadTxn& txn, Lane lane);
void put_backed_up(WriteTxn& txn, Lane lane, Seq seq);

// Names of this store's sessions: each greater than those before, so that a hub can tell a device
// that dials again from a copy of it.
struct SessionNonces {
  std::uint64_t last = 0;      // said in the last Hello
  std::uint64_t welcomed = 0;  // of the last session that the hub welcomed
};
SessionNonces session_nonces(const ReadTxn& txn);
void put_session_nonces(WriteTxn& txn, const SessionNonces& nonces);

// How far this node holds what its hub sends it: the position is in the epoch in which the hub sent
// it.
struct HeldPosition {
  Position position;
  Hash hash;  // of a chained stream
};
HeldPosition held(const ReadTxn& txn, StreamKind kind);
void put_held(WriteTxn& txn, StreamKind kind, const HeldPosition& held);

}  // namespace titip::meta
