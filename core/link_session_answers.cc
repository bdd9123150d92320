// What the side that dials makes of each of the hub's answers.

#include <algorithm>

#include "core/corrected_time.hh"
#include "core/epochs.hh"
#include "core/limits.hh"
#include "core/link_session.hh"
#include "core/lost_history.hh"
#include "core/mutants.hh"
#include "core/record_state.hh"

namespace titip {

namespace {

constexpr TimeMs hour_ms = 3'600'000;

// Marks of what was never made here are none: a receipt must not run ahead of the truth.
std::vector<Head> believable(const ReadTxn& txn, std::vector<Head> marks) {
  std::erase_if(marks,
                [&](const Head& mark) { return mark.seq > journal_head(txn, mark.lane).seq; });
  return marks;
}

}  // namespace

void LinkSession::welcome(const ReadTxn& txn, const WelcomeMessage& message,
                          const Surroundings& around, TimeMs now, LinkActions& actions) {
  if (state_ != State::greeting || !setup_.enrolled || message.nonce != nonce_) return;
  // It cannot hold what was never made here.
  if (!std::all_of(message.have.begin(), message.have.end(), [&](const Head& have) {
        return senders_.contains(have.lane) && have.seq <= journal_head(txn, have.lane).seq;
      })) {
    return nonsense(now, actions);
  }
  if (holds_other_history(txn, message)) return go_on_under_new_name(true, around, now, actions);
  state_ = State::online;
  redial_.succeeded();
  clock_offset_ms_ = clock_minus(message.hub_time, around.clock.wall);
  HubAnswer answer;
  answer.at = around.clock.wall;
  answer.acknowledged = message.have;
  answer.stands_now = true;
  answer.welcomed = nonce_;
  if (!setup_.sends.empty()) {
    answer.quarantined = message.outcomes;
    answer.safe = believable(txn, message.safe);
    answer.backed_up = believable(txn, message.backed_up);
  }
  if (message.position.epoch != 0) answer.position = message.position;
  answer.epochs = message.epochs;
  actions.store.push_back({std::move(answer), {}, {}, {}});
  show_certificate_ = false;
  begin_receiving(txn, message, actions);
  ask_about_lost_history(txn, message, actions);
  begin_handing_back(txn, message, now, actions);
  if (state_ != State::online) return;  // there was nothing to hand back: it dials anew
  for (const auto& have : message.have) senders_.at(have.lane).peer_holds(have.seq, now);
  std::uint64_t waiting = 0;
  for (const auto& have : message.have) waiting += journal_head(txn, have.lane).seq - have.seq;
  actions.notices.push_back({LinkNotice::Kind::connected, waiting, {}});
  if (waiting == 0 && waiting_events(txn) > 0) {  // the batch in the Hello was the last
    actions.notices.push_back({LinkNotice::Kind::all_acknowledged, 0, {}});
  }
  pump(txn, now, actions);
}

void LinkSession::acknowledged(const ReadTxn& txn, const AckMessage& message,
                               const Surroundings& around, TimeMs now, LinkActions& actions) {
  if (message.stream.kind == StreamKind::hub_journal) {
    return handed_back(txn, message, now, actions);
  }
  if (state_ != State::online || message.stream.kind != StreamKind::agent_journal ||
      message.stream.name != incarnation_ || !senders_.contains(message.stream.lane)) {
    return;
  }
  HubAnswer answer;
  answer.at = around.clock.wall;
  answer.safe = believable(txn, {{message.stream.lane, message.safe, {}}});
  if (message.marks_only) {
    answer.stands_now = true;
    actions.store.push_back({std::move(answer), {}, {}, {}});
    return;
  }
  const Head head{message.stream.lane, message.position, message.hash};
  const auto head_here = journal_head(txn, head.lane);
  auto& sender = senders_.at(head.lane);
  if (!journal_agrees(txn, head)) return nonsense(now, actions);
  const Seq before = sender.acknowledged();
  sender.peer_holds(head.seq, now);
  answer.acknowledged = {head};
  answer.quarantined = message.quarantined;
  actions.store.push_back({std::move(answer), {}, {}, {}});
  if (head.seq > before) {
    actions.notices.push_back({LinkNotice::Kind::acknowledged, head.seq - before, {}});
  }
  if (!message.quarantined.empty()) {
    actions.notices.push_back({LinkNotice::Kind::quarantined, message.quarantined.size(),
                               message.quarantined.front().reason});
  }
  pump(txn, now, actions);
  const bool all = std::all_of(senders_.begin(), senders_.end(), [&](const auto& entry) {
    return entry.second.acknowledged() == journal_head(txn, entry.first).seq;
  });
  if (all && head.seq > before) {
    actions.notices.push_back({LinkNotice::Kind::all_acknowledged, head_here.seq, {}});
  }
}

void LinkSession::begin_receiving(const ReadTxn& txn, const WelcomeMessage& message,
                                  LinkActions& actions) {
  if (!taking_) return;
  for (const auto kind : setup_.receives) {
    const auto held = meta::held(txn, kind);
    const auto sent =
        std::ranges::find(message.sends, kind, [](const Held& each) { return each.stream.kind; });
    const bool offered = sent != message.sends.end();
    // Kept with the answer that said so.
    if (kind == StreamKind::hub_journal) actions.store.back().sends_journal = offered;
    if (!offered) continue;
    // A custodian keeps the journal as it is told; a hub that lost some of it sends it only once it
    // has that back. A feed may begin anew.
    if (kind == StreamKind::hub_journal && sent->position.offset != held.position.offset) continue;
    receivers_.emplace(kind,
                       Receiver(sent->stream, {Lane::routine, sent->position.offset, sent->hash}));
  }
}

void LinkSession::batch(const BatchMessage& message, const Surroundings& around, TimeMs now,
                        LinkActions& actions) {
  if (state_ != State::online) return;
  const auto found = receivers_.find(message.stream.kind);
  if (found == receivers_.end() || message.stream != found->second.stream()) return;
  if (!around.room) return stop_taking(now, actions);
  auto& receiver = found->second;
  auto decision = receiver.take(message);
  switch (decision.verdict) {
    case Receiver::Verdict::store: {
      const auto& head = receiver.expected();
      actions.notices.push_back({LinkNotice::Kind::received, decision.events.size(), {}});
      actions.store.push_back({{},
                               {},
                               {},
                               Received{message.stream.kind,
                                        decision.from,
                                        {{message.stream.name, head.seq}, head.hash},
                                        std::move(decision.events),
                                        std::move(decision.hashes),
                                        around.clock.wall}});
      break;
    }
    case Receiver::Verdict::held:
    case Receiver::Verdict::gap: break;
    case Receiver::Verdict::fork: return nonsense(now, actions);
    case Receiver::Verdict::undecodable: {
      RefuseMessage refuse;
      refuse.reason = RefuseReason::undecodable;
      refuse.stream = message.stream;
      refuse.from = message.from;
      refuse.to = message.to;
      actions.send.push_back(encode_frame(refuse));
      return;
    }
  }
  // Sent only once everything that was handed on before is durable, so it may name it all.
  AckMessage ack;
  ack.stream = message.stream;
  ack.position = receiver.expected().seq;
  ack.hash = receiver.expected().hash;
  actions.send.push_back(encode_frame(ack));
}

void LinkSession::refused(const ReadTxn& txn, const RefuseMessage& message,
                          const Surroundings& around, TimeMs now, LinkActions& actions) {
  if (message.reason == RefuseReason::undecodable && state_ == State::online &&
      message.to > message.from) {
    const bool back = message.stream.kind == StreamKind::hub_journal && handing_back_;
    const auto found = senders_.find(message.stream.lane);
    if (!back && found == senders_.end()) return;
    auto& sender = back ? *handing_back_ : found->second;
    if (message.stream != sender.stream() || sender.undecodable(message.from, message.to)) return;
    // Not even one event as it is: sending it again at once would never end.
  }
  // It was restored or cloned: another copy of it has written on.
  if (message.reason == RefuseReason::forked && around.fresh_incarnation != 0 && setup_.enrolled) {
    const bool claims_nothing = !life_is_welcomed(txn) && lives(txn).front().orphan;
    go_on_under_new_name(!life_is_welcomed(txn), around, now, actions);
    // The copy was made before this name was welcomed, or a name that is fresh and claims nothing
    // is refused for another reason.
    if (claims_nothing) redial_.not_before(now + hour_ms, hour_ms / 10);
    return;
  }
  if (message.reason == RefuseReason::not_enrolled && setup_.enrolled && !show_certificate_) {
    // A hub that lost its directory takes whom it once gave a certificate.
    show_certificate_ = true;
    hang_up(actions);
    return redial_.lost(now, true);
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
      actions.store.push_back({{}, {}, code, {}});
      break;
  }
  actions.notices.push_back({LinkNotice::Kind::refused,
                             static_cast<std::uint64_t>(std::max<TimeMs>(0, redial_.at() - now)),
                             std::string(code_name(code))});
}

void LinkSession::go_on_under_new_name(bool whole, const Surroundings& around, TimeMs now,
                                       LinkActions& actions) {
  hang_up(actions);
  actions.store.clear();
  LinkOrder order;
  order.mint = MintOrder{around.fresh_incarnation, whole, !setup_.sends.empty()};
  actions.store.push_back(std::move(order));
  actions.notices.push_back({LinkNotice::Kind::minted, 0, {}});
  redial_.lost(now, true);
}

// Whether the hub holds another history of a lane, or less of it than is left here to send.
bool LinkSession::holds_other_history(const ReadTxn& txn, const WelcomeMessage& message) const {
  return std::ranges::any_of(message.have, [&](const Head& have) {
    const auto here = LaneSource(txn, have.lane).hash_at(have.seq);
    return !here || *here != have.hash;  // nothing here: it was let go of, and the hub lost it
  });
}

void LinkSession::ask_about_lost_history(const ReadTxn& txn, const WelcomeMessage& message,
                                         LinkActions& actions) {
  if (mutant(Mutant::no_asking)) return;
  const auto& end = message.position;
  if (end.epoch == 0 || message.rebuilding || !taking_) return;
  const LineHistory history(txn, message.epochs);
  if (!is_history_lost(txn, history, end) && !meta::get_u64(txn, meta::history_lost)) return;
  const auto lost = records_of_lost_history(txn, history, end);
  actions.notices.push_back({LinkNotice::Kind::hub_rolled_back, lost.size(), {}});
  if (lost.empty()) {
    LinkOrder order;
    order.history_settled = true;
    return actions.store.push_back(std::move(order));
  }
  for (std::size_t at = 0; at < lost.size(); at += limits::asked_per_frame_max) {
    const auto to = std::min(lost.size(), at + limits::asked_per_frame_max);
    actions.send.push_back(
        encode_frame(AskMessage{{lost.begin() + static_cast<std::ptrdiff_t>(at),
                                 lost.begin() + static_cast<std::ptrdiff_t>(to)}}));
  }
}

void LinkSession::nonsense(TimeMs now, LinkActions& actions) {
  hang_up(actions);
  redial_.refused(now);
  actions.notices.push_back({LinkNotice::Kind::bad_answer, 0, {}});
}

void LinkSession::enrolled_now(const EnrolledMessage& message, TimeMs now, LinkActions& actions) {
  if (setup_.enrolled || state_ != State::greeting) return;
  hang_up(actions);
  if (!setup_.certificate_holds(message)) {
    redial_.refused(now);
    actions.notices.push_back({LinkNotice::Kind::bad_answer, 0, {}});
    return;
  }
  setup_.enrolled = true;
  enrolling_ = true;
  actions.store.push_back({{}, message, {}, {}});
  actions.notices.push_back({LinkNotice::Kind::enrolled, 0, {}});
  redial_.succeeded();
}

}  // namespace titip
