// What an agent makes of each of the hub's answers.

#include <algorithm>

#include "core/agent_session.hh"
#include "core/corrected_time.hh"
#include "core/limits.hh"

namespace titip {

namespace {

constexpr TimeMs hour_ms = 3'600'000;

}  // namespace

void AgentSession::welcome(const ReadTxn& txn, const WelcomeMessage& message,
                           const Surroundings& around, TimeMs now, AgentActions& actions) {
  if (state_ != State::greeting || !setup_.enrolled || message.nonce != nonce_) return;
  // It cannot hold what was never made here.
  if (!std::all_of(message.have.begin(), message.have.end(),
                   [&](const Head& have) { return journal_agrees(txn, have); })) {
    return nonsense(now, actions);
  }
  state_ = State::online;
  redial_.succeeded();
  clock_offset_ms_ = clock_minus(message.hub_time, around.clock.wall);
  HubAnswer answer;
  answer.at = around.clock.wall;
  answer.acknowledged = message.have;
  answer.quarantined = message.outcomes;
  if (message.position.epoch != 0) answer.position = message.position;
  answer.epochs = message.epochs;
  actions.store.push_back({std::move(answer), {}, {}});
  for (const auto& have : message.have) senders_.at(have.lane).peer_holds(have.seq, now);
  std::uint64_t waiting = 0;
  for (const auto& have : message.have) waiting += journal_head(txn, have.lane).seq - have.seq;
  actions.notices.push_back({AgentNotice::Kind::connected, waiting, {}});
  if (waiting == 0 && backlog_events(txn) > 0) {  // the batch in the Hello was the last
    actions.notices.push_back({AgentNotice::Kind::all_acknowledged, 0, {}});
  }
  pump(txn, now, actions);
}

void AgentSession::acknowledged(const ReadTxn& txn, const AckMessage& message,
                                const Surroundings& around, TimeMs now, AgentActions& actions) {
  if (state_ != State::online || message.stream.kind != StreamKind::agent_journal ||
      message.stream.name != incarnation_) {
    return;
  }
  const Head head{message.stream.lane, message.position, message.hash};
  const auto head_here = journal_head(txn, head.lane);
  auto& sender = senders_.at(head.lane);
  if (!journal_agrees(txn, head)) return nonsense(now, actions);
  const Seq before = sender.acknowledged();
  sender.peer_holds(head.seq, now);
  HubAnswer answer;
  answer.at = around.clock.wall;
  answer.acknowledged = {head};
  answer.quarantined = message.quarantined;
  actions.store.push_back({std::move(answer), {}, {}});
  if (head.seq > before) {
    actions.notices.push_back({AgentNotice::Kind::acknowledged, head.seq - before, {}});
  }
  if (!message.quarantined.empty()) {
    actions.notices.push_back({AgentNotice::Kind::quarantined, message.quarantined.size(),
                               message.quarantined.front().reason});
  }
  pump(txn, now, actions);
  const bool all = std::all_of(senders_.begin(), senders_.end(), [&](const auto& entry) {
    return entry.second.acknowledged() == journal_head(txn, entry.first).seq;
  });
  if (all && head.seq > before) {
    actions.notices.push_back({AgentNotice::Kind::all_acknowledged, head_here.seq, {}});
  }
}

void AgentSession::refused(const RefuseMessage& message, TimeMs now, AgentActions& actions) {
  if (message.reason == RefuseReason::undecodable && state_ == State::online &&
      message.to > message.from) {
    auto& sender = senders_.at(message.stream.lane);
    if (message.stream != sender.stream()) return;
    if (sender.undecodable(message.from, message.to)) return;
    // Not even one event as it is: sending it again at once would never end.
  }
  const Code code = code_of(message.reason);
  TimeMs retry_after = 0;
  hang_up(actions);
  switch (message.reason) {
    case RefuseReason::busy:
      retry_after = std::clamp<TimeMs>(message.retry_after_ms, limits::backoff_ms_min, hour_ms);
      redial_.not_before(now + retry_after, retry_after);
      break;
    case RefuseReason::undecodable: redial_.refused(now); break;
    case RefuseReason::not_enrolled:
    case RefuseReason::revoked:
    case RefuseReason::forked:
    case RefuseReason::incompatible:
      // Nothing here will change until a person acts; asking hourly costs little.
      redial_.not_before(now + hour_ms, hour_ms / 10);
      actions.store.push_back({{}, {}, code});
      break;
  }
  actions.notices.push_back({AgentNotice::Kind::refused,
                             static_cast<std::uint64_t>(std::max<TimeMs>(0, redial_.at() - now)),
                             std::string(code_name(code))});
}

void AgentSession::nonsense(TimeMs now, AgentActions& actions) {
  hang_up(actions);
  redial_.refused(now);
  actions.notices.push_back({AgentNotice::Kind::bad_answer, 0, {}});
}

void AgentSession::enrolled_now(const EnrolledMessage& message, TimeMs now, AgentActions& actions) {
  if (setup_.enrolled || state_ != State::greeting) return;
  hang_up(actions);
  if (!setup_.certificate_holds(message)) {
    redial_.refused(now);
    actions.notices.push_back({AgentNotice::Kind::bad_answer, 0, {}});
    return;
  }
  setup_.enrolled = true;
  enrolling_ = true;
  actions.store.push_back({{}, message, {}});
  actions.notices.push_back({AgentNotice::Kind::enrolled, 0, {}});
  redial_.succeeded();
}

}  // namespace titip
