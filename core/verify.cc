#include "core/verify.hh"

#include "core/agent_journal.hh"
#include "core/chain.hh"
#include "core/hub_journal.hh"

namespace titip {

JournalCheck verify_hub_journal(const ReadTxn& txn) {
  JournalCheck check;
  Hash hash = blake2b("titip hub journal", {});
  txn.scan(Table::journal, Key().u64(1), [&](const Entry& stored) {
    const auto offset = key_u64(stored.key, 0);
    if (offset != check.entries + 1) {
      check.fault = "the journal has a gap after offset " + std::to_string(check.entries);
      return false;
    }
    const auto entry = decode_hub_entry(offset, stored.value);
    hash = hub_chain_next(hash, entry);
    if (hash != entry.hash) {
      check.fault = "the chain breaks at offset " + std::to_string(offset);
      return false;
    }
    ++check.entries;
    return true;
  });
  return check;
}

JournalCheck verify_agent_journal(const ReadTxn& txn) {
  JournalCheck check;
  for (const auto lane : all_lanes) {
    const std::string name = lane == Lane::urgent ? "urgent" : "routine";
    Hash hash = chain_start(current_incarnation(txn), lane);
    const auto head = journal_head(txn, lane);
    for (Seq seq = 1; seq <= head.seq && !check.fault; ++seq) {
      const auto entry = journal_entry(txn, lane, seq);
      if (!entry) {
        check.fault = "the " + name + " lane has a gap at " + std::to_string(seq);
        break;
      }
      hash = chain_next(hash, entry->event);
      if (hash != entry->hash) {
        check.fault = "the chain of the " + name + " lane breaks at " + std::to_string(seq);
      }
      ++check.entries;
    }
  }
  return check;
}

}  // namespace titip
