#include "core/hub_orders.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/chain.hh"
#include "core/check.hh"
#include "core/corrected_time.hh"
#include "core/feeds.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/node_events.hh"
#include "core/parked.hh"
#include "core/receiver.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

Seq head_seq(const std::vector<Head>& heads, Lane lane) {
  for (const auto& head : heads) {
    if (head.lane == lane) return head.seq;
  }
  return 0;
}

void note_hello(NodeState& node, const HelloMessage& hello, TimeMs heard_at) {
  node.last_seen = heard_at;
  node.reported = hello.heads;
  node.reported_backlog = hello.status.backlog_events;
  node.oldest_unsent_seconds = hello.status.oldest_unsent_seconds;
  node.clock_offset_ms = clock_minus(hello.clock.wall, heard_at);
  node.software = hello.software;
  node.bytes_sent = hello.status.bytes_sent;
  node.bytes_received = hello.status.bytes_received;
  node.anchors.insert(node.anchors.begin(),
                      {hello.clock.boot, hello.clock.uptime, heard_at, hello.incarnation,
                       head_seq(hello.heads, Lane::routine), head_seq(hello.heads, Lane::urgent)});
  if (node.anchors.size() > limits::anchors_per_node_max) node.anchors.pop_back();
}

// Whether the hub holds more of a lane than the device does, or another history of it: a restored
// or cloned store, which must continue under a new incarnation.
bool forked(const NodeState& node, const HelloMessage& hello) {
  for (const auto& head : hello.heads) {
    for (const auto& [incarnation, have, safe] : node.lanes) {
      if (incarnation != hello.incarnation || have.lane != head.lane || have.seq == 0) continue;
      if (have.seq > head.seq || (have.seq == head.seq && have.hash != head.hash)) return true;
    }
  }
  return false;
}

// What of this journal stands in quarantine, or was applied after all, beyond the position that the
// device last noted: with it it noted every outcome up to there. `position` is taken back to the
// last one that the answer has room for.
std::vector<Outcome> untold_outcomes(const ReadTxn& txn, const GreetOrder& order,
                                     const EpochLine& line, Position& position) {
  const auto& noted = order.hello.hub_highest;
  const auto after = line.covers(position, noted) ? noted.offset : 0;
  std::vector<Outcome> untold;
  for (auto& [offset, outcome] : outcomes_beyond(txn, order.node, order.hello.incarnation, after)) {
    untold.push_back(std::move(outcome));
    if (untold.size() < limits::outcomes_per_frame_max) continue;
    position = {line.epoch_of(offset), offset};
    break;
  }
  return untold;
}

void append_first(WriteTxn& txn, const BatchMessage& first, NodeState& node,
                  const HelloMessage& hello, const HubContext& context, Greeted& greeted) {
  if (first.stream.kind != StreamKind::agent_journal || first.stream.name != hello.incarnation)
    return;
  auto durable = node.lane(hello.incarnation, first.stream.lane).have;
  if (durable.seq == 0) durable.hash = chain_start(hello.incarnation, first.stream.lane);
  Receiver receiver(first.stream, durable);
  auto decision = receiver.take(first);
  // A guess that does not fit is no fault: the answer says where to go on.
  if (decision.verdict != Receiver::Verdict::store) return;
  greeted.appended = decision.events.size();
  const auto append = append_of(node.id, first.stream, std::move(decision));
  auto outcome = append_stream(txn, append, node, context);
  greeted.quarantined = std::move(outcome.quarantined);
  greeted.touched = std::move(outcome.touched);
}

// The line from the current epoch back to the one that the node has been told of.
std::vector<EpochEntry> line_for(const EpochLine& line, const HelloMessage& hello,
                                 const NodeState& node) {
  std::vector<EpochEntry> told;
  std::uint64_t oldest_needed = hello.hub_highest.epoch;
  for (const auto& held : hello.holds) {
    // A journal's receiver keys its entries by epoch, so it is told of all that it will get.
    if (held.stream.kind == StreamKind::hub_journal && is_custodian(node))
      oldest_needed = held.position.epoch;
  }
  for (const auto& entry : line.entries()) {
    if (told.size() == limits::epochs_per_frame_max) break;
    told.push_back(entry);
    if (entry.epoch == oldest_needed) break;
  }
  return told;
}

// What of the streams that the node receives it is to be sent, and after which position. A journal
// of which it holds another history than this one is not sent.
void begin_sending(WriteTxn& txn, const GreetOrder& order, const NodeState& node,
                   const HubContext& context, Greeted& greeted) {
  // Positions are told with this opening's name, so it must outlive the opening.
  if (!order.hello.holds.empty() && meta::get_u64(txn, meta::epoch) != context.epoch) {
    begin_epoch(txn, context.epoch);
  }
  for (const auto& held : order.hello.holds) {
    if (held.stream.kind == StreamKind::hub_changes) {
      const StreamName name{StreamKind::hub_changes, Lane::routine, context.epoch};
      greeted.sends.push_back({name, {context.epoch, resume_feed(txn, held.position)}, {}});
    } else if (held.stream.kind == StreamKind::hub_journal && is_custodian(node)) {
      const auto offset = held.position.offset;
      const auto hash = JournalSource(txn).hash_at(offset);
      if (!hash || (offset > 0 && *hash != held.hash)) {
        greeted.custodian_differs = true;
        continue;
      }
      const StreamName name{StreamKind::hub_journal, Lane::routine, context.epoch};
      greeted.sends.push_back({name, {context.epoch, offset}, *hash});
      greeted.marks = hold_journal(txn, node.id, offset);
    }
  }
}

HubOutcome greet(WriteTxn& txn, const GreetOrder& order, const HubContext& context) {
  Greeted greeted;
  auto node = find_node(txn, order.node);
  if (!node) {
    greeted.refused = RefuseReason::not_enrolled;
    return greeted;
  }
  if (node->revoked_at != 0) {
    greeted.refused = RefuseReason::revoked;
    return greeted;
  }
  // A name that is another node's: one journal was copied to a device that was enrolled anew.
  if (forked(*node, order.hello) || !claim_incarnation(txn, order.hello.incarnation, order.node)) {
    greeted.refused = RefuseReason::forked;
    return greeted;
  }
  note_hello(*node, order.hello, order.heard_at);
  if (order.hello.first && node->kind != FacilityKind::district) {
    append_first(txn, *order.hello.first, *node, order.hello, context, greeted);
  }
  put_node(txn, *node);
  for (const auto& head : order.hello.heads) {
    if (node->kind == FacilityKind::district) break;  // it only receives
    const auto& lane = node->lane(order.hello.incarnation, head.lane);
    greeted.have.push_back(lane.have);
    if (lane.have.seq == 0) {
      greeted.have.back().hash = chain_start(order.hello.incarnation, head.lane);
    }
    greeted.safe.push_back({head.lane, lane.safe, {}});
  }
  begin_sending(txn, order, *node, context, greeted);
  const auto line = current_line(txn);
  const auto end = journal_end(txn);
  greeted.position = {line.epoch_of(end.offset), end.offset};
  greeted.untold = untold_outcomes(txn, order, line, greeted.position);
  greeted.epochs = line_for(line, order.hello, *node);
  return greeted;
}

HubOutcome append(WriteTxn& txn, const AppendOrder& order, const HubContext& context) {
  Appended appended;
  auto node = find_node(txn, order.append.node);
  if (!node) appended.refused = RefuseReason::not_enrolled;
  // Revoked between its Hello and this commit: nothing more of it is taken.
  if (node && node->revoked_at != 0) appended.refused = RefuseReason::revoked;
  if (appended.refused) return appended;
  appended.outcome = append_stream(txn, order.append, *node, context);
  if (appended.outcome.extended) {
    appended.count = order.append.events.size();
    appended.safe = node->lane(order.append.incarnation, order.append.lane).safe;
    node->last_seen = context.now;
    put_node(txn, *node);
  }
  return appended;
}

HubOutcome held(WriteTxn& txn, const HeldOrder& order) {
  HeldMarks marks;
  const auto node = find_node(txn, order.node);
  if (!node || !is_custodian(*node)) return marks;
  const auto hash = JournalSource(txn).hash_at(order.offset);
  marks.forked = !hash || *hash != order.hash;
  if (!marks.forked) marks.moved = hold_journal(txn, order.node, order.offset);
  return marks;
}

Certificate certificate_of(const NodeState& node, const Certificate& hub) {
  Certificate certificate;
  certificate.node = node.id;
  certificate.kind = node.kind;
  certificate.zone_minutes = hub.zone_minutes;
  certificate.issued = node.enrolled_at;
  certificate.device_public_key = node.public_key;
  certificate.facility = node.facility;
  certificate.name = node.name;
  certificate.area = node.area;
  certificate.hub_facility = hub.facility;
  certificate.hub_name = hub.name;
  certificate.zone = hub.zone;
  return certificate;
}

HubOutcome enrol(WriteTxn& txn, const EnrolOrder& order, const HubContext& context,
                 const Certificate& hub, RecordIds& ids) {
  Enrolled enrolled;
  auto invitation = find_invitation(txn, order.invitation_key);
  if (!invitation) return enrolled;
  // One key, one node. The answer to a device that is enrolled already was lost, whatever
  // invitation it asks with now: it is told again who it is, and the invitation stays unused.
  if (const auto known = find_node_of_key(txn, order.enrol.device_public_key)) {
    enrolled.node = find_node(txn, *known);
    check(enrolled.node.has_value(), "a key without its node");
    enrolled.certificate = encode_certificate(certificate_of(*enrolled.node, hub));
    enrolled.again = true;
    return enrolled;
  }
  if (!invitation->used_by.empty() || invitation->expires_at < context.now) return enrolled;

  NodeState node;
  node.id = ids.mint();
  node.public_key = order.enrol.device_public_key;
  node.kind = invitation->kind;
  node.facility = invitation->facility;
  node.name = invitation->name;
  node.area = invitation->area;
  node.scope = invitation->scope;
  node.enrolled_at = context.now;
  node.invitation_key = order.invitation_key;
  node.software = order.enrol.software;
  put_node(txn, node);
  invitation->used_by = node.public_key;
  invitation->node = node.id;
  put_invitation(txn, *invitation);
  enrolled.touched = append_own(txn, enrolment_event(context.registry, node, context.now), context);
  Feeds feeds(txn, context.registry);
  feeds.nodes_changed(node.id);
  for (const auto touched : feeds.touched()) {
    if (std::ranges::find(enrolled.touched, touched) == enrolled.touched.end()) {
      enrolled.touched.push_back(touched);
    }
  }
  enrolled.certificate = encode_certificate(certificate_of(node, hub));
  enrolled.node = std::move(node);
  return enrolled;
}

}  // namespace

StreamAppend append_of(NodeId node, const StreamName& stream, Receiver::Decision decision) {
  return {node,
          stream.name,
          stream.lane,
          decision.from,
          decision.before,
          std::move(decision.events),
          std::move(decision.hashes)};
}

HubOutcome perform(WriteTxn& txn, const HubOrder& order, const HubContext& context,
                   const Certificate& hub, RecordIds& ids) {
  if (const auto* greeting = std::get_if<GreetOrder>(&order)) return greet(txn, *greeting, context);
  if (const auto* appending = std::get_if<AppendOrder>(&order))
    return append(txn, *appending, context);
  if (const auto* holding = std::get_if<HeldOrder>(&order)) return held(txn, *holding);
  return enrol(txn, std::get<EnrolOrder>(order), context, hub, ids);
}

Result<Revoked> revoke(WriteTxn& txn, std::string_view name, const HubContext& context) {
  auto node = node_named(txn, name);
  if (!node) return node.refusal();
  // The earliest revocation counts: a second one adds nothing.
  if (node->revoked_at != 0) return Revoked{std::move(node).value(), true, {}};
  node->revoked_at = context.now;
  put_node(txn, *node);
  auto marks = custodian_revoked(txn);
  Feeds(txn, context.registry).nodes_changed(node->id);
  append_own(txn, revocation_event(txn, context.registry, *node), context);
  return Revoked{std::move(node).value(), false, std::move(marks)};
}

void put_profile(WriteTxn& txn, const Certificate& profile) {
  txn.put(Table::meta, meta::profile, encode_certificate(profile));
}

std::optional<Certificate> profile(const ReadTxn& txn) {
  const auto value = txn.get(Table::meta, meta::profile);
  if (!value) return std::nullopt;
  return decode_certificate(*value);
}

}  // namespace titip
