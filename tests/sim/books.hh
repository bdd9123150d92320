#pragma once

// What the journal of one hub, or the custody of it, is seen to hold: read anew from the store and
// kept up to date as it is written, by whole event ids.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/hub_journal.hh"
#include "tests/sim/ledger.hh"
#include "tests/support/memory_kv.hh"

namespace titip {

class HubBooks {
 public:
  // Something is not as it must be: of that kind, in these words.
  struct Trouble {
    std::function<void(std::string)> lost;
    std::function<void(std::string)> twice;
  };

  void refresh(const ReadTxn& hub, Ledger& ledger, const Trouble& trouble);
  void forget() { *this = {}; }  // the store is another one

  bool holds(const EventId& id) const { return events_.contains(id); }
  const std::map<EventId, std::uint64_t>& events() const { return events_; }
  std::uint64_t offset() const { return last_.offset; }

 private:
  void read(const HubEntry& entry, Ledger& ledger, const Trouble& trouble);

  std::map<EventId, std::uint64_t> events_;  // → the offset that holds its bytes
  Position last_;
};

// The events that stand in a hub's journal, or in a custodian's part for its hub.
std::set<EventId> ids_of_hub(const ReadTxn& hub);
std::set<EventId> ids_of_custody(const ReadTxn& custodian);

}  // namespace titip
