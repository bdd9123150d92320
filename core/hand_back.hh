#pragma once

// A custodian's side of giving a hub back what it has lost: the journal that the custodian holds,
// as a stream from it to the hub, after the last position that both histories share.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/district_store.hh"
#include "core/epochs.hh"
#include "core/meta.hh"
#include "core/sender.hh"

namespace titip {

// The journal as it was told last, entry by entry, up to where it is held. `txn`, of one hub's
// part, must outlive it.
class KeptSource : public StreamSource {
 public:
  explicit KeptSource(const ReadTxn& txn);
  Head head() const override;
  std::optional<Hash> hash_at(Seq offset) const override;
  StreamItems read(Seq from, std::size_t count, std::size_t raw_bytes) const override;

 private:
  const ReadTxn& txn_;
  meta::HeldPosition held_;
  EpochLine line_;
};

// Where the journal that is held here leaves the hub's, whose line and end it has just told: the
// last position of both, with the hash here. Position 0: they share nothing.
meta::HeldPosition shared_with_hub(const ReadTxn& txn, const std::vector<EpochEntry>& told,
                                   const Position& hub_end);

// The hub has everything back: its journal goes on here from `shared`. What stands beyond stays,
// and is printed again beside what replaces it; `handed_in`, the epoch that the hub was in, is kept
// with it.
void resume_journal(WriteTxn& txn, const meta::HeldPosition& shared, std::uint64_t handed_in);

}  // namespace titip
