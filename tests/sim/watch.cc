#include "tests/sim/watch.hh"

#include <algorithm>
#include <utility>

#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/custody.hh"
#include "core/event.hh"
#include "core/hub_journal.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "core/nodes.hh"
#include "core/rebuilding.hh"

namespace titip {

namespace {

constexpr int takeovers_max = 40;
// Before a word: a child who goes and comes back between two sessions was to be forgotten with all
// that refers to her, which nobody had been sent yet.
constexpr std::size_t echoes_max = 8;

// A marker with the number that follows it, up to the end of the text: three bytes alone stand
// somewhere in enough hashes.
bool says_who(const std::string& bytes) {
  if (bytes.find(digit_marker) != std::string::npos) return true;
  const std::string marker(text_marker);
  for (auto at = bytes.find(marker); at != std::string::npos; at = bytes.find(marker, at + 1)) {
    const auto number = at + marker.size();
    const auto end = bytes.find_first_not_of("0123456789", number);
    if (end != number && end != std::string::npos && bytes[end] == '\0') return true;
  }
  return false;
}

}  // namespace

std::string describe(const RecordKey& record) {
  const auto* type = Registry::ilp().find(record.type);
  return (type == nullptr ? "unknown" : type->name) + " " + std::to_string(record.id);
}

std::string describe(Lane lane, Seq seq) {
  return (lane == Lane::urgent ? "urgent " : "routine ") + std::to_string(seq);
}

std::optional<EventId> id_at(const ReadTxn& agent, Lane lane, Seq seq) {
  const auto entry = journal_entry(agent, lane, seq);
  if (!entry) return std::nullopt;
  if (entry->born) return entry->born;
  return EventId{incarnation_at(lives(agent), lane, seq), seq, entry->hash, lane};
}

void Watch::add_hub(MemoryStore& store) {
  hubs_.push_back(std::make_unique<Hub>(Hub{store, HubView(cast_), {}}));
}

void Watch::add_clone(SimDialler& clone, std::size_t of) {
  cast_.push_back(clone.member());
  diallers_.push_back(&clone);
  std::map<std::pair<std::size_t, RecordKey>, std::set<Position>> known;
  for (const auto& [about, positions] : known_as_of_) {
    if (about.first == of) known[{clone.index(), about.second}] = positions;
  }
  known_as_of_.merge(known);
}

void Watch::hub_is_another(std::size_t hub) {
  hubs_[hub]->books.forget();
  std::erase_if(true_, [&](const auto& entry) { return std::get<0>(entry.first) == hub; });
  hub_committed(hub);
}

void Watch::dialler_is_another(std::size_t dialler) {
  const auto is_its = [&](const auto& entry) { return std::get<1>(entry.first) == dialler; };
  std::erase_if(true_, is_its);
  std::erase_if(true_safe_, is_its);
  const auto is_of_it = [&](const auto& entry) { return entry.first.first == dialler; };
  std::erase_if(last_own_, is_of_it);
  std::erase_if(had_, is_of_it);
  if (!cast_[dialler].is_custodian()) return;
  const auto kept = ids_of_custody(diallers_[dialler]->read());
  std::erase_if(custody_since_, [&](const auto& entry) { return !kept.contains(entry.first); });
}

void Watch::fault(FaultKind kind, std::string text) { faults_.push_back({kind, std::move(text)}); }

void Watch::saved(SimDialler& agent, Lane lane, Sight sight, bool says_version) {
  const auto txn = agent.read();
  const auto head = journal_head(txn, lane);
  const auto id = id_at(txn, lane, head.seq);
  const auto bytes = journal_entry(txn, lane, head.seq)->event;
  if (ledger_.find(*id) != nullptr) {
    fault(FaultKind::lost, agent.member().label() +
                               " saved under a name that is taken: " + describe(lane, head.seq));
  }
  ledger_.saved(*id, bytes, std::move(sight));
  ++events_;
  const auto event = EventReader::open(bytes);
  if (!event) return;
  const std::pair about{agent.index(), event->record()};
  if (Registry::ilp().find(event->record().type) != nullptr) last_own_[about] = {*id};
  // An author who does not say what they saw saw what is held here, and nothing else.
  const Position basis{event->get().getBasisEpoch(), event->get().getBasisOffset()};
  if (!says_version && basis.epoch != 0 && !known_as_of_[about].contains(basis)) {
    fault(FaultKind::vanished, agent.member().label() +
                                   " claims to have seen what it never held of " +
                                   describe(event->record()));
  }
}

void Watch::hub_put(std::size_t hub, const Result<Saved>& saved, const Sight& sight) {
  if (!saved) return;
  ++events_;
  const auto txn = hubs_[hub]->store.read();
  const auto stored = txn->get(Table::journal, Key().u64(saved->seq));
  if (!stored) return fault(FaultKind::lost, "the hub has not what its people saved");
  const auto entry = decode_hub_entry(saved->seq, *stored);
  ledger_.saved(entry.born, entry.event, sight);
}

void Watch::hub_committed(std::size_t hub) {
  auto& at = *hubs_[hub];
  at.books.refresh(*at.store.read(), ledger_,
                   {[&](std::string text) { fault(FaultKind::lost, std::move(text)); },
                    [&](std::string text) { fault(FaultKind::duplicated, std::move(text)); }});
  at.view.refresh(at.store);
}

void Watch::committed(SimDialler& dialler, const std::vector<LinkOrder>& orders) {
  for (const auto& order : orders) {
    if (!order.received) continue;
    if (dialler.member().is_agent()) {
      note_received(dialler, *order.received);
    } else if (order.received->kind == StreamKind::hub_journal) {
      for (const auto& item : order.received->items) {
        const auto entry = decode_entry_item(item.bytes);
        if (entry && entry->is_whole()) {
          in_custody_.insert(entry->born);
          custody_since_.emplace(entry->born, ++steps_);
        }
      }
    }
  }
  if (!dialler.member().is_agent()) return;
  check_marks(dialler, orders);
  if (disasters_ > 0) return;
  check_receipts(dialler);
  if (std::ranges::any_of(orders, [](const auto& order) { return order.answer.has_value(); })) {
    check_own(dialler);
  }
}

void Watch::hub_sends(std::size_t hub, std::size_t to, const std::string& frame) {
  const auto said = decode_frame(frame);
  if (!said) return fault(FaultKind::diverged, "the hub sends what is no frame");
  auto& dialler = *diallers_[to];
  if (const auto* batch = std::get_if<BatchMessage>(&*said)) {
    return check_items(hub, to, *batch);
  }
  if (!dialler.member().is_agent()) return;
  if (const auto* refuse = std::get_if<RefuseMessage>(&*said)) {
    if (refuse->reason == RefuseReason::busy) check_takeover(to);
  }
  if (const auto* ack = std::get_if<AckMessage>(&*said)) {
    if (ack->stream.name != current_incarnation(dialler.read())) return;
    check_claim(hub, dialler, {ack->stream.lane, ack->position, ack->hash}, ack->safe);
  } else if (const auto* welcome = std::get_if<WelcomeMessage>(&*said)) {
    for (const auto& have : welcome->have) {
      const auto safe = std::ranges::find(welcome->safe, have.lane, &Head::lane);
      check_claim(hub, dialler, have, safe == welcome->safe.end() ? 0 : safe->seq);
    }
  }
}

// Of a device and its copy each would take the other's place for ever, on prepaid data. A few times
// they do, until the names of their sessions tell them apart.
void Watch::check_takeover(std::size_t to) {
  const auto incarnation = current_incarnation(diallers_[to]->read());
  if (heard_ == to || current_incarnation(diallers_[heard_]->read()) != incarnation) return;
  if (++takeovers_[incarnation] <= takeovers_max) return;
  fault(FaultKind::diverged, diallers_[heard_]->member().label() + " and " +
                                 diallers_[to]->member().label() +
                                 " take each other's place again and again");
}

// Nothing goes back to who alone wrote it, unless they were to forget it.
void Watch::check_echo(std::size_t to, const Change& change) {
  if (change.forget) told_to_forget_.insert({to, change.record});
  if (disasters_ > 0 || !cast_[to].is_agent() || change.state.writes.empty()) return;
  if (told_to_forget_.contains({to, change.record})) return;
  const auto own = current_incarnation(diallers_[to]->read());
  FieldMask live = 0;
  for (const auto& write : change.state.writes) {
    // Of two own values in one field the hub decides which is shown.
    if (write.id.incarnation != own || (live & write.live) != 0) return;
    live |= write.live;
  }
  // A batch that the network did not take is sent again: what counts is what comes back.
  auto& echoes = echoes_[to];
  echoes.insert(change.record);
  if (echoes.size() <= echoes_max) return;
  fault(FaultKind::duplicated,
        cast_[to].label() + " is sent what it alone wrote: " + describe(change.record));
}

void Watch::check_items(std::size_t hub, std::size_t to, const BatchMessage& batch) {
  if (batch.stream.kind == StreamKind::hub_journal) {
    if (!cast_[to].is_custodian()) {
      fault(FaultKind::leaked, cast_[to].label() + " is sent the journal");
    }
    return;
  }
  const auto items = decode_batch(batch.body);
  if (!items) return fault(FaultKind::diverged, "the hub sends a body that cannot be read");
  // Until it has back what it lost, what it holds may be older than what went down before.
  if (!items->empty() && cast_[to].is_agent() && is_rebuilding(*hubs_[hub]->store.read())) {
    fault(FaultKind::vanished, cast_[to].label() + " is sent what may be old states");
  }
  const auto nodes = all_nodes(*hubs_[hub]->store.read());
  knows_custodian_ = std::ranges::any_of(nodes, [](const NodeState& node) {
    return is_custodian(node) && node.revoked_at == 0 && !node.pending;
  });
  std::set<RecordKey> in_batch;
  for (const auto& item : *items) check_change(hub, to, item.bytes, in_batch);
}

void Watch::check_change(std::size_t hub, std::size_t to, const std::string& bytes,
                         std::set<RecordKey>& in_batch) {
  const auto& reader = cast_[to];
  const auto change = decode_change(bytes);
  if (!change) return fault(FaultKind::diverged, "the hub sends a change that cannot be read");
  const auto before = said_.find(bytes);
  const auto step = before == said_.end() ? ++steps_ : before->second.step;
  Said said{change->record, change->state.as_of, {}, {}, knows_custodian_, step};
  for (const auto& write : change->state.writes) {
    said.writes.push_back(write.id);
    said.named.insert(said.named.end(), write.settles.begin(), write.settles.end());
  }
  said_.insert_or_assign(bytes, std::move(said));
  if (!in_batch.insert(change->record).second) {
    fault(FaultKind::duplicated, "a feed says twice " + describe(change->record));
  }
  check_echo(to, *change);
  // That there was something says no more than its id: concern that was gained and lost before the
  // feed was read leaves a `forget` for what was never sent.
  if (change->forget) {
    if (!change->state.writes.empty()) {
      fault(FaultKind::leaked, reader.label() + " is sent what it is to forget");
    }
    return;
  }
  if (!view(hub).concerns(reader, change->record)) {
    fault(FaultKind::leaked, reader.label() + " is sent " + describe(change->record) +
                                 view(hub).reasons(change->record));
  }
  if (reader.scope.withhold_identifying && says_who(bytes)) {
    fault(FaultKind::leaked, reader.label() + " is sent who it is: " + describe(change->record));
  }
}

}  // namespace titip
