#include "tests/sim/hub.hh"

#include <algorithm>
#include <utility>

#include "core/check.hh"
#include "core/hub_put.hh"
#include "core/mutants.hh"
#include "core/pending.hh"
#include "core/rebuilding.hh"
#include "core/registry.hh"

namespace titip {

namespace {

constexpr int commit_ms_max = 40;
constexpr int unsynced_ms_max = 30'000;
// A hub at rest looks around less often: days pass here in which nothing happens.
constexpr TimeMs pump_ms_min = 5'000;
constexpr TimeMs pump_ms_max = 10 * 60'000;
constexpr TimeMs invitation_ms = TimeMs{365} * 86'400'000;

TimeMs hub_time(const Agenda& agenda) { return world_begins + agenda.now(); }

void put_invitation_of(WriteTxn& txn, const CastMember& member) {
  InvitationState invitation;
  invitation.public_key = member.invitation_key();
  invitation.kind = member.kind;
  invitation.facility = member.facility;
  invitation.name = member.name;
  invitation.area = member.area;
  invitation.scope = member.scope;
  invitation.expires_at = world_begins + invitation_ms;
  put_invitation(txn, invitation);
}

void found(WriteTxn& txn, const std::vector<CastMember>& invited) {
  put_profile(txn, hub_profile());
  for (const auto& member : invited) put_invitation_of(txn, member);
}

}  // namespace

SimHub::Beginning SimHub::founded(const std::vector<CastMember>& cast) {
  return [cast](MemoryStore& store) { store.write([&](WriteTxn& txn) { found(txn, cast); }); };
}

SimHub::Beginning SimHub::copied(MemoryStore::Tables copy) {
  return [copy = std::move(copy)](MemoryStore& store) { store.put_back(copy); };
}

SimHub::Beginning SimHub::restored(MemoryStore::Tables copy) {
  return [copy = std::move(copy)](MemoryStore& store) {
    store.put_back(copy);
    store.write(
        [](WriteTxn& txn) { expect_rebuilding(txn, RebuildReason::restored, world_begins); });
  };
}

SimHub::Beginning SimHub::made_anew(const std::vector<CastMember>& not_enrolled) {
  return [not_enrolled](MemoryStore& store) {
    store.put_back({});
    store.write([&](WriteTxn& txn) {
      found(txn, not_enrolled);
      expect_rebuilding(txn, RebuildReason::made_anew, world_begins);
    });
  };
}

SimHub::SimHub(const Beginning& beginning, Agenda& agenda, Seeded& random, SimNetwork& network,
               Events events)
    : agenda_(agenda), random_(random), network_(network), events_(std::move(events)) {
  beginning(store_);
  store_.watch(Table::records);
}

void SimHub::begin_again(const Beginning& beginning) {
  store_.set_capacity(std::numeric_limits<std::size_t>::max());
  in_flight_ = false;
  all_synced_ = true;
  beginning(store_);
  start();
}

void SimHub::stop() {
  ++life_;
  jobs_.clear();
  in_flight_ = false;
  runs_ = false;
}

void SimHub::invite(const CastMember& member) {
  store_.write([&](WriteTxn& txn) { put_invitation_of(txn, member); });
  sessions_->load_directory(*store_.read());
}

void SimHub::operate(bool proceed) {
  Job job;
  job.operate = true;
  job.proceed = proceed;
  jobs_.push_back(std::move(job));
  commit_next();
}

void SimHub::start() {
  ++life_;
  lose_power();
  runs_ = true;
  jobs_.clear();
  committing_ = false;
  epoch_ = random_.next() | 1;
  ids_.emplace(random_.next());
  sessions_.emplace(
      random_.next(), [](std::string_view) { return std::string(64, 's'); },
      [](std::string_view, std::string_view signature) {
        return signature == std::string(64, 's');
      });
  sessions_->load_directory(*store_.read());
  pump_after_ms_ = pump_ms_min;
  pump_regularly();
}

void SimHub::frame(const std::string& route, const std::string& key, const std::string& bytes) {
  busy_ = true;
  sessions_->set_room(!low_);
  perform(sessions_->frame(route, key, bytes, hub_time(agenda_)));
  pump();
}

void SimHub::put(EventDraft draft, Sight page) {
  Job job;
  job.put = std::move(draft);
  job.sight = std::move(page);
  jobs_.push_back(std::move(job));
  commit_next();
}

void SimHub::fill(bool full) {
  const auto left = random_.chance(400) ? 0u : random_.below(6'000);
  store_.set_capacity(full ? store_.usage().used_bytes + left
                           : std::numeric_limits<std::size_t>::max());
}

void SimHub::perform(HubActions actions) {
  for (auto& order : actions.store) {
    Job job;
    job.order = std::move(order);
    jobs_.push_back(std::move(job));
  }
  for (const auto& send : actions.send) {
    events_.sends(send.route, send.frame);
    if (!network_.send_down(send.route, send.frame)) sessions_->unsent(send.route);
  }
  commit_next();
}

void SimHub::pump() {
  perform(sessions_->pump(*store_.read(), Registry::ilp(), hub_time(agenda_)));
}

void SimHub::pump_regularly() {
  agenda_.after(pump_after_ms_, [this, life = life_] {
    if (life != life_) return;
    pump_after_ms_ = busy_ ? pump_ms_min : std::min(pump_after_ms_ * 2, pump_ms_max);
    busy_ = false;
    pump();
    pump_regularly();
  });
}

// Several that wait share a transaction, as io/writer.cc lets them; if it finds no room, the first
// is tried alone.
void SimHub::commit_next() {
  if (committing_ || jobs_.empty()) return;
  committing_ = true;
  in_flight_ = true;
  agenda_.after(random_.between(1, commit_ms_max), [this, life = life_] {
    if (life != life_) return;
    const auto committed = write_in_flight();
    const bool answers_early = mutant(Mutant::ack_before_sync);
    if (answers_early) {
      sync_some_day();
    } else {
      store_.sync();
    }
    kept(committed);
    // It may die between its commit and its answers.
    agenda_.after(answers_early ? 0 : random_.between(0, commit_ms_max), [this, life, committed] {
      if (life != life_) return;
      if (committed == 0) finish(true);
      for (std::size_t i = 0; i < committed; ++i) finish(false);
      committing_ = false;
      commit_next();
    });
  });
}

// How many jobs it took. Nobody sees them before the sync, as readers of LMDB do not.
std::size_t SimHub::write_in_flight() {
  in_flight_ = false;
  const auto committed = commit(std::min<std::size_t>(jobs_.size(), 1 + random_.below(4)));
  return committed > 0 ? committed : commit(1);
}

void SimHub::kept(std::size_t committed) {
  for (std::size_t i = 0; i < committed; ++i) {
    auto& job = jobs_[i];
    if (job.saved) events_.put(*job.put, *job.saved, job.sight);
  }
  if (committed > 0) events_.committed();
}

// A commit that nobody was told of yet is wholly there afterwards, or not at all.
void SimHub::lose_power() {
  const bool was_in_flight = std::exchange(in_flight_, false);
  if (!std::exchange(all_synced_, true)) {
    store_.power_cut();
    events_.went_back();
  } else if (was_in_flight) {
    const auto committed = write_in_flight();
    if (random_.chance(500)) {
      store_.sync();
      kept(committed);
    } else {
      store_.power_cut();
    }
  }
}

// Only without the rule that answers wait for it.
void SimHub::sync_some_day() {
  if (!std::exchange(all_synced_, false)) return;
  agenda_.after(random_.between(1, unsynced_ms_max), [this, life = life_] {
    if (life != life_) return;
    store_.sync();
    all_synced_ = true;
  });
}

std::size_t SimHub::commit(std::size_t jobs) {
  try {
    store_.commit([&](WriteTxn& txn) {
      for (std::size_t i = 0; i < jobs; ++i) run(txn, jobs_[i]);
    });
  } catch (const StoreFull&) {
    return 0;
  }
  return jobs;
}

void SimHub::run(WriteTxn& txn, Job& job) {
  const HubContext context{Registry::ilp(), epoch_, hub_time(agenda_), hub_profile().facility};
  if (job.order) {
    job.outcome = titip::perform(txn, *job.order, context, hub_profile(), *ids_);
    return;
  }
  if (job.operate) {
    check(confirm(txn, "", context).ok(), "nobody in particular is confirmed");
    if (job.proceed) proceed(txn);
    return;
  }
  const ClockReading clock{hub_time(agenda_), static_cast<UptimeMs>(agenda_.now()), 1};
  const IntakeContext intake{Registry::ilp(),         *ids_, clock,           540,
                             FacilityKind::puskesmas, 0,     context.facility};
  // Who does not say what they saw saw the record as it stands now.
  if (!job.put->version) job.sight = sight_of(txn, {job.put->type->number, job.put->record.id});
  job.saved = save_hub_draft(txn, *job.put, intake, epoch_);
}

void SimHub::finish(bool full) {
  const auto job = std::move(jobs_.front());
  jobs_.pop_front();
  if (job.order) {
    perform(full ? sessions_->not_stored(*job.order)
                 : sessions_->stored(*job.order, *job.outcome, hub_time(agenda_)));
  } else if (!full) {
    if (job.operate) perform(sessions_->resumed(*store_.read()));
    sessions_->appended_own();
  }
  if (!full) pump();
}

}  // namespace titip
