// What must hold once nothing goes wrong any more, compared store with store.

#include "tests/sim/verdict.hh"

#include <algorithm>

#include "core/agent_journal.hh"
#include "core/changes.hh"
#include "core/district_store.hh"
#include "core/hub_journal.hh"
#include "core/verify.hh"
#include "tests/sim/frontier.hh"
#include "tests/sim/world.hh"

namespace titip {

namespace {

const RecordType& type_of(const RecordKey& key) { return *Registry::ilp().find(key.type); }

std::string describe(const RecordKey& key) {
  return type_of(key).name + " " + std::to_string(key.id);
}

std::map<RecordKey, RecordState> records_at(const ReadTxn& txn) {
  std::map<RecordKey, RecordState> records;
  txn.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    records[{key_u16(entry.key, 0), key_u64(entry.key, 2)}] = decode_record_state(entry.value);
    return true;
  });
  return records;
}

// Every event that was saved stands at the hub; that none stands twice, and that custody holds the
// same entries, the watch has seen.
void judge_journals(SimWorld& world) {
  auto& watch = world.watch();
  const auto hub = world.hub().store().read();
  JournalCheck journal;
  while (!journal.done) verify_hub_journal(*hub, journal);
  if (journal.fault) watch.fault(FaultKind::diverged, "the hub's chain: " + *journal.fault);
  if (watch.custody_offset() != watch.hub_offset()) {
    watch.fault(FaultKind::lost, "custody ends at " + std::to_string(watch.custody_offset()) +
                                     ", the hub's journal at " +
                                     std::to_string(watch.hub_offset()));
  }
  std::map<std::pair<NodeId, Lane>, std::size_t> counts;
  hub->scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    ++counts[{entry.origin, entry.born.lane}];
    return true;
  });
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    auto& agent = world.dialler(i);
    const auto own = agent.certificate();
    if (!agent.member().is_agent() || !own) continue;
    for (const auto lane : all_lanes) {
      const auto saved = watch.ledger(i)[static_cast<std::size_t>(lane)].size();
      const auto held = counts[{own->node, lane}];
      if (held != saved) {
        watch.fault(held < saved ? FaultKind::lost : FaultKind::duplicated,
                    agent.member().name + " saved " + std::to_string(saved) + ", the hub holds " +
                        std::to_string(held));
      }
    }
  }
}

// What the agent shows of a record is what the hub shows; what does not concern it, it does not
// hold, but for what it wrote itself.
void judge_agent(SimWorld& world, SimDialler& agent) {
  auto& watch = world.watch();
  const auto& at_hub = watch.view().records();
  const auto txn = agent.read();
  const auto own = current_incarnation(txn);
  const auto held = records_at(txn);
  for (const auto& [key, record] : at_hub) {
    if (!watch.view().concerns(agent.member(), key)) continue;
    const auto here = held.find(key);
    if (here == held.end()) {
      watch.fault(FaultKind::diverged, agent.member().name + " lacks " + describe(key));
      continue;
    }
    const auto seen = picture_of(here->second, type_of(key));
    const auto truth = picture_of(record.state, type_of(key));
    if (seen != truth) {
      watch.fault(FaultKind::diverged, agent.member().name + " shows " + describe(key) +
                                           "\n  as  " + seen + "\n  not " + truth);
    }
  }
  for (const auto& [key, state] : held) {
    if (at_hub.contains(key) && watch.view().concerns(agent.member(), key)) continue;
    const bool all_own = std::ranges::all_of(state.writes, [&](const Write& write) {
      return write.id.incarnation == own && write.placements.empty();
    });
    if (!all_own) {
      watch.fault(FaultKind::leaked,
                  agent.member().name + " still holds " + describe(key) + ", which is no concern");
    }
  }
}

void judge_custodian(SimWorld& world, SimDialler& custodian) {
  auto& watch = world.watch();
  auto held = records_at(custodian.read());
  for (const auto& [key, record] : watch.view().records()) {
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
  for (const auto& [key, record] : watch.view().records()) {
    const auto& type = type_of(key);
    if (!watch.view().concerns(district.member(), key)) continue;
    const auto here = held.find(key);
    const auto hidden = scope.withhold_identifying ? type.identifying : 0;
    const auto truth = picture_of(record.state, type, hidden);
    const auto seen = here == held.end() ? "nothing" : picture_of(here->second, type, hidden);
    if (seen != truth) {
      watch.fault(FaultKind::diverged, district.member().name + " shows " + describe(key) +
                                           "\n  as  " + seen + "\n  not " + truth);
    }
    held.erase(key);
  }
  for (const auto& [key, state] : held) {
    watch.fault(FaultKind::leaked, district.member().name + " holds " + describe(key));
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
      watch.fault(FaultKind::leaked, district.member().name + " holds an identifying value");
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

// Who saved what cannot be applied was told of it.
void judge_outcomes(SimWorld& world) {
  const auto hub = world.hub().store().read();
  std::set<std::tuple<NodeId, std::uint8_t, Seq>> quarantined;
  hub->scan(Table::quarantine, Key().u64(0), [&](const Entry& parked) {
    const auto entry =
        decode_hub_entry(key_u64(parked.key, 0), *hub->get(Table::journal, parked.key));
    quarantined.insert({entry.origin, static_cast<std::uint8_t>(entry.born.lane), entry.born.seq});
    return true;
  });
  std::set<std::tuple<NodeId, std::uint8_t, Seq>> told;
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    const auto own = world.dialler(i).certificate();
    if (!own || !world.dialler(i).member().is_agent()) continue;
    world.dialler(i).read().scan(Table::quarantine, Key().u8(0), [&](const Entry& entry) {
      told.insert({own->node, key_u8(entry.key, 0), key_u64(entry.key, 1)});
      return true;
    });
  }
  if (told != quarantined) world.watch().fault(FaultKind::lost, "an author was not told");
}

}  // namespace

void judge(SimWorld& world) {
  judge_journals(world);
  judge_frontiers(world);
  for (std::size_t i = 0; i < world.diallers(); ++i) {
    auto& dialler = world.dialler(i);
    if (dialler.member().is_agent()) {
      judge_agent(world, dialler);
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
