// What a hub answers once the store has taken an order, or could not.

#include "core/hub_answers.hh"
#include "core/hub_sessions.hh"
#include "core/version.hh"

namespace titip {

HubActions HubSessions::stored(const HubOrder& order, const HubOutcome& outcome, TimeMs hub_time) {
  HubActions actions;
  in_flight_bytes_ -= weight(order);
  if (const auto* greeting = std::get_if<GreetOrder>(&order)) {
    greeted(*greeting, std::get<Greeted>(outcome), hub_time, actions);
  } else if (const auto* append = std::get_if<AppendOrder>(&order)) {
    appended(*append, std::get<Appended>(outcome), actions);
  } else if (const auto* holding = std::get_if<HeldOrder>(&order)) {
    held(*holding, std::get<HeldMarks>(outcome), actions);
  } else if (const auto* back = std::get_if<HandBackOrder>(&order)) {
    handed_back(*back, std::get<HandedBack>(outcome), actions);
  } else if (std::holds_alternative<AskOrder>(order)) {
    feeds_moved(std::get<Asked>(outcome).touched);
  } else {
    enrolled(std::get<EnrolOrder>(order), std::get<Enrolled>(outcome), actions);
  }
  return actions;
}

HubActions HubSessions::revoked(NodeId node) {
  HubActions actions;
  std::vector<std::string> routes;
  for (auto at = route_of_.lower_bound({node, 0}); at != route_of_.end() && at->first.first == node;
       ++at) {
    routes.push_back(at->second);
  }
  for (const auto& route : routes) {
    send_to(actions, route, refusal_message(RefuseReason::revoked, sessions_.at(route).nonce));
    actions.notices.push_back(
        {HubNotice::Kind::refused, node, 0, std::string(code_name(Code::revoked))});
    forget(route);
  }
  return actions;
}

HubActions HubSessions::not_stored(const HubOrder& order) {
  HubActions actions;
  in_flight_bytes_ -= weight(order);
  const auto route = std::visit([](const auto& any) { return any.route; }, order);
  send_to(actions, route, refusal_message(RefuseReason::busy, 0, hub_full_retry_ms));
  // The session's receivers expect what was never kept; the next Hello begins from the store again.
  forget(route);
  return actions;
}

void HubSessions::greeted(const GreetOrder& order, const Greeted& outcome, TimeMs hub_time,
                          HubActions& actions) {
  const auto found = sessions_.find(order.route);
  const bool current = found != sessions_.end() && found->second.node == order.node &&
                       found->second.nonce == order.hello.nonce &&
                       found->second.incarnation == order.hello.incarnation;
  if (outcome.refused) {
    send_to(actions, order.route, refusal_message(*outcome.refused, order.hello.nonce));
    actions.notices.push_back({HubNotice::Kind::refused, order.node, 0,
                               std::string(code_name(code_of(*outcome.refused)))});
    if (current) forget(order.route);
    return;
  }
  if (outcome.newcomer) {
    nodes_by_key_[outcome.newcomer->public_key] = outcome.newcomer->id;
    actions.notices.push_back(
        {HubNotice::Kind::pending, order.node, 0, outcome.newcomer->facility});
    // It spoke before it was known; from now on it is one of those that are.
    Session session;
    session.node = order.node;
    session.incarnation = order.hello.incarnation;
    session.nonce = order.hello.nonce;
    sessions_[order.route] = std::move(session);
    route_of_[{order.node, order.hello.incarnation}] = order.route;
  }
  feeds_moved(outcome.touched);
  tell_marks(outcome.marks, actions);
  const auto notice = [&](bool holds, HubNotice::Kind kind) {
    if (holds) actions.notices.push_back({kind, order.node, 0, {}});
  };
  notice(outcome.custodian_differs, HubNotice::Kind::custodian_differs);
  notice(outcome.new_life, HubNotice::Kind::life_began);
  notice(outcome.other_copy, HubNotice::Kind::other_copy);
  notice(outcome.rebuilding_began, HubNotice::Kind::rebuilding);
  notice(outcome.rebuilt, HubNotice::Kind::rebuilt);
  rebuilding_ = rebuilding_ || outcome.rebuilding_began;
  if (outcome.rebuilt) {
    rebuilding_ = false;
    redial_withheld(actions);
  }
  const auto session = sessions_.find(order.route);
  if (session != sessions_.end() && (current || outcome.newcomer)) {
    welcome(order, outcome, session->second, hub_time, actions);
  }
}

void HubSessions::welcome(const GreetOrder& order, const Greeted& outcome, Session& session,
                          TimeMs hub_time, HubActions& actions) {
  session.greeted = true;
  session.takes_back = outcome.custodian_differs;
  session.withheld = outcome.rebuilding;
  for (const auto& have : outcome.have) {
    session.lanes.insert_or_assign(
        have.lane, Receiver({StreamKind::agent_journal, have.lane, session.incarnation}, have));
  }
  WelcomeMessage welcome;
  welcome.protocol = limits::protocol_version;
  welcome.boot = boot_;
  welcome.nonce = session.nonce;
  welcome.epochs = outcome.epochs;
  welcome.have = outcome.have;
  welcome.hub_time = hub_time;
  welcome.position = outcome.position;
  welcome.outcomes = outcome.untold;
  welcome.software = software_version;
  welcome.safe = outcome.safe;
  welcome.sends = outcome.sends;
  welcome.rebuilding = outcome.rebuilding;
  welcome.takes_back = outcome.custodian_differs;
  welcome.backed_up = outcome.backed_up;
  for (const auto& sent : outcome.sends) {
    session.streams.emplace(sent.stream.kind, Sender(sent.stream))
        .first->second.peer_holds(sent.position.offset, hub_time);
  }
  session.due = true;
  send_to(actions, order.route, welcome);
  actions.notices.push_back({HubNotice::Kind::connected, order.node, 0, {}});
  if (outcome.appended > 0) {
    actions.notices.push_back({HubNotice::Kind::received, order.node, outcome.appended, {}});
  }
  if (!outcome.quarantined.empty()) {
    actions.notices.push_back({HubNotice::Kind::quarantined, order.node, outcome.quarantined.size(),
                               outcome.quarantined.front().reason});
  }
}

void HubSessions::appended(const AppendOrder& order, const Appended& outcome, HubActions& actions) {
  if (outcome.count > 0) {
    actions.notices.push_back({HubNotice::Kind::received, order.append.node, outcome.count, {}});
  }
  if (!outcome.outcome.quarantined.empty()) {
    actions.notices.push_back({HubNotice::Kind::quarantined, order.append.node,
                               outcome.outcome.quarantined.size(),
                               outcome.outcome.quarantined.front().reason});
  }
  feeds_moved(outcome.outcome.touched);
  const auto found = sessions_.find(order.route);
  if (found == sessions_.end() || !found->second.greeted) return;
  // The route may be another session's by now.
  if (found->second.node != order.append.node ||
      found->second.incarnation != order.append.incarnation) {
    return;
  }
  if (outcome.refused) {
    send_to(actions, order.route, refusal_message(*outcome.refused, found->second.nonce));
    actions.notices.push_back({HubNotice::Kind::refused, order.append.node, 0,
                               std::string(code_name(code_of(*outcome.refused)))});
    forget(order.route);
    return;
  }
  auto& receiver = found->second.lanes.at(order.append.lane);
  receiver.stored(outcome.outcome.have);
  if (!outcome.outcome.extended) receiver.not_stored();
  send_to(actions, order.route,
          acknowledgement(receiver.stream(), receiver.durable(), outcome.outcome.quarantined,
                          outcome.safe));
}

void HubSessions::enrolled(const EnrolOrder& order, const Enrolled& outcome, HubActions& actions) {
  if (!outcome.node) {
    send_to(actions, order.route, refusal_message(RefuseReason::not_enrolled));
    actions.notices.push_back({HubNotice::Kind::enrolment_refused, 0, 0, {}});
    return;
  }
  nodes_by_key_[outcome.node->public_key] = outcome.node->id;
  feeds_moved(outcome.touched);
  // It was revoked before it had its certificate.
  if (outcome.node->revoked_at != 0) {
    send_to(actions, order.route, refusal_message(RefuseReason::revoked));
    actions.notices.push_back(
        {HubNotice::Kind::refused, outcome.node->id, 0, std::string(code_name(Code::revoked))});
    return;
  }
  send_to(actions, order.route, EnrolledMessage{outcome.certificate, sign_(outcome.certificate)});
  if (!outcome.again) {
    actions.notices.push_back(
        {HubNotice::Kind::enrolled, outcome.node->id, 0, outcome.node->facility});
  }
}

}  // namespace titip
