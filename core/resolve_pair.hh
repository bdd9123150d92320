#pragma once

// A person says of two records that they are one, or two: what `conflicts` asks about a pair.

#include <cstdint>

#include "core/resolve_conflict.hh"
#include "core/united.hh"

namespace titip {

// Saves the word as a link or an unlink of the hub's own, by who saw `whole`, in which `named` is.
// A refusal has written nothing: not_found; not_asked if nobody asks about the two; and what
// intake refuses.
Result<Settled> settle_pair(WriteTxn& txn, const United& whole, const RecordKey& named,
                            const Decision& decision, const IntakeContext& context,
                            std::uint64_t epoch);

}  // namespace titip
