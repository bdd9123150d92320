#include "core/link_session.hh"

#include <algorithm>

#include "core/check.hh"
#include "core/hand_back.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/version.hh"

namespace titip {

namespace {

constexpr TimeMs full_ms = 60'000;          // a full disk is not emptied in seconds
constexpr TimeMs ask_again_ms = 3'600'000;  // each time is a handshake on prepaid data

}  // namespace

bool follows_held(const ReadTxn& txn, const Received& received) {
  const auto held = meta::held(txn, received.kind).position.offset;
  return received.kind == StreamKind::hub_journal ? received.from == held : received.from <= held;
}

void apply_link_order(WriteTxn& txn, const LinkOrder& order) {
  if (order.answer) {
    record_hub_answer(txn, *order.answer);
    txn.erase(Table::meta, meta::refused);
  }
  if (order.enrolled) {
    txn.put(Table::meta, meta::certificate, order.enrolled->certificate);
    txn.put(Table::meta, meta::signature, order.enrolled->signature);
    txn.erase(Table::meta, meta::refused);
  }
  if (order.refused) txn.put(Table::meta, meta::refused, code_name(*order.refused));
  if (order.received) {
    meta::put_held(txn, order.received->kind, order.received->held);
    const auto before = meta::get_u64(txn, meta::items_received).value_or(0);
    meta::put_u64(txn, meta::items_received, before + order.received->items.size());
    meta::put_u64(txn, meta::last_sync, static_cast<std::uint64_t>(order.received->at));
  }
  if (order.sends_journal) meta::put_u64(txn, meta::sends_journal, *order.sends_journal ? 1 : 0);
  if (order.hello_nonce) {
    meta::put_session_nonces(txn, {*order.hello_nonce, meta::session_nonces(txn).welcomed});
  }
  if (order.mint) mint(txn, *order.mint);
  if (order.journal_resumes) resume_journal(txn, *order.journal_resumes, order.handed_in);
  if (order.asides) put_asides(txn, *order.asides);
  if (order.holds_again) meta::put_held(txn, StreamKind::hub_journal, *order.holds_again);
  if (order.history_settled) txn.erase(Table::meta, meta::history_lost);
}

LinkSession::LinkSession(Setup setup) : setup_(std::move(setup)), redial_(setup_.seed) {}

std::uint64_t LinkSession::waiting_events(const ReadTxn& txn) const {
  return setup_.sends.empty() ? 0 : backlog_events(txn);
}

LinkActions LinkSession::tick(const ReadTxn& txn, TimeMs now) {
  LinkActions actions;
  if (state_ == State::idle && now >= redial_.at()) {
    state_ = State::dialling;
    redial_.dialled(now);
    actions.dial = true;
    actions.notices.push_back({LinkNotice::Kind::dialling, 0, {}});
  } else if (state_ == State::greeting && now >= answer_due_) {
    hang_up(actions);
    redial_.refused(now);
    actions.notices.push_back({LinkNotice::Kind::stalled, 0, {}});
  } else if (state_ == State::online) {
    const auto stands_still = [&](const Sender& sender) {
      return sender.stalls_at().value_or(now + 1) <= now;
    };
    const bool stalled =
        std::any_of(senders_.begin(), senders_.end(),
                    [&](const auto& entry) { return stands_still(entry.second); }) ||
        (handing_back_ && stands_still(*handing_back_));
    if (stalled) {
      // TCP would go on waiting for up to minutes after the network is back; a new connection does
      // not.
      hang_up(actions);
      redial_.unanswered(now, true);
      actions.notices.push_back({LinkNotice::Kind::stalled, 0, {}});
    } else if (!taking_ && now >= ask_again_at_) {
      hang_up(actions);
      redial_.lost(now, true);
    } else {
      pump(txn, now, actions);
    }
  }
  return finish(now, actions);
}

LinkActions LinkSession::appended(const ReadTxn& txn, TimeMs now) {
  LinkActions actions;
  if (state_ == State::online) {
    pump(txn, now, actions);
  } else if (state_ == State::idle) {
    redial_.now_waiting(now);
  }
  return finish(now, actions);
}

LinkActions LinkSession::connected(const ReadTxn& txn, const Surroundings& around, TimeMs now) {
  LinkActions actions;
  state_ = State::greeting;
  enrolling_ = false;
  if (setup_.enrolled) {
    say_hello(txn, around, now, actions);
  } else {
    EnrolMessage enrol;
    enrol.protocol_min = enrol.protocol_max = limits::protocol_version;
    enrol.device_public_key = setup_.device_public_key;
    enrol.incarnation = current_incarnation(txn);
    enrol.software = software_version;
    enrol.node = meta::get_u64(txn, meta::former_node).value_or(0);
    actions.send.push_back(encode_frame(enrol));
  }
  const auto bytes = static_cast<TimeMs>(actions.send.front().size());
  answer_due_ = now + std::min(limits::answer_ms_max,
                               2 * limits::answer_ms_min + bytes / limits::slowest_bytes_per_ms);
  return finish(now, actions);
}

LinkActions LinkSession::frame(const ReadTxn& txn, std::string_view bytes,
                               const Surroundings& around, TimeMs now) {
  LinkActions actions;
  if (state_ != State::greeting && state_ != State::online) return finish(now, actions);
  const auto frame = decode_frame(bytes);
  if (!frame) {
    nonsense(now, actions);
    return finish(now, actions);
  }
  if (const auto* message = std::get_if<WelcomeMessage>(&*frame)) {
    welcome(txn, *message, around, now, actions);
  } else if (const auto* answer = std::get_if<AckMessage>(&*frame)) {
    acknowledged(txn, *answer, around, now, actions);
  } else if (const auto* refusal = std::get_if<RefuseMessage>(&*frame)) {
    refused(txn, *refusal, around, now, actions);
    if (state_ == State::online) pump(txn, now, actions);
  } else if (const auto* sent = std::get_if<BatchMessage>(&*frame)) {
    batch(*sent, around, now, actions);
  } else if (const auto* enrolment = std::get_if<EnrolledMessage>(&*frame)) {
    enrolled_now(*enrolment, now, actions);
  }
  return finish(now, actions);
}

LinkActions LinkSession::ended(const ReadTxn& txn, LinkEnd end, TimeMs now) {
  LinkActions actions;
  if (state_ == State::idle) return finish(now, actions);
  const bool was_online = state_ == State::online;
  state_ = State::idle;
  forget_session();
  // An invitation is something that waits: the person who joins is standing there. So is what a
  // hub may have for whoever only receives.
  const bool waiting = !setup_.enrolled || setup_.sends.empty() || waiting_events(txn) > 0;
  LinkNotice::Kind kind = LinkNotice::Kind::lost;
  switch (end) {
    case LinkEnd::unanswered:
      redial_.unanswered(now, waiting);
      kind = LinkNotice::Kind::unanswered;
      break;
    case LinkEnd::not_this_hub:
      redial_.refused(now);
      kind = LinkNotice::Kind::not_this_hub;
      break;
    case LinkEnd::lost:
      // A hub that takes the call and never answers is no better than one that does not take it.
      if (was_online) {
        redial_.lost(now, waiting);
      } else {
        redial_.unanswered(now, waiting);
      }
      break;
  }
  actions.notices.push_back(
      {kind, static_cast<std::uint64_t>(std::max<TimeMs>(0, redial_.at() - now)), {}});
  return finish(now, actions);
}

LinkActions LinkSession::not_stored(TimeMs now) {
  LinkActions actions;
  // An enrolment that was not kept: the hub gives the same device the same certificate again.
  if (enrolling_) setup_.enrolled = false;
  hang_up(actions);
  redial_.not_before(now + full_ms, full_ms);
  return finish(now, actions);
}

void LinkSession::pump(const ReadTxn& txn, TimeMs now, LinkActions& actions) {
  std::uint64_t sent = 0;
  for (const auto lane : setup_.sends) {
    auto& sender = senders_.at(lane);
    const LaneSource source(txn, lane);
    while (auto batch = sender.next(source, now)) {
      sent += batch->to - batch->from;
      actions.send.push_back(encode_frame(*batch));
    }
  }
  if (sent > 0) actions.notices.push_back({LinkNotice::Kind::sent, sent, {}});
  pump_hand_back(txn, now, actions);
}

void LinkSession::stop_taking(TimeMs now, LinkActions& actions) {
  taking_ = false;
  ask_again_at_ = now + ask_again_ms;
  receivers_.clear();
  actions.notices.push_back({LinkNotice::Kind::no_room, 0, {}});
}

void LinkSession::forget_session() {
  senders_.clear();
  receivers_.clear();
  handing_back_.reset();
}

void LinkSession::hang_up(LinkActions& actions) {
  state_ = State::idle;
  forget_session();
  actions.close = true;
  actions.send.clear();
}

bool LinkSession::at_rest() const {
  return state_ == State::online && taking_ && !handing_back_ &&
         std::ranges::none_of(senders_, [](const auto& each) { return each.second.waiting(); });
}

LinkActions& LinkSession::finish(TimeMs now, LinkActions& actions) {
  constexpr TimeMs rest_ms = 60'000;
  actions.wake = now + rest_ms;
  switch (state_) {
    case State::idle: actions.wake = std::max(now, redial_.at()); break;
    case State::dialling: break;
    case State::greeting: actions.wake = answer_due_; break;
    case State::online:
      for (const auto& [lane, sender] : senders_) {
        if (const auto stalls = sender.stalls_at()) actions.wake = std::min(actions.wake, *stalls);
      }
      if (handing_back_) {
        actions.wake = std::min(actions.wake, handing_back_->stalls_at().value_or(actions.wake));
      }
      if (!taking_) actions.wake = std::min(actions.wake, ask_again_at_);
      break;
  }
  return actions;
}

}  // namespace titip
