#include "core/hub_sessions.hh"

#include "core/check.hh"
#include "core/limits.hh"
#include "core/version.hh"

namespace titip {

namespace {

constexpr std::uint32_t busy_retry_ms = 5'000;
constexpr std::uint32_t full_retry_ms = 60'000;

void send_to(HubActions& actions, const std::string& route, const Frame& frame) {
  actions.send.push_back({route, encode_frame(frame)});
}

RefuseMessage refusal(RefuseReason reason, std::uint64_t nonce = 0, std::uint32_t retry_after_ms = 0) {
  RefuseMessage refuse;
  refuse.reason = reason;
  refuse.nonce = nonce;
  refuse.retry_after_ms = retry_after_ms;
  return refuse;
}

// What an order weighs while it waits for the store.
std::size_t weight(const HelloMessage& hello) {
  return limits::kib + (hello.first ? hello.first->body.size() : 0);
}

std::size_t weight(const HubOrder& order) {
  if (const auto* greeting = std::get_if<GreetOrder>(&order)) return weight(greeting->hello);
  const auto* append = std::get_if<AppendOrder>(&order);
  if (append == nullptr) return 0;
  std::size_t bytes = 0;
  for (const auto& event : append->append.events) bytes += event.bytes.size();
  return bytes;
}

AckMessage acknowledgement(const StreamName& stream, const Head& have, std::vector<Outcome> outcomes) {
  if (outcomes.size() > limits::outcomes_per_frame_max) {
    outcomes.resize(limits::outcomes_per_frame_max);  // the rest repeat in the next Welcome
  }
  return {stream, have.seq, have.hash, std::move(outcomes), 0};
}

}  // namespace

HubSessions::HubSessions(std::uint64_t boot, std::function<std::string(std::string_view)> sign)
    : boot_(boot), sign_(std::move(sign)) {}

void HubSessions::load_directory(const ReadTxn& txn) {
  nodes_by_key_.clear();
  invitations_.clear();
  for (const auto& node : all_nodes(txn)) nodes_by_key_[node.public_key] = node.id;
  for (const auto& invitation : all_invitations(txn)) invitations_[invitation.public_key] = true;
}

bool HubSessions::admits(std::string_view public_key) const {
  const std::string key(public_key);
  return nodes_by_key_.contains(key) || invitations_.contains(key);
}

bool HubSessions::has_session(NodeId node) const { return route_of_.contains(node); }

HubActions HubSessions::frame(const std::string& route, std::string_view public_key,
                              std::string_view bytes, TimeMs hub_time) {
  HubActions actions;
  const std::string key(public_key);
  const auto node = nodes_by_key_.find(key);
  if (node == nodes_by_key_.end() && !invitations_.contains(key)) return actions;  // strangers get nothing

  auto frame = decode_frame(bytes);
  if (!frame) {
    actions.notices.push_back({HubNotice::Kind::undecodable_frame,
                               node == nodes_by_key_.end() ? 0 : node->second, 1, {}});
    send_to(actions, route, refusal(RefuseReason::undecodable));
    return actions;
  }
  if (node == nodes_by_key_.end()) {
    if (auto* enrolment = std::get_if<EnrolMessage>(&*frame)) {
      enrol(route, key, std::move(*enrolment), actions);
    } else {
      send_to(actions, route, refusal(RefuseReason::not_enrolled));
    }
    return actions;
  }
  if (auto* greeting = std::get_if<HelloMessage>(&*frame)) {
    hello(route, node->second, std::move(*greeting), hub_time, actions);
  } else if (const auto* sent = std::get_if<BatchMessage>(&*frame)) {
    batch(route, node->second, *sent, bytes.size(), actions);
  }
  return actions;
}

void HubSessions::hello(const std::string& route, NodeId node, HelloMessage hello, TimeMs hub_time,
                        HubActions& actions) {
  if (hello.protocol_min > limits::protocol_version || hello.protocol_max < limits::protocol_version) {
    send_to(actions, route, refusal(RefuseReason::incompatible, hello.nonce));
    actions.notices.push_back({HubNotice::Kind::refused, node, 0, "incompatible"});
    return;
  }
  if ((sessions_.size() >= limits::sessions_max && !route_of_.contains(node)) ||
      in_flight_bytes_ + weight(hello) > limits::in_flight_bytes_max) {
    send_to(actions, route, refusal(RefuseReason::busy, hello.nonce, busy_retry_ms));
    return;
  }
  // A node that dials anew has given up its former connection.
  if (const auto former = route_of_.find(node); former != route_of_.end()) {
    forget(std::string(former->second));
  }
  forget(route);
  if (!room_) hello.first.reset();
  in_flight_bytes_ += weight(hello);
  sessions_[route] = {node, hello.incarnation, hello.nonce, false, {}};
  route_of_[node] = route;
  actions.store.emplace_back(GreetOrder{route, node, std::move(hello), hub_time});
}

void HubSessions::batch(const std::string& route, NodeId node, const BatchMessage& batch,
                        std::size_t bytes, HubActions& actions) {
  const auto found = sessions_.find(route);
  // Before its Hello is answered, or after a later Hello took its place: the sender will be told by the
  // Welcome where to go on.
  if (found == sessions_.end() || !found->second.greeted) return;
  auto& session = found->second;
  // A route is chosen by the peer's software; who speaks is proven by the key alone.
  if (session.node != node) return;
  if (batch.stream.kind != StreamKind::agent_journal || batch.stream.name != session.incarnation) return;
  if (!room_) {
    send_to(actions, route, refusal(RefuseReason::busy, session.nonce, full_retry_ms));
    return;
  }
  if (in_flight_bytes_ + bytes > limits::in_flight_bytes_max) {
    send_to(actions, route, refusal(RefuseReason::busy, 0, busy_retry_ms));
    return;
  }
  auto& receiver = session.lanes.at(batch.stream.lane);
  auto decision = receiver.take(batch);
  switch (decision.verdict) {
    case Receiver::Verdict::store: {
      AppendOrder order{route, append_of(session.node, batch.stream, std::move(decision))};
      in_flight_bytes_ += weight(order);
      actions.store.emplace_back(std::move(order));
      break;
    }
    case Receiver::Verdict::held:
    case Receiver::Verdict::gap:
      send_to(actions, route, acknowledgement(batch.stream, receiver.durable(), {}));
      break;
    case Receiver::Verdict::fork:
      send_to(actions, route, refusal(RefuseReason::forked, session.nonce));
      actions.notices.push_back({HubNotice::Kind::refused, session.node, 0, "forked"});
      break;
    case Receiver::Verdict::undecodable: {
      auto refuse = refusal(RefuseReason::undecodable, session.nonce);
      refuse.stream = batch.stream;
      refuse.from = batch.from;
      refuse.to = batch.to;
      send_to(actions, route, refuse);
      break;
    }
  }
}

void HubSessions::enrol(const std::string& route, std::string_view key, EnrolMessage enrol,
                        HubActions& actions) {
  if (enrol.protocol_min > limits::protocol_version || enrol.protocol_max < limits::protocol_version) {
    send_to(actions, route, refusal(RefuseReason::incompatible));
    return;
  }
  actions.store.emplace_back(EnrolOrder{route, std::string(key), std::move(enrol)});
}

HubActions HubSessions::stored(const HubOrder& order, const HubOutcome& outcome, TimeMs hub_time) {
  HubActions actions;
  in_flight_bytes_ -= weight(order);
  if (const auto* greeting = std::get_if<GreetOrder>(&order)) {
    greeted(*greeting, std::get<Greeted>(outcome), hub_time, actions);
  } else if (const auto* append = std::get_if<AppendOrder>(&order)) {
    appended(*append, std::get<Appended>(outcome), actions);
  } else {
    enrolled(std::get<EnrolOrder>(order), std::get<Enrolled>(outcome), actions);
  }
  return actions;
}

HubActions HubSessions::not_stored(const HubOrder& order) {
  HubActions actions;
  in_flight_bytes_ -= weight(order);
  const auto route = std::visit([](const auto& any) { return any.route; }, order);
  send_to(actions, route, refusal(RefuseReason::busy, 0, full_retry_ms));
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
    send_to(actions, order.route, refusal(*outcome.refused, order.hello.nonce));
    actions.notices.push_back(
        {HubNotice::Kind::refused, order.node, 0, std::string(code_name(code_of(*outcome.refused)))});
    if (current) forget(order.route);
    return;
  }
  if (!current) return;
  auto& session = found->second;
  session.greeted = true;
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
  const auto found = sessions_.find(order.route);
  if (found == sessions_.end() || !found->second.greeted) return;
  if (outcome.refused) {
    send_to(actions, order.route, refusal(*outcome.refused, found->second.nonce));
    actions.notices.push_back(
        {HubNotice::Kind::refused, order.append.node, 0, std::string(code_name(code_of(*outcome.refused)))});
    forget(order.route);
    return;
  }
  auto& receiver = found->second.lanes.at(order.append.lane);
  receiver.stored(outcome.outcome.have);
  if (!outcome.outcome.extended) receiver.not_stored();
  send_to(actions, order.route,
          acknowledgement(receiver.stream(), receiver.durable(), outcome.outcome.quarantined));
}

void HubSessions::enrolled(const EnrolOrder& order, const Enrolled& outcome, HubActions& actions) {
  if (!outcome.node) {
    send_to(actions, order.route, refusal(RefuseReason::not_enrolled));
    actions.notices.push_back({HubNotice::Kind::enrolment_refused, 0, 0, {}});
    return;
  }
  nodes_by_key_[outcome.node->public_key] = outcome.node->id;
  send_to(actions, order.route, EnrolledMessage{outcome.certificate, sign_(outcome.certificate)});
  if (!outcome.again) {
    actions.notices.push_back(
        {HubNotice::Kind::enrolled, outcome.node->id, 0, outcome.node->facility});
  }
}

std::optional<NodeId> HubSessions::left(const std::string& route) {
  const auto found = sessions_.find(route);
  if (found == sessions_.end()) return std::nullopt;
  const auto node = found->second.node;
  forget(route);
  return node;
}

void HubSessions::forget(const std::string& route) {
  const auto found = sessions_.find(route);
  if (found == sessions_.end()) return;
  const auto node = found->second.node;
  sessions_.erase(found);
  if (const auto of = route_of_.find(node); of != route_of_.end() && of->second == route) {
    route_of_.erase(of);
  }
}

}  // namespace titip
