#include "core/hub_orders.hh"

#include <algorithm>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/feeds.hh"
#include "core/hub_greet.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/node_events.hh"
#include "core/rebuilding.hh"
#include "core/receiver.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

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
    appended.safe = node->safe_in(order.append.incarnation, order.append.lane);
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
  certificate.scope = node.scope;
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

  // Who was enrolled at a hub that is gone keeps the name that its events have there.
  const bool again = order.enrol.node != 0 && !find_node(txn, order.enrol.node);
  auto node = begin_node(txn, again ? order.enrol.node : ids.mint());
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
  const auto say = again ? confirmation_event : enrolment_event;
  enrolled.touched = append_own(txn, say(context.registry, node, context.now), context);
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

namespace {

HubOutcome take_back(WriteTxn& txn, const HandBackOrder& order, const HubContext& context) {
  HandedBack handed;
  const auto node = find_node(txn, order.node);
  // Revoked since its Hello, or never entitled.
  if (!node || !is_custodian(*node)) return handed;
  handed.kept = true;
  handed.outcome = take_back(txn, order.back, context);
  return handed;
}

HubOutcome tell_again(WriteTxn& txn, const AskOrder& order, const HubContext& context) {
  Asked asked;
  // While it gathers what it lost it cannot say what it does not have.
  if (is_rebuilding(txn)) return asked;
  begin_epoch(txn, context.epoch);
  Feeds feeds(txn, context.registry);
  for (const auto& record : order.records) feeds.tell_again(order.node, record);
  asked.touched = feeds.touched();
  return asked;
}

}  // namespace

HubOutcome perform(WriteTxn& txn, const HubOrder& order, const HubContext& context,
                   const Certificate& hub, RecordIds& ids) {
  if (const auto* greeting = std::get_if<GreetOrder>(&order)) return greet(txn, *greeting, context);
  if (const auto* appending = std::get_if<AppendOrder>(&order))
    return append(txn, *appending, context);
  if (const auto* holding = std::get_if<HeldOrder>(&order)) return held(txn, *holding);
  if (const auto* back = std::get_if<HandBackOrder>(&order)) return take_back(txn, *back, context);
  if (const auto* asking = std::get_if<AskOrder>(&order)) return tell_again(txn, *asking, context);
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
  begin_epoch(txn, context.epoch);
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
