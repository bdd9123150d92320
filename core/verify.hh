#pragma once

// Whether a hub's journal holds together: contiguous offsets, and every chain hash recomputed.

#include <cstdint>
#include <optional>
#include <string>

#include "core/kv.hh"
#include "core/types.hh"

namespace titip {

struct JournalCheck {
  std::uint64_t entries = 0;  // found sound so far
  std::optional<Hash> hash;   // of the chain there
  bool done = false;
  std::optional<std::string> fault;  // where it breaks, in words and positions only
};

// Goes on from where `check` is, for a part that fits one short snapshot. Call until done.
void verify_hub_journal(const ReadTxn& txn, JournalCheck& check);

}  // namespace titip
