#pragma once

// A change: a record's latest resolved state, as a feed carries it down to the posts and out to the
// district. An item of a batch of the stream hub_changes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/scope.hh"
#include "core/types.hh"

namespace titip {

struct Change {
  std::uint64_t position = 0;  // in the feed
  RecordKey record;
  bool forget = false;  // it concerns the receiver no more; `state` is empty
  Seq included =
      0;  // of the receiver's own stream, in the type's lane: the state has it up to here
  RecordState state;
};

// schema::Change, canonical.
std::string encode_change(const Change& change);
// Bytes from another node. nullopt: not a change, or beyond a limit of core/limits.hh; its payloads
// are safe to open. The writes of its state are in order.
std::optional<Change> decode_change(std::string_view bytes);

// Whether a change that holds `state` is one that decode_change takes. A hub lets no record grow
// beyond that.
bool fits_change(const RecordState& state);

// Takes out of a state what `scope` withholds: identifying fields, fields that this registry does
// not know, and who wrote it. `type` may be null: then nothing of the values stays.
void withhold(RecordState& state, const RecordType* type, const Scope& scope);

}  // namespace titip
