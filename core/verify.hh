#pragma once

// Whether a store's journals hold together: contiguous positions, and every chain hash recomputed.

#include <cstdint>
#include <optional>
#include <string>

#include "core/kv.hh"

namespace titip {

struct JournalCheck {
  std::uint64_t entries = 0;
  std::optional<std::string> fault;  // where it breaks, in words and positions only
};

JournalCheck verify_hub_journal(const ReadTxn& txn);
JournalCheck verify_agent_journal(const ReadTxn& txn);

}  // namespace titip
