// What a hub sends by itself: its journal, feeds of changes and safe marks.

#include <utility>

#include "core/custody.hh"
#include "core/feeds.hh"
#include "core/hub_answers.hh"
#include "core/hub_sessions.hh"
#include "core/limits.hh"
#include "core/mutants.hh"
#include "core/rebuilding.hh"

namespace titip {

HubActions HubSessions::pump(const ReadTxn& txn, const Registry& registry, TimeMs now) {
  HubActions actions;
  std::size_t in_flight = 0;
  for (const auto& [route, session] : sessions_) {
    for (const auto& [kind, sender] : session.streams) in_flight += sender.in_flight_bytes();
  }
  const bool gathering = is_rebuilding(txn) && !mutant(Mutant::sends_while_rebuilding);
  for (auto& [route, session] : sessions_) {
    // One budget over all connections; who does not get a turn now is due when others have
    // answered.
    if (in_flight >= limits::in_flight_bytes_max) break;
    if (session.ending_due) tell_to_redial(route, session, actions);
    if (!session.due || session.streams.empty()) continue;
    session.due = false;
    const auto node = find_node(txn, session.node);
    if (!node || node->revoked_at != 0) continue;
    tell_marks_again(route, session, *node, actions);
    for (auto& [kind, sender] : session.streams) {
      // By other names: clang 14 does not capture structured bindings.
      const auto send_from = [&, &from = sender, &to = route](const StreamSource& source) {
        while (auto batch = from.next(source, now)) {
          in_flight += batch->body.size();
          send_to(actions, to, *batch);
        }
      };
      if (kind == StreamKind::hub_journal) {
        send_from(JournalSource(txn));
      } else if (gathering) {
        session.withheld = true;
      } else {
        send_from(FeedSource(txn, registry, *node, session.incarnation));
      }
    }
  }
  return actions;
}

void HubSessions::unsent(const std::string& route) {
  const auto found = sessions_.find(route);
  if (found == sessions_.end()) return;
  for (auto& [kind, sender] : found->second.streams) sender.unsent();
  found->second.due = true;
  found->second.marks_due = true;
  found->second.ending_due = found->second.ends;
}

void HubSessions::appended_own() {
  for (auto& [route, session] : sessions_) session.due = true;
}

void HubSessions::feeds_moved(const std::vector<NodeId>& touched) {
  for (const auto node : touched) {
    for (auto at = route_of_.lower_bound({node, 0});
         at != route_of_.end() && at->first.first == node; ++at) {
      sessions_.at(at->second).due = true;
    }
  }
  // Who receives the journal or the feed of all changes is told of everything.
  for (auto& [route, session] : sessions_) {
    if (session.streams.contains(StreamKind::hub_journal)) session.due = true;
  }
}

void HubSessions::acknowledged(const std::string& route, NodeId node, const AckMessage& ack,
                               TimeMs now, HubActions& actions) {
  const auto found = sessions_.find(route);
  if (found == sessions_.end() || found->second.node != node) return;
  auto& session = found->second;
  const auto stream = session.streams.find(ack.stream.kind);
  if (stream == session.streams.end() || stream->second.stream() != ack.stream) return;
  stream->second.peer_holds(ack.position, now);
  session.due = true;
  // Only a custodian is sent the journal.
  if (ack.stream.kind == StreamKind::hub_journal) {
    hold(session, {route, node, ack.position, ack.hash}, actions);
  }
}

void HubSessions::undecodable(const std::string& route, NodeId node, const RefuseMessage& refuse,
                              HubActions& actions) {
  const auto found = sessions_.find(route);
  if (found == sessions_.end() || found->second.node != node) return;
  auto& session = found->second;
  const auto stream = session.streams.find(refuse.stream.kind);
  if (stream == session.streams.end() || stream->second.stream() != refuse.stream) return;
  // What cannot be read even alone is not sent again in this session.
  if (!stream->second.undecodable(refuse.from, refuse.to)) {
    session.streams.erase(stream);
    actions.notices.push_back({HubNotice::Kind::stream_given_up, node, refuse.to, {}});
  }
  session.due = true;
}

void HubSessions::hold(Session& session, HeldOrder held, HubActions& actions) {
  // Each is a synced commit, and the latest says all that those before it said.
  if (session.holding) {
    session.hold_next = std::move(held);
    return;
  }
  session.holding = true;
  HubOrder order = std::move(held);
  in_flight_bytes_ += weight(order);
  actions.store.push_back(std::move(order));
}

void HubSessions::held(const HeldOrder& order, const HeldMarks& outcome, HubActions& actions) {
  const auto found = sessions_.find(order.route);
  if (found != sessions_.end() && found->second.node == order.node) {
    auto& session = found->second;
    session.holding = false;
    auto next = std::exchange(session.hold_next, std::nullopt);
    if (outcome.forked) {
      session.streams.erase(StreamKind::hub_journal);
    } else if (next) {
      hold(session, std::move(*next), actions);
    }
  }
  if (outcome.forked) {
    actions.notices.push_back({HubNotice::Kind::custodian_differs, order.node, 0, {}});
  }
  tell_marks(outcome.moved, actions);
}

HubActions HubSessions::marks_moved(const std::vector<SafeMark>& marks) {
  HubActions actions;
  tell_marks(marks, actions);
  return actions;
}

void HubSessions::tell_marks(const std::vector<SafeMark>& marks, HubActions& actions) {
  for (const auto& mark : marks) {
    // On prepaid data a mark travels with the next answer, and by itself only once all is safe.
    // One that fell is told at once: a receipt must not stand for what nobody else holds.
    if (mark.safe < mark.have && !mark.fell) continue;
    const auto route = route_of_.find({mark.node, mark.incarnation});
    if (route == route_of_.end()) continue;
    const auto& session = sessions_.at(route->second);
    const auto lane = session.lanes.find(mark.lane);
    if (!session.greeted || lane == session.lanes.end()) continue;
    auto ack = acknowledgement(lane->second.stream(), lane->second.durable(), {}, mark.safe);
    ack.marks_only = true;
    send_to(actions, route->second, ack);
  }
}

// A mark that was not taken answered nothing, so nobody misses it and asks.
void HubSessions::tell_marks_again(const std::string& route, Session& session,
                                   const NodeState& node, HubActions& actions) {
  if (!session.greeted || !std::exchange(session.marks_due, false)) return;
  for (const auto& [lane, receiver] : session.lanes) {
    if (node.find_lane(session.incarnation, lane) == nullptr) continue;
    auto ack = acknowledgement(receiver.stream(), receiver.durable(), {},
                               node.safe_in(session.incarnation, lane));
    ack.marks_only = true;
    send_to(actions, route, ack);
  }
}

}  // namespace titip
