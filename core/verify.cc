#include "core/verify.hh"

#include "core/hub_journal.hh"

namespace titip {

void verify_hub_journal(const ReadTxn& txn, JournalCheck& check) {
  constexpr std::uint64_t part = 20'000;
  const auto last = check.entries + part;
  Hash hash = check.hash.value_or(hub_chain_start());
  check.done = true;
  txn.scan(Table::journal, Key().u64(check.entries + 1), [&](const Entry& stored) {
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
    check.done = ++check.entries < last;
    return check.done;
  });
  check.hash = hash;
}

}  // namespace titip
