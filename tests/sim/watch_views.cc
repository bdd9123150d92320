// What agents show, and what may go from it.

#include <algorithm>
#include <utility>

#include "core/agent_journal.hh"
#include "tests/sim/books.hh"
#include "tests/sim/watch.hh"

namespace titip {

// What the agent wrote and the hub has not is seen by nobody else: it stands in the agent's view,
// whatever the hub says of the record.
void Watch::note_received(SimDialler& agent, const Received& received) {
  const auto txn = agent.read();
  for (const auto& item : received.items) {
    const auto said = said_.find(item.bytes);
    if (said == said_.end()) continue;
    const auto& record = said->second.record;
    known_as_of_[{agent.index(), record}].insert(said->second.as_of);
    check_no_older(agent, said->second);
    const auto last = last_own_.find({agent.index(), record});
    if (last == last_own_.end()) continue;
    const bool at_a_hub = std::ranges::any_of(
        hubs_, [&](const auto& hub) { return hub->books.holds(last->second.id); });
    last->second.told = last->second.told || at_a_hub;
  }
  if (disasters_ == 0) check_own(agent);
}

// What a post was shown goes from its view only because somebody had seen it, whatever becomes of
// the hub: one that has lost history sends nothing down until its custodians have given it back.
void Watch::check_no_older(SimDialler& agent, const Said& said) {
  auto& had = had_[{agent.index(), said.record}];
  const auto before = std::exchange(had, said.writes);
  // Of two copies of a hub that both run each has a history of its own.
  if (proceeded_ || hubs_.size() > 1 || !said.custodian_known || said.writes.empty()) return;
  for (const auto& id : before) {
    const auto goes_for = [&](const EventId& later) {
      return later == id || ledger_.saw(later, id);
    };
    if (std::ranges::any_of(said.writes, goes_for) || std::ranges::count(said.named, id) > 0)
      continue;
    // What it wrote itself and the hub has not stands on top.
    if (sight_of(agent.read(), said.record).writes.contains(id) ||
        !was_in_custody(id, said.step)) {
      continue;
    }
    fault(FaultKind::vanished, agent.member().label() + " is sent an older state of " +
                                   describe(said.record) + " than it had");
    return;
  }
}

// What a custodian got only later, from its author, the hub could not know of.
bool Watch::was_in_custody(const EventId& id, std::uint64_t step) const {
  const auto since = custody_since_.find(id);
  return since != custody_since_.end() && since->second < step;
}

// An acknowledgement alone takes nothing from the view: until the hub sends the record, as it is
// with what the agent wrote, that stands on top.
void Watch::check_own(SimDialler& agent) {
  const auto txn = agent.read();
  for (auto own = last_own_.lower_bound({agent.index(), RecordKey{}});
       own != last_own_.end() && own->first.first == agent.index(); ++own) {
    const auto& record = own->first.second;
    if (own->second.told || sight_of(txn, record).writes.contains(own->second.id)) continue;
    fault(FaultKind::vanished,
          agent.member().label() + " no longer shows what it wrote of " + describe(record));
  }
}

}  // namespace titip
