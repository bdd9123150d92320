// Stores that go back, are doubled or die.

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/nodes.hh"
#include "tests/sim/frontier.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

constexpr int confirm_ms_max = 2 * 3'600'000;

bool is_of_hub(Trouble kind) {
  return kind == Trouble::hub_restored || kind == Trouble::hub_backup ||
         kind == Trouble::hub_twice || kind == Trouble::hub_dead;
}

}  // namespace

// `last`: whatever is still to come comes now.
void SimWorld::disasters_go_on(bool last) {
  for (auto& disaster : disasters_) {
    const auto due = [&](std::uint64_t at) { return last || watch_.events() >= at; };
    if (disaster.over) continue;
    if (!disaster.copy && due(disaster.copy_at) && !take_copy(disaster)) continue;
    if (!disaster.happened && due(disaster.happens_at)) happens(disaster);
    if (disaster.happened && disaster.kind == Trouble::hub_twice && due(disaster.ends_at)) {
      one_hub_stops(disaster);
    }
  }
}

bool SimWorld::disasters_are_over() const {
  return std::ranges::all_of(disasters_, &Disaster::over);
}

// Of a device only once it is enrolled; of the hub once a custodian is, without whom nobody could
// notice what it lost.
bool SimWorld::take_copy(Disaster& disaster) {
  if (is_of_hub(disaster.kind)) {
    for (const auto& dialler : diallers_) {
      if (!dialler->member().is_custodian() || !dialler->certificate()) continue;
      if (!find_node_of_key(*hub().store().read(), dialler->member().device_key())) continue;
      disaster.copy = hub().store().copy();
    }
  } else if (diallers_[disaster.who]->certificate()) {
    disaster.copy = diallers_[disaster.who]->store().copy();
  }
  return disaster.copy.has_value();
}

void SimWorld::happens(Disaster& disaster) {
  if (watch_.disasters() == 0) judge_frontiers(*this);  // afterwards much is in doubt
  disaster.happened = true;
  disaster.over = disaster.kind != Trouble::hub_twice;
  watch_.disaster();
  if (is_of_hub(disaster.kind)) {
    happens_to_the_hub(disaster);
    return count_what_stands();
  }
  auto& dialler = *diallers_[disaster.who];
  const auto name = dialler.member().label();
  if (disaster.kind == Trouble::agent_cloned) {
    tell(name + " is cloned");
    auto member = dialler.member();
    member.copy = "'" + std::to_string(diallers_.size());
    add_dialler(member, &*disaster.copy, disaster.who);
    diallers_.back()->start(true);
    return may_be_far_away(diallers_.size() - 1);
  }
  tell(name + " is put back to an old copy");
  people_.close_pages(name);
  dialler.put_back(*disaster.copy);
  watch_.dialler_is_another(disaster.who);
  may_be_far_away(disaster.who);
  count_what_stands();
}

// It may be far away when that happens, and people go on writing before it dials.
void SimWorld::may_be_far_away(std::size_t dialler) {
  const bool is_far = random_.chance(500);
  const auto hours = random_.between(1, 24);
  if (!is_far || !may_.has(Trouble::reach)) return;
  network_->reach(dialler, false);
  agenda_.after(TimeMs{hours} * 3'600'000, [this, dialler] { network_->reach(dialler, true); });
}

void SimWorld::happens_to_the_hub(Disaster& disaster) {
  if (disaster.kind == Trouble::hub_twice) {
    tell("a copy of the hub is started beside it");
    return add_hub(SimHub::copied(*disaster.copy));
  }
  network_->hub_died(hub_);
  people_.close_pages("hub " + std::to_string(hub_));
  if (disaster.kind == Trouble::hub_dead) {
    tell("the hub's disk is dead; it is made anew with its keys");
    std::vector<CastMember> not_enrolled;
    for (const auto& dialler : diallers_) {
      if (!dialler->certificate()) not_enrolled.push_back(dialler->member());
    }
    hub().begin_again(SimHub::made_anew(not_enrolled));
    agenda_.after(random_.between(1, confirm_ms_max), [this, number = hub_] {
      if (hubs_[number]->runs()) hubs_[number]->operate(false);
    });
  } else if (disaster.kind == Trouble::hub_backup) {
    tell("the hub is restored from a backup");
    hub().begin_again(SimHub::restored(*disaster.copy));
  } else {
    tell("the hub is put back to an old copy");
    hub().begin_again(SimHub::copied(*disaster.copy));
  }
  watch_.hub_is_another(hub_);
}

void SimWorld::one_hub_stops(Disaster& disaster) {
  disaster.over = true;
  const auto other = hubs_.size() - 1;
  const auto stops = disaster.other_stays ? hub_ : other;
  if (disaster.other_stays) hub_ = other;
  tell("one of the two hubs is switched off");
  network_->hub_died(stops);
  hubs_[stops]->stop();
  count_what_stands();
}

// Copies that are still to be put back are media, too.
void SimWorld::count_what_stands() {
  std::set<EventId> standing;
  const auto of_agent = [&](const ReadTxn& txn) {
    for (const auto& [place, id] : ids_of_journal(txn)) standing.insert(id);
  };
  for (const auto& dialler : diallers_) {
    if (dialler->member().is_agent()) of_agent(dialler->read());
    if (dialler->member().is_custodian()) standing.merge(ids_of_custody(dialler->read()));
  }
  for (const auto& hub : hubs_) {
    if (hub->runs()) standing.merge(ids_of_hub(*hub->store().read()));
  }
  for (const auto& disaster : disasters_) {
    if (disaster.happened || !disaster.copy) continue;
    MemoryStore store;
    store.put_back(*disaster.copy);
    if (is_of_hub(disaster.kind)) {
      if (disaster.kind != Trouble::hub_dead) standing.merge(ids_of_hub(*store.read()));
    } else if (diallers_[disaster.who]->member().is_agent()) {
      of_agent(*store.read());
    } else if (diallers_[disaster.who]->member().is_custodian()) {
      standing.merge(ids_of_custody(diallers_[disaster.who]->part_of(store.read())));
    }
  }
  const auto given_up = watch_.ledger().only_these_stand(standing);
  if (given_up > 0) tell("of " + std::to_string(given_up) + " events no copy is left");
}

}  // namespace titip
