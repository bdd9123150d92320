#pragma once

// A person settles what stands on the review list: from their answers to the event that travels.
//
// A `resolve` names, in `settles`, every write that stands in the frontier of each field it
// decides, and sets that field. What becomes of the record itself:
//   keep      the retractions are named: they are undone
//   retract   the uses are named, and nothing is set: the retraction stands. Where a field is
//   decided
//             too, or a creation stands against a retraction, one event cannot say both: a
//             `resolve` that settles everything is followed by a `retract` that has seen it
//   one of several creations   the others are named. Its values are taken wherever it stands
//   against
//             another, and what only the others filled in is emptied
// core/record_frontier.hh says why.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/event.hh"
#include "core/kv.hh"
#include "core/save_draft.hh"

namespace titip {

struct Decision {
  // Answers by number, of the question of that name (core/contested_record.hh). An empty name: of
  // the only one that is open, or else of the only one.
  std::vector<std::pair<std::string, std::size_t>> take;
  // Values that nobody gave, or that one would rather type; fields that are contested.
  std::vector<std::pair<const FieldRules*, FieldValue>> set;
  FieldMask cleared = 0;
  // With which record it is one, or with which it is not: they are in conflict about that, or alike
  // (core/alike.hh). Travels as a link or an unlink.
  std::optional<std::pair<RecordId, Op>> pair;
  Version seen;  // of the record, as the list printed it
  std::string note;
  std::string by;
};

// {"take":N | {"FIELD":N,…}, "set":{"FIELD":value,…}, "same":ID | "apart":ID, "seen", "note",
// "by"}: `seen` and an answer are required.
Result<Decision> parse_decision(std::string_view json, const RecordType& type);

struct Settled {
  RecordKey record;
  std::uint64_t offset = 0;   // of the last event that it took
  Op op = Op::resolve;        // of the first
  bool under_review = false;  // something is still open
  bool alive = false;
  Version version;  // of the record, after
};

// Saves the decision as an event of the hub's own (core/hub_put.hh). A refusal has written nothing:
// not_found; seen_older once more has arrived than `seen`; not_contested, no_such_choice,
// several_contested for answers to what is not asked; and what intake refuses.
Result<Settled> settle_conflict(WriteTxn& txn, const RecordKey& record, const Decision& decision,
                                const IntakeContext& context, std::uint64_t epoch);

// How the record stands now, after an event of that op at `offset`.
Settled settled_as(const ReadTxn& txn, const RecordKey& named, const RecordType& type, Op op,
                   std::uint64_t offset);

// {"type","id","op","underReview","alive","version","offset"}
std::string settled_json(const Settled& settled, const Registry& registry);

}  // namespace titip
