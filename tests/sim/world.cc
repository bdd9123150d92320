#include "tests/sim/world.hh"

#include "core/agent_journal.hh"
#include "core/feeds.hh"
#include "core/meta.hh"
#include "core/nodes.hh"
#include "tests/support/replication_world.hh"

namespace titip {

namespace {

constexpr TimeMs minute_ms = 60'000;
constexpr TimeMs hour_ms = 60 * minute_ms;
constexpr int settle_rounds_max = 36 * 60;  // of a minute; a standing refusal is asked again hourly

}  // namespace

SimWorld::SimWorld(std::uint64_t seed, Tell tell)
    : random_(seed),
      tell_(std::move(tell)),
      people_(random_),
      hub_(std::make_unique<SimHub>(
          cast_of(seed), agenda_, random_,
          SimHub::Events{[this] { watch_.hub_committed(); },
                         [this](const EventDraft& draft, const Result<Saved>& saved) {
                           if (saved) this->tell("the hub saves a " + draft.type->name);
                           watch_.hub_put(saved);
                         },
                         [this](const std::string& route, const std::string& frame) {
                           const auto to = network_->dialler_of(route);
                           this->tell("hub → " + watch_.cast()[to].name + "  " +
                                      describe_frame(frame));
                           watch_.hub_sends(to, frame);
                         }})),
      watch_(cast_of(seed), hub_->store()) {
  SimNetwork::Events events;
  events.admits = [this](const std::string& key) { return hub_->admits(key); };
  events.to_hub = [this](const std::string& route, const std::string& key,
                         const std::string& frame) {
    this->tell(watch_.cast()[network_->dialler_of(route)].name + " → hub  " +
               describe_frame(frame));
    hub_->frame(route, key, frame);
  };
  events.left = [this](const std::string& route) { hub_->left(route); };
  events.connected = [this](std::size_t i, std::uint64_t socket) {
    diallers_[i]->connected(socket);
  };
  events.to_dialler = [this](std::size_t i, std::uint64_t socket, const std::string& frame) {
    diallers_[i]->frame(socket, frame);
  };
  events.ended = [this](std::size_t i, std::uint64_t socket, LinkEnd end) {
    diallers_[i]->ended(socket, end);
  };
  const auto& cast = watch_.cast();
  network_ = std::make_unique<SimNetwork>(agenda_, random_, cast.size(), std::move(events));
  hub_->join(*network_);
  for (std::size_t i = 0; i < cast.size(); ++i) {
    diallers_.push_back(std::make_unique<SimDialler>(
        i, cast[i], agenda_, random_, *network_, [this, i](const std::vector<LinkOrder>& orders) {
          watch_.committed(*diallers_[i], orders);
        }));
  }
  hub_->start();
}

void SimWorld::tell(const std::string& line) const {
  if (tell_) tell_(std::to_string(agenda_.now()) + "  " + line);
}

void SimWorld::live(std::uint64_t events) {
  // A few join at once, the others as time goes by; the last when much has been saved already.
  for (std::size_t i = 0; i < diallers_.size(); ++i) {
    const bool at_once = i == 0 || random_.chance(400);
    agenda_.after(at_once ? 1 : random_.between(1, 3'600'000), [this, i] {
      if (!diallers_[i]->started()) diallers_[i]->start(true);
    });
  }
  agenda_.run(2);
  std::uint64_t steps = 0;
  while (watch_.events() < events && ++steps < events * 20 && watch_.faults().empty()) {
    pass_time();
    if (random_.chance(700)) somebody_saves();
    if (random_.chance(250)) something_happens();
  }
}

void SimWorld::pass_time() {
  const int kind = random_.between(0, 999);
  if (kind < 600) return agenda_.run(random_.between(1, 800));
  if (kind < 850) return agenda_.run(random_.between(1'000, 30'000));
  if (kind < 970) return agenda_.run(random_.between(30'000, 600'000));
  if (kind < 997) return agenda_.run(random_.between(600'000, 2 * 3'600'000));
  agenda_.run(random_.between(1, 3) * 24 * hour_ms);
}

void SimWorld::somebody_saves() {
  const auto who = random_.below(diallers_.size() + 1);
  if (who < diallers_.size()) {
    auto& dialler = *diallers_[who];
    if (dialler.member().is_agent() && dialler.started()) agent_saves(dialler);
    return;
  }
  const auto txn = hub_->store().read();
  hub_->put(people_.next(*txn, {"hub", hub_profile().facility, [](Lane) { return Seq{0}; }}));
}

void SimWorld::agent_saves(SimDialler& agent) {
  if (random_.chance(10)) {
    const auto lane = random_.chance(500) ? Lane::urgent : Lane::routine;
    tell(agent.member().name + " saves bytes that are no event");
    const auto bytes = std::string(static_cast<std::size_t>(random_.between(1, 300)), 'x');
    if (agent.save_opaque(lane, bytes)) watch_.saved(agent, lane, true);
    return;
  }
  const auto draft = [&] {
    const auto txn = agent.read();
    return people_.next(txn, {agent.member().name, agent.member().facility,
                              [&](Lane lane) { return journal_head(txn, lane).seq; }});
  }();
  const auto saved = agent.save(draft);
  if (!saved) return tell(agent.member().name + " is full");
  if (!saved->ok()) return;
  tell(agent.member().name + " saves a " + draft.type->name + " " +
       std::to_string((*saved)->record.id));
  watch_.saved(agent, draft.type->lane, draft.version.has_value());
}

void SimWorld::something_happens() {
  const auto what = random_.below(diallers_.size() + 1);
  if (what == diallers_.size()) return something_happens_to_the_hub();
  if (diallers_[what]->started()) something_happens_to(*diallers_[what]);
}

void SimWorld::something_happens_to(SimDialler& dialler) {
  const auto& name = dialler.member().name;
  switch (random_.between(0, 5)) {
    case 0:
    case 1: tell("the link of " + name + " is cut"); return network_->cut(dialler.index());
    case 2:
      tell(name + " is out of reach");
      network_->reach(dialler.index(), false);
      return agenda_.after(
          random_.chance(700) ? random_.between(1'000, 600'000) : random_.between(1, 72) * hour_ms,
          [this, i = dialler.index()] { network_->reach(i, true); });
    case 3: tell(name + " starts again"); return dialler.start(random_.chance(500));
    case 4:
      tell("the disk of " + name + " is full");
      return fill_for_a_while([&dialler](bool full) { dialler.fill(full); });
    default:
      tell("the clock of " + name + " is set");
      return dialler.step_clock(random_.between(-7'200'000, 7'200'000));
  }
}

void SimWorld::something_happens_to_the_hub() {
  switch (random_.between(0, 3)) {
    case 0:
      tell("the hub's disk is full");
      return fill_for_a_while([this](bool full) { hub_->fill(full); });
    case 1:
      tell("the hub is low on room");
      return fill_for_a_while([this](bool low) { hub_->low(low); });
    default:
      tell("the hub starts again");
      network_->hub_died();
      return hub_->start();
  }
}

void SimWorld::fill_for_a_while(std::function<void(bool full)> fill) {
  fill(true);
  agenda_.after(random_.between(1'000, 300'000), [fill = std::move(fill)] { fill(false); });
}

bool SimWorld::settle() {
  tell("nothing goes wrong any more");
  hub_->fill(false);
  hub_->low(false);
  for (auto& dialler : diallers_) {
    dialler->fill(false);
    network_->reach(dialler->index(), true);
    if (!dialler->started()) dialler->start(true);
  }
  for (int round = 0; round < settle_rounds_max; ++round) {
    agenda_.run(minute_ms);
    if (settled()) return true;
  }
  return false;
}

bool SimWorld::settled() {
  for (auto& dialler : diallers_) {
    if (!settled(*dialler)) return false;
  }
  return watch_.custody_offset() == watch_.hub_offset();
}

// Whether it knows that the hub and a custodian hold all of its own, and holds its whole feed.
bool SimWorld::settled(SimDialler& dialler) {
  if (!dialler.online()) return false;
  const auto txn = dialler.read();
  const auto& member = dialler.member();
  if (member.is_agent()) {
    for (const auto lane : all_lanes) {
      const auto head = journal_head(txn, lane).seq;
      if (meta::acknowledged(txn, lane).seq == head && meta::safe(txn, lane) == head) continue;
      tell(member.name + " has no receipt for " + std::to_string(head) + ", only for " +
           std::to_string(meta::acknowledged(txn, lane).seq) + " and " +
           std::to_string(meta::safe(txn, lane)));
      return false;
    }
  }
  const auto hub = hub_->store().read();
  const auto node = find_node_of_key(*hub, member.device_key());
  if (!node) return false;
  Key from;
  if (member.is_custodian()) {
    from.u8('a');
  } else {
    from.u8('n').u64(*node);
  }
  const std::string prefix{std::string_view(from)};
  std::uint64_t last = 0;
  hub->scan_back(Table::feeds, Key().bytes(prefix).u64(~std::uint64_t{0}), [&](const Entry& entry) {
    if (entry.key.starts_with(prefix)) last = key_u64(entry.key, prefix.size());
    return false;
  });
  return meta::held(txn, StreamKind::hub_changes).position.offset >= last;
}

}  // namespace titip
