#include "tests/support/replication_world.hh"

#include <algorithm>

#include "core/check.hh"
#include "core/meta.hh"

namespace titip {

namespace {

constexpr TimeMs world_begins = 1'728'951'180'000;  // 2024-10-15T00:13:00Z
constexpr Incarnation incarnation = 0xa9e27;
constexpr TimeMs notice_ms_max = 20'000;  // until a side notices that its link is gone
constexpr TimeMs unanswered_ms = 3'000;

std::string device_key() { return std::string(32, 'd'); }
std::string invitation_key() { return std::string(32, 'i'); }

Certificate hub_profile() {
  Certificate profile;
  profile.kind = FacilityKind::puskesmas;
  profile.facility = "PKM-1";
  profile.name = "Puskesmas Satu";
  return profile;
}

}  // namespace

ReplicationWorld::ReplicationWorld(std::uint64_t seed, Pace pace) : random_(seed), pace_(pace) {
  agent_store_.write([](WriteTxn& txn) { begin_incarnation(txn, incarnation); });
  hub_store_.write([](WriteTxn& txn) {
    InvitationState invitation;
    invitation.public_key = invitation_key();
    invitation.facility = "PSY-1";
    invitation.name = "Posyandu Melati";
    invitation.expires_at = world_begins + 86'400'000;
    put_invitation(txn, invitation);
  });
  begin_hub();
  begin_agent();
}

bool ReplicationWorld::save(Lane lane) {
  ++saved_;
  try {
    agent_store_.write([&](WriteTxn& txn) {
      IntakeContext context{
          Registry::ilp(), agent_ids_, surroundings().clock, 540, FacilityKind::posyandu, 0,
          "PSY-1"};
      check(save_draft(txn, sample_draft(lane, saved_), context).ok(), "a sample is saved");
    });
  } catch (const StoreFull&) {
    return false;
  }
  agent_does(agent_->appended(*agent_store_.read(), now_));
  return true;
}

bool ReplicationWorld::save_opaque(Lane lane, std::string_view bytes) {
  try {
    agent_store_.write([&](WriteTxn& txn) { put_opaque(txn, lane, bytes); });
  } catch (const StoreFull&) {
    return false;
  }
  agent_does(agent_->appended(*agent_store_.read(), now_));
  return true;
}

void ReplicationWorld::network(bool there) {
  network_ = there;
  if (!there) cut();
}

void ReplicationWorld::cut() {
  if (link_up_) tell("the link breaks");
  break_link();
}

void ReplicationWorld::restart_agent() {
  break_link();
  has_socket_ = false;
  tell("the agent restarts");
  begin_agent();
}

void ReplicationWorld::restart_hub() {
  break_link();
  tell("the hub restarts");
  begin_hub();
}

void ReplicationWorld::fill(MemoryStore& store, bool full) {
  store.set_capacity(full ? store.usage().used_bytes : std::numeric_limits<std::size_t>::max());
}

void ReplicationWorld::run(TimeMs ms) {
  const TimeMs until = now_ + ms;
  while (faults_.empty()) {
    const TimeMs due = agenda_.empty() ? until : agenda_.begin()->first.first;
    if (std::min(due, wake_) > until) break;
    if (wake_ < due) {
      now_ = std::max(now_, wake_);
      agent_does(agent_->tick(*agent_store_.read(), now_));
      if (wake_ <= now_) wake_ = now_ + 1;  // a session that wants to be called at once, for ever
      continue;
    }
    if (agenda_.empty()) break;
    now_ = std::max(now_, due);
    const auto what = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    what();
  }
  now_ = until;
}

void ReplicationWorld::begin_agent() {
  ++agent_life_;
  pending_.clear();
  storing_ = false;
  LinkSession::Setup setup;
  setup.enrolled = agent_store_.read()->get(Table::meta, meta::certificate).has_value();
  setup.device_public_key = device_key();
  setup.seed = random_.next();
  setup.certificate_holds = [](const EnrolledMessage& message) {
    return decode_certificate(message.certificate).has_value();
  };
  agent_.emplace(std::move(setup));
  wake_ = now_;
}

void ReplicationWorld::begin_hub() {
  ++hub_life_;
  orders_.clear();
  committing_ = false;
  epoch_ = random_.next() | 1;
  hub_.emplace(random_.next(), [](std::string_view) { return std::string(64, 's'); });
  hub_->load_directory(*hub_store_.read());
}

void ReplicationWorld::agent_does(LinkActions actions) {
  wake_ = actions.wake;
  pending_.push_back({std::move(actions), link_});
  agent_goes_on();
}

void ReplicationWorld::agent_goes_on() {
  while (!storing_ && !pending_.empty()) {
    if (!pending_.front().actions.store.empty()) return agent_stores();
    agent_finishes_front();
  }
}

void ReplicationWorld::agent_stores() {
  storing_ = true;
  at(now_ + delay(pace_.commit_ms_max), [this, life = agent_life_] {
    if (life != agent_life_) return;
    auto& front = pending_.front();
    storing_ = false;
    try {
      agent_store_.write([&](WriteTxn& txn) {
        for (const auto& order : front.actions.store) apply_link_order(txn, order);
      });
      front.actions.store.clear();
      check_acknowledged();
    } catch (const StoreFull&) {
      front.actions = {};
      agent_does(agent_->not_stored(now_));
    }
    agent_goes_on();
  });
}

void ReplicationWorld::agent_finishes_front() {
  const auto front = std::move(pending_.front());
  pending_.pop_front();
  if (has_socket_ && front.link == link_) {
    for (const auto& frame : front.actions.send) to_hub(frame);
    if (front.actions.close) {
      has_socket_ = false;
      tell("the agent hangs up");
      break_link();
    }
  }
  if (front.actions.dial) dial();
}

void ReplicationWorld::dial() {
  ++link_;
  has_socket_ = true;
  link_key_ = agent_->enrolled() ? device_key() : invitation_key();
  if (!network_) {
    at(now_ + unanswered_ms, [this, number = link_] {
      if (number != link_ || !has_socket_) return;
      has_socket_ = false;
      agent_does(agent_->ended(*agent_store_.read(), LinkEnd::unanswered, now_));
    });
    return;
  }
  tell("the agent dials");
  to_hub_at_ = to_agent_at_ = now_;
  link_up_ = true;
  at(now_ + delay(pace_.frame_ms_max), [this, number = link_] {
    if (number != link_ || !link_up_) return;
    agent_does(agent_->connected(*agent_store_.read(), surroundings(), now_));
  });
}

void ReplicationWorld::to_hub(std::string frame) {
  tell("agent → hub  " + describe_frame(frame));
  if (!link_up_) return;
  const auto arrive = [this, number = link_, frame = std::move(frame)] {
    if (number != link_ || !link_up_) return;
    hub_does(hub_->frame(std::to_string(number), link_key_, frame, world_begins + now_));
  };
  to_hub_at_ = std::max(to_hub_at_, now_) + delay(pace_.frame_ms_max);
  at(to_hub_at_, arrive);
  if (std::exchange(duplicate_next_, false)) at(++to_hub_at_, arrive);
}

void ReplicationWorld::to_agent(const std::string& frame) {
  tell("hub → agent  " + describe_frame(frame));
  to_agent_at_ = std::max(to_agent_at_, now_) + delay(pace_.frame_ms_max);
  at(to_agent_at_, [this, number = link_, frame] {
    if (number != link_ || !link_up_ || !has_socket_) return;
    agent_does(agent_->frame(*agent_store_.read(), frame, surroundings(), now_));
  });
}

void ReplicationWorld::break_link() {
  if (!link_up_) return;
  link_up_ = false;
  at(now_ + delay(notice_ms_max), [this, number = link_, life = hub_life_] {
    if (life == hub_life_) hub_->left(std::to_string(number));
  });
  at(now_ + delay(notice_ms_max), [this, number = link_, life = agent_life_] {
    if (number != link_ || !has_socket_ || life != agent_life_) return;
    has_socket_ = false;
    agent_does(agent_->ended(*agent_store_.read(), LinkEnd::lost, now_));
  });
}

void ReplicationWorld::hub_does(HubActions actions) {
  for (auto& order : actions.store) orders_.push_back(std::move(order));
  for (const auto& send : actions.send) {
    check_honest(send.frame);
    if (link_up_ && send.route == std::to_string(link_)) to_agent(send.frame);
  }
  hub_commits();
}

void ReplicationWorld::hub_commits() {
  if (committing_ || orders_.empty()) return;
  committing_ = true;
  at(now_ + delay(pace_.commit_ms_max), [this, life = hub_life_] {
    if (life != hub_life_) return;
    std::optional<HubOutcome> outcome;
    try {
      hub_store_.write([&](WriteTxn& txn) {
        const HubContext context{Registry::ilp(), epoch_, world_begins + now_, "PKM-1"};
        outcome = perform(txn, orders_.front(), context, hub_profile(), hub_ids_);
      });
    } catch (const StoreFull&) {
      outcome.reset();
    }
    // A hub may die between its commit and its answer.
    at(now_ + delay(pace_.commit_ms_max), [this, life, outcome = std::move(outcome)] {
      if (life != hub_life_) return;
      const auto order = std::move(orders_.front());
      orders_.pop_front();
      committing_ = false;
      hub_does(outcome ? hub_->stored(order, *outcome, world_begins + now_)
                       : hub_->not_stored(order));
    });
  });
}

Surroundings ReplicationWorld::surroundings() {
  constexpr TimeMs clock_error = -3'600'000;
  Surroundings around;
  around.clock = {world_begins + now_ + clock_error, static_cast<UptimeMs>(now_),
                  static_cast<std::uint32_t>(agent_life_)};
  around.fresh_nonce = random_.next() | 1;
  return around;
}

}  // namespace titip
