#pragma once

// What a hub knows of its nodes and of the invitations it has given.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/refusal.hh"
#include "core/scope.hh"
#include "core/types.hh"

namespace titip {

struct LaneState {  // what the hub durably holds of one lane of one incarnation
  Incarnation incarnation = 0;
  Head have;
  Seq safe = 0;            // how far a custodian durably holds it
  Incarnation parent = 0;  // that it goes on from; 0: none that is known here
  Seq branch = 0;          // up to here it shares the parent's lane
  Seq base = 0;            // after which its own lane begins
};

// A device's clock against the hub's, read when the device said Hello.
struct ClockAnchor {
  std::uint32_t boot = 0;
  UptimeMs uptime = 0;
  TimeMs hub_time = 0;
  Incarnation incarnation = 0;
  Seq routine_seq = 0;  // heads at that moment: later events were saved after it
  Seq urgent_seq = 0;
};

struct NodeState {
  NodeId id = 0;
  std::string public_key;  // CURVE, 32 bytes; empty: see find_unknown_node
  FacilityKind kind = FacilityKind::posyandu;
  std::string facility, name, area;
  TimeMs enrolled_at = 0;
  std::string invitation_key;
  TimeMs revoked_at = 0;  // 0: not revoked
  std::vector<LaneState> lanes;
  TimeMs last_seen = 0;
  std::vector<Head> reported;  // heads it named in its last Hello
  std::uint64_t reported_backlog = 0;
  std::uint32_t oldest_unsent_seconds = 0;
  std::int64_t clock_offset_ms = 0;  // its wall clock less hub time
  std::string software;
  std::vector<ClockAnchor> anchors;  // newest first, at most limits::anchors_per_node_max
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  Scope scope;                     // of a district
  std::uint64_t journal_held = 0;  // of a custodian: offset of the hub's journal
  bool pending = false;            // known by its certificate alone; an administrator must confirm
  // The session that this hub last welcomed: the epoch of its opening, and the Hello's nonce.
  Position told;
  std::uint64_t handed_back =
      0;  // a custodian: the rebuilding (core/rebuilding.hh) it is done with

  LaneState& lane(Incarnation incarnation, Lane lane);
  const LaneState* find_lane(Incarnation incarnation, Lane lane) const;
  // How far a custodian holds a lane, the part that it shares with its parent included.
  Seq safe_in(Incarnation incarnation, Lane lane) const;
  bool owns(Incarnation incarnation) const;  // whether a journal of that name is this node's
};

struct InvitationState {
  std::string public_key;  // CURVE key of the invitation, 32 bytes
  std::string facility, name, area;
  FacilityKind kind = FacilityKind::posyandu;
  TimeMs expires_at = 0;
  std::string used_by;  // device public key; empty: unused
  NodeId node = 0;      // once used
  Scope scope;          // of a district
};

std::optional<NodeState> find_node(const ReadTxn& txn, NodeId node);
// A node whose journal a custodian has handed back and whose enrolment nobody has yet: nothing is
// known of it but its lanes.
std::optional<NodeState> find_unknown_node(const ReadTxn& txn, NodeId id);
// A node as it begins here, with the lanes that are known of it; the caller puts it.
NodeState begin_node(WriteTxn& txn, NodeId id);
std::optional<NodeId> find_node_of_key(const ReadTxn& txn, std::string_view public_key);
// The node that a person means: by its id, 16 hex digits, or by its facility's code if one device
// of it is not revoked, or it has only one. Else no_such_node or several_nodes.
Result<NodeState> node_named(const ReadTxn& txn, std::string_view name);
// An incarnation belongs to the node that first spoke under it; false: it is another's.
bool claim_incarnation(WriteTxn& txn, Incarnation incarnation, NodeId node);
std::optional<NodeId> owner_of(const ReadTxn& txn, Incarnation incarnation);
std::vector<NodeState> all_nodes(const ReadTxn& txn);
void put_node(WriteTxn& txn, const NodeState& node);

std::optional<InvitationState> find_invitation(const ReadTxn& txn, std::string_view public_key);
std::vector<InvitationState> all_invitations(const ReadTxn& txn);
void put_invitation(WriteTxn& txn, const InvitationState& invitation);

}  // namespace titip
