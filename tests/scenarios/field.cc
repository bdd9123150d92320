#include "tests/scenarios/field.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/intake_json.hh"
#include "tests/scenarios/frame_words.hh"
#include "tests/sim/books.hh"
#include "tests/support/replication_world.hh"

namespace titip {

namespace {

constexpr TimeMs quiet_ms = 120'000;
constexpr TimeMs settle_ms_max = 24 * 3'600'000;

std::vector<CastMember> cast_of_stories() {
  return {{"Mawar", FacilityKind::posyandu, "PSY-1", ""},
          {"Melati", FacilityKind::posyandu, "PSY-2", ""},
          {"Dinas", FacilityKind::district, "DIN-1", ""}};
}

}  // namespace

Field::Field(Tell tell) : tell_(std::move(tell)) {
  const auto cast = cast_of_stories();
  network_ = std::make_unique<SimNetwork>(agenda_, network_random_, cast.size(), network_events());
  hub_ = std::make_unique<SimHub>(SimHub::founded(cast), agenda_, hub_random_, *network_,
                                  hub_events());
  hub_->start();
  for (const auto& member : cast) add_node(member, nullptr);
}

void Field::add_node(const CastMember& member, const MemoryStore::Tables* copy) {
  const auto index = nodes_.size();
  node_random_.emplace_back(200 + index);
  nodes_.push_back(std::make_unique<SimDialler>(
      index, member, SimDialler::Around{agenda_, node_random_.back(), *network_, false},
      [](const std::vector<LinkOrder>&) {}, copy));
  if (copy != nullptr) network_->add_dialler();
}

SimNetwork::Events Field::network_events() {
  SimNetwork::Events events;
  events.hub_of = [](std::size_t) { return std::size_t{0}; };
  events.runs = [this](std::size_t) { return hub_->runs(); };
  events.admits = [this](std::size_t, const std::string& key) { return hub_->admits(key); };
  events.to_hub = [this](const std::string& route, const std::string& key,
                         const std::string& frame) {
    if (broken_routes_.contains(route)) return;
    const auto from = network_->dialler_of(route);
    route_of_[from] = route;
    const bool lost = trapped(from, frame);
    says(nodes_[from]->member().label(), "hub", frame, lost ? "  (lost)" : "");
    if (!lost) hub_->frame(route, key, frame);
  };
  events.left = [this](const std::string& route) {
    if (hub_->runs()) hub_->left(route);
  };
  events.connected = [this](std::size_t i, std::uint64_t socket) { nodes_[i]->connected(socket); };
  events.to_dialler = [this](std::size_t i, std::uint64_t socket, const std::string& frame) {
    nodes_[i]->frame(socket, frame);
  };
  events.ended = [this](std::size_t i, std::uint64_t socket, LinkEnd end) {
    nodes_[i]->ended(socket, end);
  };
  return events;
}

SimHub::Events Field::hub_events() {
  SimHub::Events events;
  events.committed = [] {};
  events.went_back = [] {};
  events.put = [this](const EventDraft&, const Result<Saved>& saved, const Sight&) {
    require(saved.ok(), "the hub refuses it");
    const auto called = std::move(called_at_hub_.front());
    called_at_hub_.pop_front();
    if (!called.empty()) names_.call(saved->record, called);
  };
  events.sends = [this](const std::string& route, const std::string& frame) {
    const auto to = network_->dialler_of(route);
    // A link that is cut before it is sent cannot bring it.
    const bool lost = trapped(to, frame) || broken_routes_.contains(route);
    const bool former = !lost && route_of_[to] != route;
    says("hub", nodes_[to]->member().label(), frame,
         lost     ? "  (lost)"
         : former ? "  (on its former link)"
                  : "");
  };
  return events;
}

bool Field::trapped(std::size_t node, const std::string& frame) {
  if (!trap_ || trap_->node != node || trap_->frame_kind != frame_kind(frame)) return false;
  trap_.reset();
  break_link(node);
  return true;
}

void Field::break_link(std::size_t node) {
  if (const auto route = route_of_.find(node); route != route_of_.end()) {
    broken_routes_.insert(route->second);
  }
  network_->cut(node);
}

void Field::says(const std::string& from, const std::string& to, const std::string& frame,
                 const std::string& how) {
  last_said_ = agenda_.now();
  tell_(from + " → " + to + "  " + frame_words(frame, names_) + how);
}

SimDialler& Field::node(const std::string& name) {
  const auto found =
      std::ranges::find(nodes_, name, [](const auto& node) { return node->member().label(); });
  require(found != nodes_.end(), "there is no " + name);
  return **found;
}

SimDialler& Field::switched_on(const std::string& name) {
  auto& found = node(name);
  require(found.started(), name + " is not switched on");
  return found;
}

void Field::reach(const std::string& name, bool there) {
  const auto index = node(name).index();
  if (!there) break_link(index);
  network_->reach(index, there);
}

void Field::lose_link(const std::string& name) { break_link(node(name).index()); }

void Field::lose_link_under(const std::string& name, const std::string& frame_kind) {
  trap_ = Trap{node(name).index(), frame_kind};
}

void Field::note_saved(SimDialler& agent, Lane lane) {
  const auto txn = agent.read();
  const auto head = journal_head(txn, lane);
  saved_.insert({current_incarnation(txn), head.seq, head.hash, lane});
}

void Field::save(const std::string& who, const std::string& json, const std::string& called) {
  const auto draft = parse_event(json, Registry::ilp());
  require(draft.ok(), "intake refuses " + json);
  if (who == "hub") {
    called_at_hub_.push_back(called);
    return hub_->put(*draft, {});
  }
  auto& agent = switched_on(who);
  const auto saved = agent.save(*draft);
  require(saved && saved->ok(), who + " refuses it");
  if (!called.empty()) names_.call((*saved)->record, called);
  note_saved(agent, (*saved)->lane);
}

void Field::save_samples(const std::string& who, Lane lane, int count) {
  auto& agent = switched_on(who);
  for (; count > 0; --count) {
    const auto saved = agent.save(sample_draft(lane, ++samples_));
    require(saved && saved->ok(), who + " refuses it");
    note_saved(agent, lane);
  }
}

void Field::save_bytes(const std::string& who, const std::string& bytes) {
  auto& agent = switched_on(who);
  require(agent.save_opaque(Lane::routine, bytes), who + " has no room");
  note_saved(agent, Lane::routine);
}

void Field::copy(const std::string& who, const std::string& as) {
  copies_[as] = who == "hub" ? hub_->store().copy() : node(who).store().copy();
}

const MemoryStore::Tables& Field::copy_called(const std::string& name) const {
  const auto found = copies_.find(name);
  require(found != copies_.end(), "no copy is called " + name);
  return found->second;
}

void Field::put_back(const std::string& who, const std::string& copy) {
  node(who).put_back(copy_called(copy));
}

void Field::clone(const std::string& who, const std::string& copy) {
  auto member = node(who).member();
  member.copy = "'";
  add_node(member, &copy_called(copy));
  nodes_.back()->start(true);
}

void Field::hub_begins_again(const SimHub::Beginning& beginning) {
  network_->hub_died(0);
  hub_->begin_again(beginning);
}

void Field::hub_starts_again() {
  network_->hub_died(0);
  hub_->start();
}

std::vector<CastMember> Field::not_enrolled() {
  std::vector<CastMember> members;
  for (const auto& node : nodes_) {
    if (!node->certificate()) members.push_back(node->member());
  }
  return members;
}

void Field::settle() {
  const auto begun = agenda_.now();
  last_said_ = begun;
  while (agenda_.now() - last_said_ < quiet_ms) {
    agenda_.run(1'000);
    require(agenda_.now() - begun < settle_ms_max, "it does not come to rest");
  }
}

void Field::run_until_lost() {
  const auto begun = agenda_.now();
  while (trap_) {
    agenda_.run(1);
    require(agenda_.now() - begun < settle_ms_max, "no such frame comes");
  }
}

std::set<EventId> Field::missing_at_hub() {
  auto missing = saved_;
  for (const auto& id : ids_of_hub(*hub_->store().read())) missing.erase(id);
  return missing;
}

}  // namespace titip
