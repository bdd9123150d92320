// A custodian hands back what this hub has lost, and what follows once all have.

#include <utility>

#include "core/hub_answers.hh"
#include "core/hub_sessions.hh"
#include "core/rebuilding.hh"

namespace titip {

namespace {

constexpr std::uint32_t resumed_retry_ms = 1'000;

}  // namespace

void HubSessions::batch_back(const std::string& route, Session& session, const BatchMessage& batch,
                             HubActions& actions) {
  if (!session.takes_back) return;
  if (!room_) {
    send_to(actions, route, refusal_message(RefuseReason::busy, session.nonce, hub_full_retry_ms));
    return;
  }
  // The custodian says where its journal leaves this one; what it gives back stands for itself.
  if (!session.back || session.back->stream() != batch.stream) {
    session.back.emplace(batch.stream, Head{Lane::routine, batch.from, batch.before});
  }
  auto& receiver = *session.back;
  auto decision = receiver.take(batch);
  switch (decision.verdict) {
    case Receiver::Verdict::store: {
      HandBackOrder order{route,
                          session.node,
                          batch.stream,
                          receiver.expected(),
                          {decision.from, std::move(decision.events)}};
      in_flight_bytes_ += weight(HubOrder(order));
      actions.store.emplace_back(std::move(order));
      break;
    }
    case Receiver::Verdict::held:
    case Receiver::Verdict::gap:
    case Receiver::Verdict::fork:
      send_to(actions, route, acknowledgement(batch.stream, receiver.durable(), {}, 0));
      break;
    case Receiver::Verdict::undecodable:
      send_to(actions, route, undecodable_message(batch, session.nonce));
      break;
  }
}

void HubSessions::handed_back(const HandBackOrder& order, const HandedBack& outcome,
                              HubActions& actions) {
  for (const auto& node : outcome.outcome.nodes) nodes_by_key_[node.public_key] = node.id;
  feeds_moved(outcome.outcome.touched);
  if (outcome.outcome.taken > 0) {
    actions.notices.push_back(
        {HubNotice::Kind::handed_back, order.node, outcome.outcome.taken, {}});
  }
  const auto found = sessions_.find(order.route);
  if (found == sessions_.end() || found->second.node != order.node || !found->second.back ||
      found->second.back->stream() != order.stream || !outcome.kept) {
    return;
  }
  auto& receiver = *found->second.back;
  receiver.stored(order.after);
  send_to(actions, order.route, acknowledgement(order.stream, receiver.durable(), {}, 0));
}

// A new Hello tells each from where to go on, and lets it ask about what was lost for good.
void HubSessions::redial_withheld(HubActions& actions) {
  for (auto& [route, session] : sessions_) {
    if (!session.withheld) continue;
    Session ending;
    ending.node = session.node;
    ending.incarnation = session.incarnation;
    ending.nonce = session.nonce;
    ending.ends = true;
    session = std::move(ending);
    tell_to_redial(route, session, actions);
  }
}

// It stays known until its connection ends or another Hello comes: a full connection may not have
// taken this, and who has nothing to send would wait for ever.
void HubSessions::tell_to_redial(const std::string& route, Session& session, HubActions& actions) {
  session.ending_due = false;
  send_to(actions, route, refusal_message(RefuseReason::busy, session.nonce, resumed_retry_ms));
}

HubActions HubSessions::resumed(const ReadTxn& txn) {
  HubActions actions;
  load_directory(txn);
  redial_withheld(actions);
  return actions;
}

}  // namespace titip
