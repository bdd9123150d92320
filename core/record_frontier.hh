#pragma once

// Which writes of a record stand in which frontier, worked out from the writes alone: the outcome
// depends on the set of writes, on what each has seen and on whom a `resolve` names; never on
// arrival order or clocks.
//
// A field: a `set` removes every write that it has seen; a `resolve` removes the writes that it
// names, and only those. On a field under `review` a `set` whose author saw several values removes
// none: what counts is what that author saw, not what stands when the event arrives.
//
// The built-in field `alive`: a `create` makes the record, a `set` uses it, a `retract` ends it. A
// use removes the uses it has seen. An end removes the uses and the `create` it has seen, unless
// its author also saw another end that had not seen them: that conflict is a person's. Ends, and a
// second `create`, are removed by name only. A `resolve` that names nothing but uses, and sets
// nothing, lets the retraction stand and is itself an end; any other `resolve` is a use. An end
// that has not seen a standing use is in conflict with it, and so are two creates. So a use whose
// author had seen the end is in conflict with it too; intake refuses such a use, unless the record
// was under review already.
//
// The built-in field `same` of a pair of records: a link or unlink removes those of the pair that
// it has seen, and those that stand side by side and differ are under review. One that has seen
// both, a link and an unlink, decides: it also removes any that had not seen both, seen or not.
//
// A write outlives its last frontier while a late arrival may have to be judged by it: every
// `create`, `retract` and `resolve`, every write to a field under `review`, every link and unlink,
// and whatever only a name has removed. Any other goes once the writes that removed it have seen
// all that it had seen. Of those kept, a record has at most limits::idle_writes_max, and as many
// words about pairs; the oldest go first. A `resolve` goes no sooner than what it names, and one
// about lives together with it: without the one the other would say something else.

#include <cstdint>

#include "core/record_state.hh"

namespace titip {

enum class AliveSays : std::uint8_t { nothing, made, used, ended };
AliveSays alive_says(const RecordState& state, const Write& write);

// Whether it is contested that the record was made once, or lives.
bool life_contested(const RecordState& state);

// Whether `one` is shown over `other` by `authority`: by the rank of its author's facility, else
// because it is later.
bool outranks(const Write& one, const Write& other);

// The fields that are under the policy `review`; none of a type that is unknown.
FieldMask reviewed_fields(const RecordType* type);

// Whether two writes to a field gave it one value; both may have cleared it.
bool same_value(const FieldRules& field, const Write& one, const Write& other);

// Sets live, alive_live and under_review, and drops the writes that nothing can need again.
void settle_frontiers(RecordState& state, const RecordType* type, const History& history);

}  // namespace titip
