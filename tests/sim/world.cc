#include "tests/sim/world.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/capnp_bytes.hh"
#include "core/changes.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "schema/event.capnp.h"
#include "tests/support/replication_world.hh"

namespace titip {

namespace {

constexpr TimeMs hour_ms = 60 * 60'000;

// The first, or which copy of it.
std::string hub_name(std::size_t number) {
  return number == 0 ? "hub" : "hub'" + std::to_string(number);
}

std::string described_changes(const std::string& body) {
  std::string text = " of changes";
  const auto items = decode_batch(body);
  if (!items) return text;
  for (const auto& item : *items) {
    const auto change = decode_change(item.bytes);
    if (!change) continue;
    const auto* type = Registry::ilp().find(change->record.type);
    text += "\n    " + std::to_string(change->position) + (change->forget ? " forget " : " ") +
            (type == nullptr ? "unknown" : type->name) + " " + std::to_string(change->record.id) +
            ", included " + std::to_string(change->included);
  }
  return text;
}

// With the lives of journals, which tell a device from what it was restored or copied from.
std::string described(const std::string& bytes) {
  auto text = describe_frame(bytes);
  const auto frame = decode_frame(bytes);
  const auto name = [](Incarnation incarnation) { return std::to_string(incarnation % 10'000); };
  if (!frame) return text;
  if (const auto* hello = std::get_if<HelloMessage>(&*frame)) {
    text += "; as " + name(hello->incarnation);
    if (hello->parent_incarnation != 0) text += " from " + name(hello->parent_incarnation);
    for (const auto& branch : hello->branches) text += " after " + std::to_string(branch.seq);
    if (hello->proof) text += "; with proof";
  } else if (const auto* batch = std::get_if<BatchMessage>(&*frame)) {
    switch (batch->stream.kind) {
      case StreamKind::agent_journal: text += " of " + name(batch->stream.name); break;
      case StreamKind::hub_journal: text += " of the journal"; break;
      case StreamKind::hub_changes: text += described_changes(batch->body); break;
    }
  } else if (const auto* ack = std::get_if<AckMessage>(&*frame)) {
    if (ack->safe != 0) text += ", safe " + std::to_string(ack->safe);
    if (ack->marks_only) text += "; only the mark";
  } else if (const auto* welcome = std::get_if<WelcomeMessage>(&*frame)) {
    if (welcome->rebuilding) text += "; rebuilding";
    if (welcome->takes_back) text += "; takes back";
  }
  return text;
}

}  // namespace

SimWorld::SimWorld(std::uint64_t seed, Troubles may, Tell tell)
    : random_(seed),
      seed_(seed),
      may_(may),
      tell_(std::move(tell)),
      people_(random_),
      watch_(cast_of(seed)) {
  const auto cast = cast_of(seed);
  network_ = std::make_unique<SimNetwork>(agenda_, random_, cast.size(), network_events());
  add_hub(SimHub::founded(cast));
  for (const auto& member : cast) add_dialler(member, nullptr, 0);
}

SimNetwork::Events SimWorld::network_events() {
  SimNetwork::Events events;
  events.hub_of = [this](std::size_t) { return any_running_hub(); };
  events.runs = [this](std::size_t hub) { return hubs_[hub]->runs(); };
  events.admits = [this](std::size_t hub, const std::string& key) {
    return hubs_[hub]->admits(key);
  };
  events.to_hub = [this](const std::string& route, const std::string& key,
                         const std::string& frame) {
    if (tell_) {
      this->tell(diallers_[network_->dialler_of(route)]->member().label() + " → " +
                 hub_name(network_->hub_of(route)) + "  " + described(frame));
    }
    watch_.hub_hears(network_->dialler_of(route));
    hubs_[network_->hub_of(route)]->frame(route, key, frame);
  };
  events.left = [this](const std::string& route) {
    auto& hub = *hubs_[network_->hub_of(route)];
    if (hub.runs()) hub.left(route);
  };
  events.connected = [this](std::size_t i, std::uint64_t socket) {
    diallers_[i]->connected(socket);
  };
  events.to_dialler = [this](std::size_t i, std::uint64_t socket, const std::string& frame) {
    diallers_[i]->frame(socket, frame);
  };
  events.ended = [this](std::size_t i, std::uint64_t socket, LinkEnd end) {
    diallers_[i]->ended(socket, end);
  };
  return events;
}

void SimWorld::add_hub(const SimHub::Beginning& beginning) {
  const auto number = hubs_.size();
  SimHub::Events events;
  events.committed = [this, number] { watch_.hub_committed(number); };
  events.went_back = [this, number] { watch_.hub_is_another(number); };
  events.put = [this, number](const EventDraft& draft, const Result<Saved>& saved,
                              const Sight& sight) {
    if (saved) this->tell(hub_name(number) + " saves a " + draft.type->name);
    watch_.hub_put(number, saved, sight);
  };
  events.sends = [this, number](const std::string& route, const std::string& frame) {
    const auto to = network_->dialler_of(route);
    if (tell_) {
      this->tell(hub_name(number) + " → " + watch_.cast()[to].label() + "  " + described(frame));
    }
    watch_.hub_sends(number, to, frame);
  };
  hubs_.push_back(
      std::make_unique<SimHub>(beginning, agenda_, random_, *network_, std::move(events)));
  watch_.add_hub(hubs_.back()->store());
  watch_.hub_is_another(number);
  hubs_.back()->start();
}

// `copy`: of the store of the dialler `of`.
void SimWorld::add_dialler(const CastMember& member, const MemoryStore::Tables* copy,
                           std::size_t of) {
  const auto index = diallers_.size();
  diallers_.push_back(std::make_unique<SimDialler>(
      index, member, SimDialler::Around{agenda_, random_, *network_, may_.has(Trouble::clocks)},
      [this, index](const std::vector<LinkOrder>& orders) {
        watch_.committed(*diallers_[index], orders);
      },
      copy));
  if (copy == nullptr) return watch_.add_dialler(*diallers_.back());
  network_->add_dialler();
  watch_.add_clone(*diallers_.back(), of);
}

std::size_t SimWorld::any_running_hub() {
  const auto any = random_.below(hubs_.size());
  return hubs_[any]->runs() ? any : hub_;
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
  const auto cast = cast_of(seed_);
  const auto agents = static_cast<std::size_t>(
      std::ranges::count_if(cast, [](const CastMember& member) { return member.is_agent(); }));
  disasters_ = disasters_of(seed_, events, may_, agents, cast.size());
  std::uint64_t steps = 0;
  while (watch_.events() < events && ++steps < events * 20 && watch_.faults().empty()) {
    pass_time();
    if (random_.chance(700)) somebody_saves();
    if (random_.chance(250)) something_happens();
    disasters_go_on(false);
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
  const auto number = any_running_hub();
  const auto txn = hubs_[number]->store().read();
  auto typed = people_.next(
      *txn, {"hub " + std::to_string(number), hub_profile().facility, [](Lane) { return Seq{0}; }});
  hubs_[number]->put(std::move(typed.draft), std::move(typed.sight));
}

void SimWorld::agent_saves(SimDialler& agent) {
  if (random_.chance(10)) {
    const auto bytes = std::string(static_cast<std::size_t>(random_.between(1, 300)), 'x');
    if (may_.has(Trouble::poison)) agent_saves_bytes(agent, bytes);
    return;
  }
  if (random_.chance(10)) {
    StoredBuilder<schema::Event> unknown;
    unknown->setRecord(random_.next());
    unknown->setType(60'000);
    if (may_.has(Trouble::unknown)) agent_saves_bytes(agent, unknown.canonical_bytes());
    return;
  }
  auto typed = [&] {
    const auto txn = agent.read();
    return people_.next(txn, {agent.member().label(), agent.member().facility,
                              [&](Lane lane) { return journal_last(txn, lane); }});
  }();
  const auto& draft = typed.draft;
  const auto urgent_before = journal_last(agent.read(), Lane::urgent);
  const auto saved = agent.save(draft);
  if (!saved) {
    tell(agent.member().label() + " is full");
    return agent_trims(agent);
  }
  if (!saved->ok()) return;
  tell(agent.member().label() + " saves a " + draft.type->name + " " +
       std::to_string((*saved)->record.id));
  const bool is_urgent = journal_last(agent.read(), Lane::urgent) > urgent_before;
  watch_.saved(agent, is_urgent ? Lane::urgent : Lane::routine, std::move(typed.sight),
               draft.version.has_value());
}

// It may let go of the last copy of what it was told is safe, if who said so has gone back since.
void SimWorld::agent_trims(SimDialler& agent) {
  const auto before = ids_of_journal(agent.read());
  agent.trim();
  const auto txn = agent.read();
  const auto after = ids_of_journal(txn);
  std::set<EventId> early;
  for (const auto& [place, id] : before) {
    const auto& [lane, seq] = place;
    const auto held = std::max(meta::safe(txn, lane), meta::backed_up(txn, lane));
    const auto told = std::min(meta::acknowledged(txn, lane).seq, held);
    if (seq > told && !after.contains(place)) early.insert(id);
  }
  watch_.ledger().let_go_early(early);
  if (watch_.disasters() > 0 && early.empty()) count_what_stands();
}

void SimWorld::agent_saves_bytes(SimDialler& agent, const std::string& bytes) {
  const auto lane = random_.chance(500) ? Lane::urgent : Lane::routine;
  tell(agent.member().label() + " saves bytes that cannot be applied");
  if (agent.save_opaque(lane, bytes)) watch_.saved(agent, lane, {}, true);
}

}  // namespace titip
