#include "core/hub_sessions.hh"

#include "core/hub_answers.hh"
#include "core/limits.hh"
#include "core/mutants.hh"
#include "core/rebuilding.hh"
#include "core/version.hh"

namespace titip {

namespace {

constexpr std::uint32_t busy_retry_ms = 5'000;
constexpr std::uint32_t replaced_retry_ms = 1'000;

}  // namespace

HubSessions::HubSessions(std::uint64_t boot, Sign sign, Signed is_signed)
    : boot_(boot), sign_(std::move(sign)), is_signed_(std::move(is_signed)) {}

void HubSessions::load_directory(const ReadTxn& txn) {
  nodes_by_key_.clear();
  invitations_.clear();
  for (const auto& node : all_nodes(txn)) nodes_by_key_[node.public_key] = node.id;
  for (const auto& invitation : all_invitations(txn)) invitations_.insert(invitation.public_key);
  rebuilding_ = is_rebuilding(txn);
}

bool HubSessions::admits(std::string_view public_key) const {
  return rebuilding_ || knows(public_key);
}

bool HubSessions::knows(std::string_view public_key) const {
  const std::string key(public_key);
  return nodes_by_key_.contains(key) || invitations_.contains(key);
}

bool HubSessions::has_session(NodeId node) const {
  const auto first = route_of_.lower_bound({node, 0});
  return first != route_of_.end() && first->first.first == node;
}

HubActions HubSessions::frame(const std::string& route, std::string_view public_key,
                              std::string_view bytes, TimeMs hub_time) {
  HubActions actions;
  const std::string key(public_key);
  const auto node = nodes_by_key_.find(key);
  if (node == nodes_by_key_.end() && !admits(public_key)) return actions;  // strangers get nothing

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
    stranger(route, key, *frame, hub_time, actions);
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
  } else if (auto* ask = std::get_if<AskMessage>(&*frame)) {
    AskOrder order{route, node->second, std::move(ask->records)};
    if (sessions_.contains(route)) {
      in_flight_bytes_ += weight(order);
      actions.store.emplace_back(std::move(order));
    }
  }
  return actions;
}

// A key that is no node's: an invitation's may ask to be enrolled; while this hub gathers what it
// lost, a device may show that it was enrolled once.
void HubSessions::stranger(const std::string& route, const std::string& key, Frame& frame,
                           TimeMs hub_time, HubActions& actions) {
  if (auto* enrolment = std::get_if<EnrolMessage>(&frame);
      enrolment != nullptr && invitations_.contains(key)) {
    return enrol(route, key, std::move(*enrolment), actions);
  }
  auto* greeting = std::get_if<HelloMessage>(&frame);
  std::uint64_t nonce = greeting == nullptr ? 0 : greeting->nonce;
  if (greeting != nullptr && rebuilding_ && greeting->proof) {
    const auto& proof = *greeting->proof;
    const auto certificate = decode_certificate(proof.certificate);
    if (certificate && certificate->device_public_key == key &&
        is_signed_(proof.certificate, proof.signature) && sessions_.size() < limits::sessions_max &&
        in_flight_bytes_ + weight(*greeting) <= limits::in_flight_bytes_max) {
      GreetOrder order{route, certificate->node, std::move(*greeting), hub_time, *certificate};
      in_flight_bytes_ += weight(HubOrder(order));
      actions.store.emplace_back(std::move(order));
      return;
    }
  }
  send_to(actions, route, refusal_message(RefuseReason::not_enrolled, nonce));
}

void HubSessions::hello(const std::string& route, NodeId node, HelloMessage hello, TimeMs hub_time,
                        HubActions& actions) {
  if (hello.protocol_min > limits::protocol_version ||
      hello.protocol_max < limits::protocol_version) {
    send_to(actions, route, refusal_message(RefuseReason::incompatible, hello.nonce));
    actions.notices.push_back({HubNotice::Kind::refused, node, 0, "incompatible"});
    return;
  }
  if ((sessions_.size() >= limits::sessions_max &&
       !route_of_.contains({node, hello.incarnation})) ||
      in_flight_bytes_ + weight(hello) > limits::in_flight_bytes_max) {
    send_to(actions, route, refusal_message(RefuseReason::busy, hello.nonce, busy_retry_ms));
    return;
  }
  if (!takes_place(route, node, hello, actions)) return;
  forget(route);
  if (!room_) hello.first.reset();
  in_flight_bytes_ += weight(hello);
  Session session;
  session.node = node;
  session.incarnation = hello.incarnation;
  session.nonce = hello.nonce;
  sessions_[route] = std::move(session);
  route_of_[{node, hello.incarnation}] = route;
  actions.store.emplace_back(GreetOrder{route, node, std::move(hello), hub_time});
}

// A store names its sessions with growing numbers and says the last that was welcomed, so a device
// that dials anew is told from a copy of it, which must go on under a name of its own. Otherwise
// both would take each other's place for ever.
bool HubSessions::takes_place(const std::string& route, NodeId node, const HelloMessage& hello,
                              HubActions& actions) {
  const auto live = route_of_.find({node, hello.incarnation});
  if (live == route_of_.end()) return true;
  const auto former = live->second;
  const auto said = sessions_.at(former).nonce;
  const bool same =
      (hello.since <= said && said < hello.nonce) || (former == route && said == hello.nonce);
  if (!same && !mutant(Mutant::no_session_nonce)) {
    send_to(actions, route, refusal_message(RefuseReason::forked, hello.nonce));
    actions.notices.push_back(
        {HubNotice::Kind::refused, node, 0, std::string(code_name(Code::forked))});
    return false;
  }
  // Who is still there was a copy, and learns it when it dials.
  if (former != route && !sessions_.at(former).ends) {
    send_to(actions, former, refusal_message(RefuseReason::busy, said, replaced_retry_ms));
  }
  forget(former);
  return true;
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
  if (batch.stream.kind == StreamKind::hub_journal) {
    return batch_back(route, session, batch, actions);
  }
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
    case Receiver::Verdict::undecodable:
      send_to(actions, route, undecodable_message(batch, session.nonce));
      break;
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
  const std::pair name{found->second.node, found->second.incarnation};
  sessions_.erase(found);
  if (const auto of = route_of_.find(name); of != route_of_.end() && of->second == route) {
    route_of_.erase(of);
  }
}

}  // namespace titip
