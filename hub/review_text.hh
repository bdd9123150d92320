#pragma once

// The review list as people read it.

#include <string>

#include "core/alike.hh"
#include "core/kv.hh"
#include "core/refusal.hh"
#include "core/resolve_conflict.hh"
#include "core/review_list.hh"
#include "hub/value_text.hh"

namespace titip {

// One block: what the record is, what stands against what and who said so, and the command that
// settles it. A NIK shows its first six and last two digits. `zone_minutes` is the hub's.
std::string conflict_text(const ReadTxn& txn, const ListedRecord& listed, std::int16_t zone_minutes,
                          Language language);
// What stands below the blocks.
std::string conflicts_total(std::uint64_t open, std::uint64_t alike, std::size_t printed,
                            Language language);
// One block of a pair that may be one.
std::string alike_text(const ReadTxn& txn, const AlikePair& pair, std::int16_t zone_minutes,
                       Language language);
// The record in a line, of `state`. `follow`: with what it refers to.
std::string record_description(const ReadTxn& txn, const RecordType& type, const RecordState& state,
                               const Words& words, bool follow = true);
// What `resolve` says once it is durable.
std::string settled_text(const Settled& settled, Language language);

}  // namespace titip
