#pragma once

// Records that people have linked as one: a link or unlink says of a pair of records of one type
// that they are the same, or two. Its write stands in the states of both, so that whoever holds
// either knows of it, and its asOf is that of either. A group is what links join, directly or by
// way of others; the lowest id is its name (canonical). docs/decisions/0017-groups.md says why.

#include <functional>
#include <optional>
#include <vector>

#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/types.hh"

namespace titip {

// Whether anybody has ever said of the record that it is one with another, or is not.
bool has_pairs(const RecordState& state);
// A word about a pair as it stands in the state of the other: `record` is the one whose state it
// was of.
Write mirrored(Write write, RecordId record);
// How many of a state's writes are about itself and not about a pair.
std::size_t own_writes(const RecordState& state);
// Whether the state takes one more write of such an op: a resolve settles, anything else would pile
// up. Words about pairs are counted by themselves, so that they keep nobody from writing.
bool has_room_for(const RecordState& state, Op op);

struct PairWord {
  RecordId other = 0;
  bool same = false;       // what is shown: by the higher rank, else the later
  bool linked = false;     // a link stands, contested or not
  bool contested = false;  // so does an unlink, and neither author had seen the other's
};
// What stands of every pair of the record, ascending.
std::vector<PairWord> pair_words(const RecordState& state);

// Whose state a record has; nullopt: not held.
using StateOf = std::function<std::optional<RecordState>(const RecordKey&)>;
StateOf stored_states(const ReadTxn& txn);

// The records that are shown as one with `record`, itself included, ascending.
std::vector<RecordId> shown_group(const StateOf& state_of, const RecordKey& record);
// Those that links join to it, contested or not: they are sent together, whatever is shown, since
// who has seen what must not follow from a clock. No more than `at_most`.
std::vector<RecordId> group_of(const StateOf& state_of, const RecordKey& record,
                               std::size_t at_most);
std::vector<RecordId> group_of(const StateOf& state_of, const RecordKey& record);

// What whoever looks at the record here has seen: its asOf. Of a group, which is sent one by one,
// the oldest of its members', and nothing where they do not compare.
Position seen_as_of(const ReadTxn& txn, const RecordKey& record, const RecordState& state,
                    const History& history);

}  // namespace titip
