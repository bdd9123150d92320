// A custodian gives its hub back what the hub has lost.

#include "core/asides.hh"
#include "core/hand_back.hh"
#include "core/link_session.hh"
#include "core/mutants.hh"

namespace titip {

void LinkSession::begin_handing_back(const ReadTxn& txn, const WelcomeMessage& message, TimeMs now,
                                     LinkActions& actions) {
  const auto held = meta::held(txn, StreamKind::hub_journal);
  if (receivers_.contains(StreamKind::hub_journal)) {
    return look_after_asides(txn, message, now, actions);
  }
  if (held.position.offset == 0 || !taking_) return;
  // Who was never a custodian holds nothing; who is not confirmed may give nothing.
  if (!message.takes_back || mutant(Mutant::no_hand_back)) return;
  hub_opening_ = message.epochs.empty() ? 0 : message.epochs.front().epoch;
  shared_ = shared_with_hub(txn, message.epochs, message.position);
  const auto lost = held.position.offset - shared_.position.offset;
  handing_back_.emplace(StreamName{StreamKind::hub_journal, Lane::routine, held.position.epoch});
  handing_back_->peer_holds(shared_.position.offset, now);
  actions.notices.push_back({LinkNotice::Kind::handing_back, lost, {}});
  if (lost == 0) end_handing_back(now, actions);
}

// A hub that goes on from what is held here may yet lack what was handed back to a copy of it.
void LinkSession::look_after_asides(const ReadTxn& txn, const WelcomeMessage& message, TimeMs now,
                                    LinkActions& actions) {
  if (asides(txn).empty()) return;
  auto review = review_asides(txn, message.epochs, message.position);
  LinkOrder order;
  order.asides = std::move(review.remain);
  order.holds_again = review.owed;
  actions.store.push_back(std::move(order));
  if (!review.owed) return;
  hang_up(actions);
  redial_.lost(now, true);
}

void LinkSession::pump_hand_back(const ReadTxn& txn, TimeMs now, LinkActions& actions) {
  if (!handing_back_) return;
  const KeptSource source(txn);
  while (auto batch = handing_back_->next(source, now)) {
    actions.send.push_back(encode_frame(*batch));
  }
}

void LinkSession::handed_back(const ReadTxn& txn, const AckMessage& message, TimeMs now,
                              LinkActions& actions) {
  if (state_ != State::online || !handing_back_ || message.stream != handing_back_->stream()) {
    return;
  }
  const auto end = meta::held(txn, StreamKind::hub_journal).position.offset;
  if (message.position > end) return nonsense(now, actions);
  handing_back_->peer_holds(message.position, now);
  if (message.position == end) return end_handing_back(now, actions);
  pump_hand_back(txn, now, actions);
}

// From now on this journal goes on where both histories parted; a new Hello says so.
void LinkSession::end_handing_back(TimeMs now, LinkActions& actions) {
  LinkOrder order;
  order.journal_resumes = shared_;
  order.handed_in = hub_opening_;
  actions.store.push_back(std::move(order));
  actions.notices.push_back({LinkNotice::Kind::handed_back, 0, {}});
  hang_up(actions);
  redial_.lost(now, true);
}

}  // namespace titip
