#include "tests/sim/watch.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/district_store.hh"
#include "core/event.hh"
#include "core/hub_journal.hh"
#include "core/meta.hh"

namespace titip {

namespace {

std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

std::string describe(Lane lane, Seq seq) {
  return (lane == Lane::urgent ? "urgent " : "routine ") + std::to_string(seq);
}

std::string describe(const RecordKey& record) {
  return Registry::ilp().find(record.type)->name + " " + std::to_string(record.id);
}

}  // namespace

void Watch::fault(FaultKind kind, std::string text) { faults_.push_back({kind, std::move(text)}); }

void Watch::saved(SimDialler& agent, Lane lane, bool says_version) {
  const auto txn = agent.read();
  const auto head = journal_head(txn, lane);
  auto& made = ledger_[agent.index()][index(lane)];
  if (head.seq != made.size() + 1) {
    return fault(FaultKind::lost, agent.member().name + " saved at " + describe(lane, head.seq));
  }
  agents_[current_incarnation(txn)] = agent.index();
  made.push_back(journal_entry(txn, lane, head.seq)->event);
  ++events_;
  const auto event = EventReader::open(made.back());
  if (!event) return;
  const std::pair about{agent.index(), event->record()};
  last_own_[about] = head.seq;
  // An author who does not say what they saw saw what is held here, and nothing else.
  const Position basis{event->get().getBasisEpoch(), event->get().getBasisOffset()};
  if (!says_version && basis.epoch != 0 && !known_as_of_[about].contains(basis)) {
    fault(FaultKind::lost, agent.member().name + " claims to have seen what it never held of " +
                               describe(event->record()));
  }
}

void Watch::hub_put(const Result<Saved>& saved) {
  if (!saved) return;
  ++events_;
  put_[saved->seq] = 0;
}

void Watch::hub_committed() {
  const auto txn = hub_.read();
  txn->scan(Table::journal, Key().u64(hub_offset_ + 1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    if (entry.offset != hub_offset_ + 1) fault(FaultKind::lost, "the hub's journal has a gap");
    hub_offset_ = entry.offset;
    if (entry.origin == 0) {
      if (const auto put = put_.find(entry.offset); put != put_.end()) ++put->second;
      return true;
    }
    const auto& [incarnation, seq, hash, lane] = entry.born;
    auto& last = at_hub_[{incarnation, lane}];
    if (seq <= last) return fault(FaultKind::duplicated, "again " + describe(lane, seq)), true;
    if (seq > last + 1)
      fault(FaultKind::lost, "the hub lacks what is before " + describe(lane, seq));
    last = seq;
    const auto agent = agents_.find(incarnation);
    if (agent == agents_.end() || seq > ledger_[agent->second][index(lane)].size() ||
        ledger_[agent->second][index(lane)][seq - 1] != entry.event) {
      fault(FaultKind::lost, "not what was saved: " + describe(lane, seq));
    }
    return true;
  });
  view_.refresh(hub_);
}

void Watch::committed(SimDialler& dialler, const std::vector<LinkOrder>& orders) {
  if (dialler.member().is_custodian()) custodian_committed(dialler);
  if (!dialler.member().is_agent()) return;
  for (const auto& order : orders) {
    if (order.received) note_received(dialler, *order.received);
  }
  check_receipts(dialler);
}

void Watch::custodian_committed(SimDialler& custodian) {
  const auto hub = hub_.read();
  each_kept_entry(custodian.read(), custody_offset_, [&](const KeptEntry& kept) {
    if (kept.offset <= custody_offset_) {
      return fault(FaultKind::duplicated, "two entries in custody at one offset"), true;
    }
    if (kept.offset != custody_offset_ + 1) fault(FaultKind::lost, "custody has a gap");
    custody_offset_ = kept.offset;
    const auto stored = hub->get(Table::journal, Key().u64(kept.offset));
    if (!stored || !kept.entry) {
      return fault(FaultKind::diverged, "custody holds what the hub does not"), true;
    }
    const auto entry = decode_hub_entry(kept.offset, *stored);
    if (encode_hub_entry(entry) != kept.item || entry.hash != kept.hash) {
      fault(FaultKind::diverged, "custody holds another entry than the hub");
    }
    if (entry.origin != 0) in_custody_[{entry.born.incarnation, entry.born.lane}] = entry.born.seq;
    return true;
  });
}

// What the agent wrote and the hub has not is seen by nobody else: it stands in the agent's view,
// whatever the hub says of the record.
void Watch::note_received(SimDialler& agent, const Received& received) {
  const auto txn = agent.read();
  const auto own = current_incarnation(txn);
  for (const auto& item : received.items) {
    const auto change = decode_change(item.bytes);
    if (!change) continue;
    const auto& record = change->record;
    known_as_of_[{agent.index(), record}].insert(change->state.as_of);
    const auto last = last_own_.find({agent.index(), record});
    const auto lane = Registry::ilp().find(record.type)->lane;
    if (last == last_own_.end() || last->second <= held(at_hub_, own, lane)) continue;
    const auto stored = txn.get(Table::records, Key().u16(record.type).u64(record.id));
    const auto state = stored ? decode_record_state(*stored) : RecordState{};
    const bool stands = std::ranges::any_of(state.writes, [&](const Write& write) {
      return write.id.incarnation == own && write.id.seq == last->second;
    });
    if (!stands) {
      fault(FaultKind::lost,
            agent.member().name + " no longer shows what it wrote of " + describe(record));
    }
  }
}

Seq Watch::held(const std::map<LaneName, Seq>& by, Incarnation incarnation, Lane lane) const {
  const auto found = by.find({incarnation, lane});
  return found == by.end() ? 0 : found->second;
}

void Watch::check_receipts(SimDialler& agent) {
  const auto txn = agent.read();
  const auto incarnation = current_incarnation(txn);
  for (const auto lane : all_lanes) {
    const auto acknowledged = meta::acknowledged(txn, lane).seq;
    if (acknowledged > held(at_hub_, incarnation, lane)) {
      fault(FaultKind::false_receipt,
            agent.member().name + " believes the hub holds " + describe(lane, acknowledged));
    }
    const auto safe = meta::safe(txn, lane);
    if (safe > held(in_custody_, incarnation, lane)) {
      fault(FaultKind::false_receipt,
            agent.member().name + " believes safe " + describe(lane, safe));
    }
  }
}

void Watch::hub_sends(std::size_t to, const std::string& frame) {
  const auto said = decode_frame(frame);
  if (!said) return fault(FaultKind::diverged, "the hub sends what is no frame");
  const auto claims = [&](Incarnation incarnation, Lane lane, Seq have, Seq safe) {
    if (have > held(at_hub_, incarnation, lane)) {
      fault(FaultKind::false_receipt, "the hub claims to hold " + describe(lane, have));
    }
    if (safe > held(in_custody_, incarnation, lane)) {
      fault(FaultKind::false_receipt, "the hub claims in custody " + describe(lane, safe));
    }
  };
  if (const auto* ack = std::get_if<AckMessage>(&*said)) {
    claims(ack->stream.name, ack->stream.lane, ack->marks_only ? 0 : ack->position, ack->safe);
  } else if (const auto* welcome = std::get_if<WelcomeMessage>(&*said)) {
    for (const auto& [incarnation, agent] : agents_) {
      if (agent != to) continue;
      for (const auto& have : welcome->have) claims(incarnation, have.lane, have.seq, 0);
      for (const auto& safe : welcome->safe) claims(incarnation, safe.lane, 0, safe.seq);
    }
  } else if (const auto* batch = std::get_if<BatchMessage>(&*said)) {
    check_items(to, *batch);
  }
}

void Watch::check_items(std::size_t to, const BatchMessage& batch) {
  if (batch.stream.kind == StreamKind::hub_journal) {
    if (!cast_[to].is_custodian())
      fault(FaultKind::leaked, cast_[to].name + " is sent the journal");
    return;
  }
  const auto items = decode_batch(batch.body);
  if (!items) return fault(FaultKind::diverged, "the hub sends a body that cannot be read");
  std::set<RecordKey> in_batch;
  for (const auto& item : *items) check_change(to, item.bytes, in_batch);
}

void Watch::check_change(std::size_t to, const std::string& bytes, std::set<RecordKey>& in_batch) {
  const auto& reader = cast_[to];
  const auto change = decode_change(bytes);
  if (!change) return fault(FaultKind::diverged, "the hub sends a change that cannot be read");
  if (!in_batch.insert(change->record).second) {
    fault(FaultKind::duplicated, "a feed says twice " + describe(change->record));
  }
  // That there was something says no more than its id: concern that was gained and lost before the
  // feed was read leaves a `forget` for what was never sent.
  if (change->forget) {
    if (!change->state.writes.empty()) {
      fault(FaultKind::leaked, reader.name + " is sent what it is to forget");
    }
    return;
  }
  if (!view_.concerns(reader, change->record)) {
    fault(FaultKind::leaked, reader.name + " is sent " + describe(change->record));
  }
  if (reader.scope.withhold_identifying && (bytes.find(text_marker) != std::string::npos ||
                                            bytes.find(digit_marker) != std::string::npos)) {
    fault(FaultKind::leaked, reader.name + " is sent who it is: " + describe(change->record));
  }
}

}  // namespace titip
