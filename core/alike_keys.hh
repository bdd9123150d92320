#pragma once

// What of a record is compared with others: core/alike.hh says with whom.

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "core/event.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

// Of each list of the type whose fields are all shown, by its index. A record that was retracted is
// like nothing. `instead`: of the person that it is about.
using AlikeHashes = std::map<std::size_t, Hash>;
AlikeHashes alike_hashes(const RecordType& type, const RecordState& state, std::string_view secret,
                         std::optional<RecordId> instead);

// Of lists in which both are equal those that count, as masks: a number that one person has stays a
// likeness whatever else differs, and any longer list does not where they differ in what
// distinguishes.
std::uint64_t alike_by(const RecordType& type, const RecordState& one, const RecordState& other,
                       std::uint64_t lists);

}  // namespace titip
