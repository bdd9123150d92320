#include "core/nodes.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/carried.hh"
#include "core/check.hh"
#include "core/intake_json.hh"
#include "core/meta.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

Key node_key(NodeId node) { return Key().u8('n').u64(node); }
Key unknown_key(NodeId id) { return Key().u8('u').u64(id); }
Key public_key_key(std::string_view public_key) { return Key().u8('k').bytes(public_key); }
Key invitation_key(std::string_view public_key) { return Key().u8('i').bytes(public_key); }

Head read_head(schema::Head::Reader in) {
  return {static_cast<Lane>(in.getLane()), in.getSeq(), {in.getHashLow(), in.getHashHigh()}};
}

Scope read_scope(schema::Scope::Reader in) {
  Scope scope;
  for (const auto type : in.getTypes()) scope.types.push_back(type);
  for (const auto area : in.getAreas()) scope.areas.emplace_back(view_of(area));
  scope.withhold_identifying = in.getWithholdIdentifying();
  return scope;
}

void write_scope(const Scope& scope, schema::Scope::Builder out) {
  auto types = out.initTypes(static_cast<unsigned>(scope.types.size()));
  for (unsigned i = 0; i < types.size(); ++i) types.set(i, scope.types[i]);
  auto areas = out.initAreas(static_cast<unsigned>(scope.areas.size()));
  for (unsigned i = 0; i < areas.size(); ++i) areas.set(i, text_of(scope.areas[i]));
  out.setWithholdIdentifying(scope.withhold_identifying);
}

NodeState read_node(NodeId id, std::string_view value) {
  const StoredReader<schema::NodeState> in(value);
  NodeState node;
  node.id = id;
  node.public_key = view_of(in->getPublicKey());
  node.kind = static_cast<FacilityKind>(in->getKind());
  node.facility = view_of(in->getFacility());
  node.name = view_of(in->getName());
  node.area = view_of(in->getArea());
  node.enrolled_at = in->getEnrolledAt();
  node.invitation_key = view_of(in->getInvitationKey());
  node.revoked_at = in->getRevokedAt();
  for (const auto lane : in->getStreams()) {
    node.lanes.push_back({lane.getIncarnation(),
                          {static_cast<Lane>(lane.getLane()),
                           lane.getHave(),
                           {lane.getHashLow(), lane.getHashHigh()}},
                          lane.getSafe(),
                          lane.getParent(),
                          lane.getBranch(),
                          lane.getBase()});
  }
  node.last_seen = in->getLastSeen();
  for (const auto head : in->getReported()) node.reported.push_back(read_head(head));
  node.reported_backlog = in->getReportedBacklog();
  node.oldest_unsent_seconds = in->getOldestUnsentSeconds();
  node.clock_offset_ms = in->getClockOffsetMs();
  node.software = view_of(in->getSoftware());
  for (const auto anchor : in->getAnchors()) {
    node.anchors.push_back({anchor.getBoot(), anchor.getUptime(), anchor.getHubTime(),
                            anchor.getIncarnation(), anchor.getRoutineSeq(),
                            anchor.getUrgentSeq()});
  }
  node.bytes_sent = in->getBytesSent();
  node.bytes_received = in->getBytesReceived();
  node.journal_held = in->getJournalHeld();
  node.pending = in->getPending();
  node.told = {in->getTold().getEpoch(), in->getTold().getOffset()};
  node.handed_back = in->getHandedBack();
  node.scope = read_scope(in->getScope());
  return node;
}

void write_lists(const NodeState& node, schema::NodeState::Builder out) {
  auto streams = out.initStreams(static_cast<unsigned>(node.lanes.size()));
  for (unsigned i = 0; i < streams.size(); ++i) {
    streams[i].setIncarnation(node.lanes[i].incarnation);
    streams[i].setLane(static_cast<schema::Lane>(node.lanes[i].have.lane));
    streams[i].setHave(node.lanes[i].have.seq);
    streams[i].setSafe(node.lanes[i].safe);
    streams[i].setHashLow(node.lanes[i].have.hash.low);
    streams[i].setHashHigh(node.lanes[i].have.hash.high);
    streams[i].setParent(node.lanes[i].parent);
    streams[i].setBranch(node.lanes[i].branch);
    streams[i].setBase(node.lanes[i].base);
  }
  auto reported = out.initReported(static_cast<unsigned>(node.reported.size()));
  for (unsigned i = 0; i < reported.size(); ++i) {
    reported[i].setLane(static_cast<schema::Lane>(node.reported[i].lane));
    reported[i].setSeq(node.reported[i].seq);
    reported[i].setHashLow(node.reported[i].hash.low);
    reported[i].setHashHigh(node.reported[i].hash.high);
  }
  auto anchors = out.initAnchors(static_cast<unsigned>(node.anchors.size()));
  for (unsigned i = 0; i < anchors.size(); ++i) {
    anchors[i].setBoot(node.anchors[i].boot);
    anchors[i].setUptime(node.anchors[i].uptime);
    anchors[i].setHubTime(node.anchors[i].hub_time);
    anchors[i].setIncarnation(node.anchors[i].incarnation);
    anchors[i].setRoutineSeq(node.anchors[i].routine_seq);
    anchors[i].setUrgentSeq(node.anchors[i].urgent_seq);
  }
}

InvitationState read_invitation(std::string_view public_key, std::string_view value) {
  const StoredReader<schema::InvitationState> in(value);
  InvitationState invitation;
  invitation.public_key = public_key;
  invitation.facility = view_of(in->getFacility());
  invitation.name = view_of(in->getName());
  invitation.area = view_of(in->getArea());
  invitation.kind = static_cast<FacilityKind>(in->getKind());
  invitation.expires_at = in->getExpiresAt();
  invitation.used_by = view_of(in->getUsedBy());
  invitation.node = in->getNode();
  invitation.scope = read_scope(in->getScope());
  return invitation;
}

}  // namespace

LaneState& NodeState::lane(Incarnation incarnation, Lane lane) {
  for (auto& state : lanes) {
    if (state.incarnation == incarnation && state.have.lane == lane) return state;
  }
  lanes.push_back({incarnation, {lane, 0, {}}, 0, 0, 0, 0});
  return lanes.back();
}

const LaneState* NodeState::find_lane(Incarnation incarnation, Lane lane) const {
  const auto found = std::ranges::find_if(lanes, [&](const LaneState& state) {
    return state.incarnation == incarnation && state.have.lane == lane;
  });
  return found == lanes.end() ? nullptr : &*found;
}

Seq NodeState::safe_in(Incarnation incarnation, Lane lane) const {
  Seq limit = ~Seq{0};
  // A line of lives is as long as the list of lanes at most.
  for (std::size_t steps = 0; steps <= lanes.size(); ++steps) {
    const auto* state = find_lane(incarnation, lane);
    if (state == nullptr) return 0;
    if (state->safe > state->base) return std::min(state->safe, limit);
    limit = std::min(limit, state->branch);
    incarnation = state->parent;
  }
  return 0;
}

bool NodeState::owns(Incarnation incarnation) const {
  return std::any_of(lanes.begin(), lanes.end(),
                     [&](const LaneState& state) { return state.incarnation == incarnation; });
}

std::optional<NodeState> find_node(const ReadTxn& txn, NodeId node) {
  const auto value = txn.get(Table::nodes, node_key(node));
  if (!value) return std::nullopt;
  return read_node(node, *value);
}

std::optional<NodeId> find_node_of_key(const ReadTxn& txn, std::string_view public_key) {
  const auto value = txn.get(Table::nodes, public_key_key(public_key));
  if (!value) return std::nullopt;
  return key_u64(*value, 0);
}

Result<NodeState> node_named(const ReadTxn& txn, std::string_view name) {
  if (const auto id = parse_hex_id(name)) {
    if (auto node = find_node(txn, *id)) return std::move(*node);
  }
  std::vector<NodeState> candidates;
  for (auto& node : all_nodes(txn)) {
    if (node.facility == name) candidates.push_back(std::move(node));
  }
  // A device that replaced a revoked one is what its facility's code names.
  std::stable_partition(candidates.begin(), candidates.end(),
                        [](const NodeState& node) { return node.revoked_at == 0; });
  if (candidates.empty()) return Refusal{Code::no_such_node, "NODE", {}};
  if (candidates.size() == 1 || (candidates[0].revoked_at == 0 && candidates[1].revoked_at != 0)) {
    return std::move(candidates[0]);
  }
  return Refusal{Code::several_nodes, "NODE", {}};
}

std::optional<NodeState> find_unknown_node(const ReadTxn& txn, NodeId id) {
  const auto value = txn.get(Table::nodes, unknown_key(id));
  return value ? std::optional(read_node(id, *value)) : std::nullopt;
}

NodeState begin_node(WriteTxn& txn, NodeId id) {
  NodeState node;
  node.id = id;
  const auto unknown = find_unknown_node(txn, id);
  if (!unknown) return node;
  node.lanes = unknown->lanes;
  // Custodians' marks pass over who is not known.
  const auto safe = meta::get_u64(txn, meta::safe_offset).value_or(0);
  for (auto& lane : node.lanes) {
    lane.safe = carried_up_to(txn, lane.incarnation, lane.have.lane, safe);
  }
  txn.erase(Table::nodes, unknown_key(id));
  return node;
}

bool claim_incarnation(WriteTxn& txn, Incarnation incarnation, NodeId node) {
  if (const auto owner = owner_of(txn, incarnation)) return *owner == node;
  txn.put(Table::nodes, Key().u8('j').u64(incarnation), Key().u64(node));
  return true;
}

std::optional<NodeId> owner_of(const ReadTxn& txn, Incarnation incarnation) {
  const auto owner = txn.get(Table::nodes, Key().u8('j').u64(incarnation));
  return owner ? std::optional(key_u64(*owner, 0)) : std::nullopt;
}

std::vector<NodeState> all_nodes(const ReadTxn& txn) {
  std::vector<NodeState> nodes;
  txn.scan(Table::nodes, Key().u8('n'), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != 'n') return false;
    nodes.push_back(read_node(key_u64(entry.key, 1), entry.value));
    return true;
  });
  return nodes;
}

void put_node(WriteTxn& txn, const NodeState& node) {
  StoredBuilder<schema::NodeState> out(2048);
  out->setPublicKey(data_of(node.public_key));
  out->setKind(static_cast<std::uint16_t>(node.kind));
  out->setFacility(text_of(node.facility));
  out->setName(text_of(node.name));
  out->setArea(text_of(node.area));
  out->setEnrolledAt(node.enrolled_at);
  out->setInvitationKey(data_of(node.invitation_key));
  out->setRevokedAt(node.revoked_at);
  write_lists(node, out.get());
  out->setLastSeen(node.last_seen);
  out->setReportedBacklog(node.reported_backlog);
  out->setOldestUnsentSeconds(node.oldest_unsent_seconds);
  out->setClockOffsetMs(node.clock_offset_ms);
  out->setSoftware(text_of(node.software));
  out->setBytesSent(node.bytes_sent);
  out->setBytesReceived(node.bytes_received);
  out->setJournalHeld(node.journal_held);
  out->setPending(node.pending);
  if (node.told != Position{}) {
    auto told = out->initTold();
    told.setEpoch(node.told.epoch);
    told.setOffset(node.told.offset);
  }
  out->setHandedBack(node.handed_back);
  if (!node.scope.everything()) write_scope(node.scope, out->initScope());
  if (node.public_key.empty()) return txn.put(Table::nodes, unknown_key(node.id), out.bytes());
  txn.put(Table::nodes, node_key(node.id), out.bytes());
  txn.put(Table::nodes, public_key_key(node.public_key), Key().u64(node.id));
}

std::optional<InvitationState> find_invitation(const ReadTxn& txn, std::string_view public_key) {
  const auto value = txn.get(Table::nodes, invitation_key(public_key));
  if (!value) return std::nullopt;
  return read_invitation(public_key, *value);
}

std::vector<InvitationState> all_invitations(const ReadTxn& txn) {
  std::vector<InvitationState> invitations;
  txn.scan(Table::nodes, Key().u8('i'), [&](const Entry& entry) {
    if (key_u8(entry.key, 0) != 'i') return false;
    invitations.push_back(read_invitation(entry.key.substr(1), entry.value));
    return true;
  });
  return invitations;
}

void put_invitation(WriteTxn& txn, const InvitationState& invitation) {
  StoredBuilder<schema::InvitationState> out;
  out->setFacility(text_of(invitation.facility));
  out->setName(text_of(invitation.name));
  out->setArea(text_of(invitation.area));
  out->setKind(static_cast<std::uint16_t>(invitation.kind));
  out->setExpiresAt(invitation.expires_at);
  out->setUsedBy(data_of(invitation.used_by));
  out->setNode(invitation.node);
  if (!invitation.scope.everything()) write_scope(invitation.scope, out->initScope());
  txn.put(Table::nodes, invitation_key(invitation.public_key), out.bytes());
}

}  // namespace titip
