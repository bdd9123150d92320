// What must hold once nothing goes wrong any more, compared store with store.

#include "tests/sim/verdict.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/district_store.hh"
#include "core/epochs.hh"
#include "core/hub_journal.hh"
#include "core/lineage.hh"
#include "core/meta.hh"
#include "core/nodes.hh"
#include "core/rehearsal.hh"
#include "core/verify.hh"
#include "tests/sim/frontier.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

const RecordType& type_of(const RecordKey& key) { return *Registry::ilp().find(key.type); }

std::string describe(const EventId& id) {
  return std::string(id.lane == Lane::urgent ? "urgent " : "routine ") + std::to_string(id.seq) +
         " of " + std::to_string(id.incarnation % 10'000);
}

std::string describe(const Position& position) {
  return std::to_string(position.offset) + " of " + std::to_string(position.epoch % 10'000);
}

std::map<RecordKey, RecordState> records_at(const ReadTxn& txn) {
  std::map<RecordKey, RecordState> records;
  txn.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    records[{key_u16(entry.key, 0), key_u64(entry.key, 2)}] = decode_record_state(entry.value);
    return true;
  });
  return records;
}

// Who has an event that the hub has not.
std::string whereabouts(SimWorld& world, const EventId& id) {
  std::string text;
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    auto& dialler = world.dialler(i);
    const auto txn = dialler.read();
    if (dialler.member().is_custodian() && ids_of_custody(txn).contains(id)) {
      text += "; " + dialler.member().label() + " keeps it";
    }
    if (!dialler.member().is_agent()) continue;
    for (const auto& [place, held] : ids_of_journal(txn)) {
      if (held != id) continue;
      text += "; " + dialler.member().label() + " holds it, let go up to " +
              std::to_string(journal_floor(txn, place.first)) + ", told of " +
              std::to_string(meta::acknowledged(txn, place.first).seq);
    }
  }
  return text;
}

// Entry for entry, and every event that it is asked for.
void judge_custody(SimWorld& world, SimDialler& custodian) {
  auto& watch = world.watch();
  const auto hub = world.hub().store().read();
  const auto txn = custodian.read();
  hub->scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    const auto kept = find_kept_entry(txn, entry.offset, entry.epoch);
    if (!kept) {
      watch.fault(FaultKind::lost, "custody lacks the entry " + std::to_string(entry.offset));
    } else if (encode_hub_entry(entry) != kept->item || entry.hash != kept->hash) {
      watch.fault(FaultKind::diverged, "custody has another entry " + std::to_string(entry.offset));
    }
    return true;
  });
  const auto kept = ids_of_custody(txn);
  for (const auto& [id, event] : watch.ledger().events()) {
    if (event.stands && !kept.contains(id)) {
      watch.fault(FaultKind::lost, "custody has not " + describe(id));
    }
  }
}

// What an agent says of its events, now that nothing goes wrong any more, is so.
void judge_receipts(SimWorld& world, SimDialler& agent) {
  auto& watch = world.watch();
  const auto txn = agent.read();
  for (const auto& [place, id] : ids_of_journal(txn)) {
    const auto& [lane, seq] = place;
    if (seq <= meta::acknowledged(txn, lane).seq && !watch.books(world.hub_number()).holds(id)) {
      watch.fault(FaultKind::false_receipt,
                  agent.member().label() + " believes the hub holds " + describe(id));
    }
  }
}

// Every event that still stood anywhere when things stopped going wrong stands at the hub, and the
// hub's whole journal in custody.
void judge_journals(SimWorld& world) {
  auto& watch = world.watch();
  const auto hub = world.hub().store().read();
  JournalCheck journal;
  while (!journal.done) verify_hub_journal(*hub, journal);
  if (journal.fault) watch.fault(FaultKind::diverged, "the hub's chain: " + *journal.fault);
  const auto& held = watch.books(world.hub_number());
  for (const auto& [id, event] : watch.ledger().events()) {
    if (event.stands && !held.holds(id)) {
      watch.fault(FaultKind::lost, "the hub has not " + describe(id) + whereabouts(world, id));
    }
  }
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    auto& dialler = world.dialler(i);
    if (dialler.member().is_custodian()) judge_custody(world, dialler);
  }
}

// Which of a device's lives goes on from which may be learnt later than what was written in them.
bool knows_several_lives(const ReadTxn& hub) {
  return std::ranges::any_of(all_nodes(hub), [](const NodeState& node) {
    return std::ranges::any_of(node.lanes, [](const LaneState& lane) { return lane.parent != 0; });
  });
}

// A rehearsal of the policies that are makes of the journal what is stored, unless the hub has
// learnt of lost histories or lives since: until then writes were concurrent, in doubt.
void judge_rehearsal(SimWorld& world) {
  std::vector<PolicyTrial> present;
  for (const auto& type : Registry::ilp().types()) {
    for (const auto& field : type.fields) present.push_back({&type, &field, field.merge});
  }
  const auto hub = world.hub().store().read();
  if (hub->count(Table::epochs) > current_line(*hub).entries().size()) return;
  if (knows_several_lives(*hub)) return;
  Rehearsal rehearsal(Registry::ilp(), present, {});
  while (!rehearsal.done()) rehearsal.step(*hub);
  const auto others = rehearsal.counts().differing + rehearsal.counts().by_later_knowledge;
  if (others > 0) {
    world.watch().fault(FaultKind::diverged,
                        "a rehearsal shows other states of " + std::to_string(others));
  }
}

// What the agent shows of a record is what the hub shows; what does not concern it, it does not
// hold, but for what it wrote itself.
void judge_agent(SimWorld& world, SimDialler& agent) {
  auto& watch = world.watch();
  auto& view = watch.view(world.hub_number());
  const auto& at_hub = view.records();
  const auto txn = agent.read();
  std::set<EventId> own;
  for (const auto& [place, id] : ids_of_journal(txn)) own.insert(id);
  const auto held = records_at(txn);
  for (const auto& [key, record] : at_hub) {
    if (!watch.view(world.hub_number()).concerns(agent.member(), key)) continue;
    const auto here = held.find(key);
    if (here == held.end()) {
      watch.fault(FaultKind::diverged, agent.member().label() + " lacks " + describe(key) +
                                           watch.view(world.hub_number()).reasons(key));
      continue;
    }
    const auto seen = picture_of(here->second, type_of(key));
    const auto truth = picture_of(record.state, type_of(key));
    if (seen != truth) {
      watch.fault(FaultKind::diverged, agent.member().label() + " shows " + describe(key) +
                                           ", as of " + describe(here->second.as_of) + " for " +
                                           describe(record.state.as_of) + "\n  as  " + seen +
                                           "\n  not " + truth);
    }
  }
  for (const auto& [key, state] : held) {
    if (at_hub.contains(key) && watch.view(world.hub_number()).concerns(agent.member(), key))
      continue;
    const bool all_own = std::ranges::all_of(state.writes, [&](const Write& write) {
      return own.contains(write.id) && write.placements.empty();
    });
    if (!all_own) {
      watch.fault(FaultKind::leaked, agent.member().label() + " still holds " + describe(key) +
                                         ", which is no concern, as of " + describe(state.as_of));
    }
  }
}

void judge_custodian(SimWorld& world, SimDialler& custodian) {
  auto& watch = world.watch();
  auto held = records_at(custodian.read());
  for (const auto& [key, record] : watch.view(world.hub_number()).records()) {
    const auto here = held.find(key);
    if (here == held.end() || !(here->second == record.state)) {
      watch.fault(FaultKind::diverged, "custody has another " + describe(key));
    }
    held.erase(key);
  }
  for (const auto& [key, state] : held) {
    watch.fault(FaultKind::diverged, "custody has what the hub has not: " + describe(key));
  }
}

void judge_scoped(SimWorld& world, SimDialler& district) {
  auto& watch = world.watch();
  auto held = records_at(district.read());
  const auto& scope = district.member().scope;
  for (const auto& [key, record] : watch.view(world.hub_number()).records()) {
    const auto& type = type_of(key);
    if (!watch.view(world.hub_number()).concerns(district.member(), key)) continue;
    const auto here = held.find(key);
    const auto hidden = scope.withhold_identifying ? type.identifying : 0;
    const auto truth = picture_of(record.state, type, hidden);
    const auto seen = here == held.end() ? "nothing" : picture_of(here->second, type, hidden);
    if (seen != truth) {
      watch.fault(FaultKind::diverged, district.member().label() + " shows " + describe(key) +
                                           "\n  as  " + seen + "\n  not " + truth);
    }
    held.erase(key);
  }
  for (const auto& [key, state] : held) {
    watch.fault(FaultKind::leaked, district.member().label() + " holds " + describe(key));
  }
  std::string bytes;
  const auto txn = district.store().read();
  for (std::size_t table = 0; table < table_count; ++table) {
    txn->scan(static_cast<Table>(table), std::string(1, '\0'), [&](const Entry& entry) {
      bytes.append(entry.key).append(1, '\n').append(entry.value).append(1, '\n');
      return true;
    });
  }
  for (const auto& value : world.people().identifying()) {
    if (bytes.find(value) != std::string::npos) {
      watch.fault(FaultKind::leaked, district.member().label() + " holds an identifying value");
    }
  }
}

// A feed says each record once.
void judge_feeds(SimWorld& world) {
  std::set<std::string> seen;
  world.hub().store().read()->scan(Table::feeds, Key().u8('a'), [&](const Entry& entry) {
    const auto kind = static_cast<char>(entry.key[0]);
    if (kind == 'r') return true;
    const auto whose = entry.key.substr(0, entry.key.size() - sizeof(std::uint64_t));
    if (!seen.insert(std::string(whose) + std::string(entry.value.substr(0, 10))).second) {
      world.watch().fault(FaultKind::duplicated, "a feed names a record twice");
    }
    return true;
  });
}

// Who saved what cannot be applied was told of it, and of nothing else.
void judge_outcomes(SimWorld& world) {
  const auto hub = world.hub().store().read();
  std::set<EventId> quarantined;
  hub->scan(Table::quarantine, Key().u64(0), [&](const Entry& parked) {
    quarantined.insert(
        decode_hub_entry(key_u64(parked.key, 0), *hub->get(Table::journal, parked.key)).born);
    return true;
  });
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    auto& agent = world.dialler(i);
    if (!agent.member().is_agent()) continue;
    const auto txn = agent.read();
    for (const auto& [place, id] : ids_of_journal(txn)) {
      const Key key = Key().u8(static_cast<std::uint8_t>(place.first)).u64(place.second);
      const bool told = txn.get(Table::quarantine, key).has_value();
      if (told == quarantined.contains(id)) continue;
      world.watch().fault(FaultKind::lost,
                          agent.member().label() +
                              (told ? " was told wrongly of " : " was not told of ") +
                              describe(id));
    }
  }
}

}  // namespace

void judge(SimWorld& world) {
  judge_journals(world);
  judge_rehearsal(world);
  judge_frontiers(world);
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    auto& dialler = world.dialler(i);
    if (dialler.member().is_agent()) {
      judge_agent(world, dialler);
      judge_receipts(world, dialler);
    } else if (dialler.member().is_custodian()) {
      judge_custodian(world, dialler);
    } else {
      judge_scoped(world, dialler);
    }
  }
  judge_feeds(world);
  judge_outcomes(world);
}

}  // namespace titip
