#include "core/trim.hh"

#include <algorithm>
#include <vector>

#include "core/agent_journal.hh"
#include "core/meta.hh"
#include "core/mutants.hh"

namespace titip {

Seq trim_mark(const ReadTxn& txn, Lane lane) {
  const auto confirmed = meta::acknowledged(txn, lane).seq;
  if (mutant(Mutant::trim_on_hub_ack)) return confirmed;
  const auto held = std::max(meta::safe(txn, lane), meta::backed_up(txn, lane));
  return std::min(confirmed, held);
}

std::size_t trim_journal(WriteTxn& txn, std::size_t events_max) {
  std::size_t gone = 0;
  for (const auto lane : all_lanes) {
    const auto mark = trim_mark(txn, lane);
    std::vector<std::string> keys;
    const auto number = static_cast<std::uint8_t>(lane);
    txn.scan(Table::journal, Key().u8(number).u64(0), [&](const Entry& entry) {
      if (key_u8(entry.key, 0) != number || key_u64(entry.key, 1) >= mark) return false;
      keys.emplace_back(entry.key);
      return gone + keys.size() < events_max;
    });
    for (const auto& key : keys) txn.erase(Table::journal, key);
    gone += keys.size();
  }
  return gone;
}

}  // namespace titip
