#include "tests/sim/books.hh"

#include "core/district_store.hh"
#include "core/registry.hh"

namespace titip {

namespace {

// Enrolments and the like, which the hub makes itself.
bool is_systems(const HubEntry& entry) {
  const auto event = EventReader::open(entry.event);
  if (!event) return false;
  const auto* type = Registry::ilp().find(event->record().type);
  return type != nullptr && type->system;
}

std::string describe(const EventId& id) {
  return std::string(id.lane == Lane::urgent ? "urgent " : "routine ") + std::to_string(id.seq) +
         " of " + std::to_string(id.incarnation % 10'000);
}

}  // namespace

void HubBooks::refresh(const ReadTxn& hub, Ledger& ledger, const Trouble& trouble) {
  hub.scan(Table::journal, Key().u64(last_.offset + 1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    if (entry.offset != last_.offset + 1) trouble.lost("the hub's journal has a gap");
    read(entry, ledger, trouble);
    last_ = {entry.epoch, entry.offset};
    return true;
  });
}

void HubBooks::read(const HubEntry& entry, Ledger& ledger, const Trouble& trouble) {
  const auto* saved = ledger.find(entry.born);
  if (saved != nullptr && saved->is_event) {
    ledger.placed({entry.epoch, entry.offset}, last_, entry.born, saved->record);
  } else {
    ledger.placed({entry.epoch, entry.offset}, last_, {}, {});
  }
  if (!entry.is_whole()) return;
  if (!events_.emplace(entry.born, entry.offset).second) {
    trouble.twice("again " + describe(entry.born));
  }
  if (saved == nullptr ? !is_systems(entry) : saved->bytes != entry.event) {
    trouble.lost("not what was saved: " + describe(entry.born));
  }
}

std::set<EventId> ids_of_hub(const ReadTxn& hub) {
  std::set<EventId> ids;
  hub.scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto entry = decode_hub_entry(key_u64(stored.key, 0), stored.value);
    if (entry.is_whole()) ids.insert(entry.born);
    return true;
  });
  return ids;
}

std::set<EventId> ids_of_custody(const ReadTxn& custodian) {
  std::set<EventId> ids;
  each_kept_entry(custodian, 0, [&](const KeptEntry& kept) {
    if (kept.entry && kept.entry->is_whole()) ids.insert(kept.entry->born);
    return true;
  });
  return ids;
}

}  // namespace titip
