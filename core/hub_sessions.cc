#include "core/hub_sessions.hh"

#include "core/hub_answers.hh"
#include "core/limits.hh"
#include "core/version.hh"

namespace titip {

namespace {

constexpr std::uint32_t busy_retry_ms = 5'000;

}  // namespace

HubSessions::HubSessions(std::uint64_t boot, std::function<std::string(std::string_view)> sign)
    : boot_(boot), sign_(std::move(sign)) {}

void HubSessions::load_directory(const ReadTxn& txn) {
  nodes_by_key_.clear();
  invitations_.clear();
  for (const auto& node : all_nodes(txn)) nodes_by_key_[node.public_key] = node.id;
  for (const auto& invitation : all_invitations(txn)) invitations_.insert(invitation.public_key);
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
  if (node == nodes_by_key_.end() && !invitations_.contains(key))
    return actions;  // strangers get nothing

  auto frame = decode_frame(bytes);
  if (!frame) {
    actions.notices.push_back({HubNotice::Kind::undecodable_frame,
                               node == nodes_by_key_.end() ? 0 : node->second,
                               1,
                               {}});
    send_to(actions, route, refusal_message(RefuseReason::undecodable));
    return actions;
  }
  if (node == nodes_by_key_.end()) {
    if (auto* enrolment = std::get_if<EnrolMessage>(&*frame)) {
      enrol(route, key, std::move(*enrolment), actions);
    } else {
      send_to(actions, route, refusal_message(RefuseReason::not_enrolled));
    }
    return actions;
  }
  if (auto* greeting = std::get_if<HelloMessage>(&*frame)) {
    hello(route, node->second, std::move(*greeting), hub_time, actions);
  } else if (const auto* sent = std::get_if<BatchMessage>(&*frame)) {
    batch(route, node->second, *sent, bytes.size(), actions);
  } else if (const auto* ack = std::get_if<AckMessage>(&*frame)) {
    acknowledged(route, node->second, *ack, hub_time, actions);
  } else if (const auto* refuse = std::get_if<RefuseMessage>(&*frame)) {
    undecodable(route, node->second, *refuse, actions);
  }
  return actions;
}

void HubSessions::hello(const std::string& route, NodeId node, HelloMessage hello, TimeMs hub_time,
                        HubActions& actions) {
  if (hello.protocol_min > limits::protocol_version ||
      hello.protocol_max < limits::protocol_version) {
    send_to(actions, route, refusal_message(RefuseReason::incompatible, hello.nonce));
    actions.notices.push_back({HubNotice::Kind::refused, node, 0, "incompatible"});
    return;
  }
  if ((sessions_.size() >= limits::sessions_max && !route_of_.contains(node)) ||
      in_flight_bytes_ + weight(hello) > limits::in_flight_bytes_max) {
    send_to(actions, route, refusal_message(RefuseReason::busy, hello.nonce, busy_retry_ms));
    return;
  }
  // A node that dials anew has given up its former connection.
  if (const auto former = route_of_.find(node); former != route_of_.end()) {
    // Unless this is what it said there: two connections are not read in the order of their frames.
    // The later one would wait for ever for what goes to the one that has gone.
    const auto& spoke = sessions_.at(former->second).clock;
    if (former->second != route && hello.clock.boot == spoke.boot &&
        hello.clock.uptime < spoke.uptime) {
      return;
    }
    forget(std::string(former->second));
  }
  forget(route);
  if (!room_) hello.first.reset();
  in_flight_bytes_ += weight(hello);
  Session session;
  session.node = node;
  session.incarnation = hello.incarnation;
  session.nonce = hello.nonce;
  session.clock = hello.clock;
  sessions_[route] = std::move(session);
  route_of_[node] = route;
  actions.store.emplace_back(GreetOrder{route, node, std::move(hello), hub_time});
}

void HubSessions::batch(const std::string& route, NodeId node, const BatchMessage& batch,
                        std::size_t bytes, HubActions& actions) {
  const auto found = sessions_.find(route);
  // Before its Hello is answered, or after a later Hello took its place: the sender will be told by
  // the Welcome where to go on.
  if (found == sessions_.end() || !found->second.greeted) return;
  auto& session = found->second;
  // A route is chosen by the peer's software; who speaks is proven by the key alone.
  if (session.node != node) return;
  if (batch.stream.kind != StreamKind::agent_journal || batch.stream.name != session.incarnation)
    return;
  if (!room_) {
    send_to(actions, route, refusal_message(RefuseReason::busy, session.nonce, hub_full_retry_ms));
    return;
  }
  if (in_flight_bytes_ + bytes > limits::in_flight_bytes_max) {
    send_to(actions, route, refusal_message(RefuseReason::busy, 0, busy_retry_ms));
    return;
  }
  const auto lane = session.lanes.find(batch.stream.lane);
  if (lane == session.lanes.end()) return;  // it did not name that lane in its Hello
  auto& receiver = lane->second;
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
      send_to(actions, route, acknowledgement(batch.stream, receiver.durable(), {}, 0));
      break;
    case Receiver::Verdict::fork:
      send_to(actions, route, refusal_message(RefuseReason::forked, session.nonce));
      actions.notices.push_back({HubNotice::Kind::refused, session.node, 0, "forked"});
      break;
    case Receiver::Verdict::undecodable: {
      auto refuse = refusal_message(RefuseReason::undecodable, session.nonce);
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
  if (enrol.protocol_min > limits::protocol_version ||
      enrol.protocol_max < limits::protocol_version) {
    send_to(actions, route, refusal_message(RefuseReason::incompatible));
    return;
  }
  EnrolOrder order{route, std::string(key), std::move(enrol)};
  if (in_flight_bytes_ + weight(order) > limits::in_flight_bytes_max) {
    send_to(actions, route, refusal_message(RefuseReason::busy, 0, busy_retry_ms));
    return;
  }
  in_flight_bytes_ += weight(order);
  actions.store.emplace_back(std::move(order));
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
