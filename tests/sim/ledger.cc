#include "tests/sim/ledger.hh"

#include "core/agent_journal.hh"
#include "core/lineage.hh"

namespace titip {

Sight sight_of(const RecordState& state) {
  Sight sight;
  sight.as_of = state.as_of;
  for (const auto& write : state.writes) sight.writes.insert(write.id);
  return sight;
}

Sight sight_of(const ReadTxn& txn, const RecordKey& record) {
  const auto stored = txn.get(Table::records, record_key(record));
  return stored ? sight_of(decode_record_state(*stored)) : Sight{};
}

void Ledger::saved(const EventId& id, const std::string& bytes, Sight sight) {
  SavedEvent event{bytes, false, {}, std::move(sight), true};
  if (const auto reader = EventReader::open(bytes)) {
    event.is_event = true;
    event.record = reader->record();
  }
  events_[id] = std::move(event);
}

void Ledger::placed(const Position& place, const Position& before, const EventId& id,
                    const RecordKey& record) {
  auto& epoch = epochs_[place.epoch];
  if (epoch.placed.empty() && before.epoch != place.epoch) epoch.before = before;
  epoch.placed.push_back({place.offset, id, record});
}

const SavedEvent* Ledger::find(const EventId& id) const {
  const auto found = events_.find(id);
  return found == events_.end() ? nullptr : &found->second;
}

std::size_t Ledger::only_these_stand(const std::set<EventId>& standing) {
  std::size_t given_up = 0;
  for (auto& [id, event] : events_) {
    if (!event.stands || event.owed || standing.contains(id)) continue;
    event.stands = false;
    ++given_up;
  }
  return given_up;
}

void Ledger::let_go_early(const std::set<EventId>& ids) {
  for (const auto& id : ids) {
    const auto event = events_.find(id);
    if (event != events_.end()) event->second.owed = event->second.stands;
  }
}

void Ledger::add_placed(const Position& upto, const RecordKey& record,
                        std::set<EventId>& to) const {
  Position end = upto;
  for (auto found = epochs_.find(end.epoch); found != epochs_.end();
       found = epochs_.find(end.epoch)) {
    for (const auto& placed : found->second.placed) {
      if (placed.offset > end.offset) break;
      if (placed.record == record) to.insert(placed.id);
    }
    end = found->second.before;
  }
}

const std::set<EventId>& Ledger::behind(const EventId& id) {
  const auto known = behind_.find(id);
  if (known != behind_.end()) return known->second;
  auto& all = behind_[id];  // what comes round to itself adds nothing
  const auto* event = find(id);
  if (event == nullptr) return all;
  std::set<EventId> direct = event->sight.writes;
  add_placed(event->sight.as_of, event->record, direct);
  direct.erase(id);
  std::set<EventId> sum = direct;
  for (const auto& seen : direct) {
    const auto& further = behind(seen);
    sum.insert(further.begin(), further.end());
  }
  return behind_[id] = std::move(sum);
}

bool Ledger::saw(const EventId& later, const EventId& earlier) {
  return behind(later).contains(earlier);
}

std::map<std::pair<Lane, Seq>, EventId> ids_of_journal(const ReadTxn& agent) {
  std::map<std::pair<Lane, Seq>, EventId> ids;
  const auto all_lives = lives(agent);
  agent.scan(Table::journal, Key().u8(0), [&](const Entry& stored) {
    const auto lane = static_cast<Lane>(key_u8(stored.key, 0));
    const auto seq = key_u64(stored.key, 1);
    const auto entry = journal_entry(agent, lane, seq);
    ids[{lane, seq}] =
        entry->born.value_or(EventId{incarnation_at(all_lives, lane, seq), seq, entry->hash, lane});
    return true;
  });
  return ids;
}

}  // namespace titip
