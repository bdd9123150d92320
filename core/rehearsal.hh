#pragma once

// What a hub's records would show if fields of theirs merged by other policies. Under most policies
// the same writes stand and only the shown one differs; under `review` a write also stands that a
// later one would else have replaced. So each record's part of the journal is applied once more, by
// the code that appends (core/hub_append.hh), under a vocabulary with those policies.
//
// What cannot be tried: what people would have written had they seen other values.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/kv.hh"
#include "core/limits.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

struct PolicyTrial {
  const RecordType* type = nullptr;   // as it is now
  const FieldRules* field = nullptr;  // of it
  MergePolicy policy = MergePolicy::later;
};
// Each is "Person.birthDate=later"; at least one. The trials point into `registry`.
Result<std::vector<PolicyTrial>> parse_policy_trials(const std::vector<std::string>& texts,
                                                     const Registry& registry);

struct RehearsedRecord {
  RecordKey record;
  RecordState now;   // as it is stored
  RecordState then;  // as it would be
};

// One write that is shown, or open under review, now or then.
struct RehearsedValue {
  std::size_t number = 0;  // from 1, by time; equal values share one
  const Write* write = nullptr;
  bool shown_now = false;
  bool shown_then = false;
};

// A field of which something else would be shown, or which would be under review or no more. Where
// it is under review, every value is open: what stands without a review stands under one, too.
struct RehearsedField {
  const FieldRules* now = nullptr;
  const FieldRules* then = nullptr;
  bool under_review_now = false;
  bool under_review_then = false;
  std::vector<RehearsedValue> values;  // by number; those of one number by time
};

struct RehearsalCounts {
  std::uint64_t records = 0;  // looked at
  std::uint64_t differing = 0;
  std::uint64_t newly_under_review = 0;
  std::uint64_t no_more_under_review = 0;
  std::uint64_t refused = 0;  // events that would be in quarantine, too contested
  // That the journal would make otherwise also under the policies of now: since they were settled,
  // the hub has learnt more of histories that it had lost. Not among the differing.
  std::uint64_t by_later_knowledge = 0;
};

// Goes through the records and the journal in parts, each of which fits one short snapshot. It
// keeps where in the journal the records of one pass stand, 8 bytes an event, and never more than
// one record's states beside what it returns; a store with more records of these types than
// limits::rehearsal_records_max is gone through in several passes.
class Rehearsal {
 public:
  // `present` must outlive it. `since`: only records that changed then or later, by hub time.
  Rehearsal(const Registry& present, std::vector<PolicyTrial> trials, std::optional<TimeMs> since,
            std::size_t records_per_pass = limits::rehearsal_records_max);

  bool done() const { return stage_ == Stage::done; }
  // The records found in this part that would differ, in order of type and id. Each was compared
  // as it is in `txn`, which may be later than the former part's.
  std::vector<RehearsedRecord> step(const ReadTxn& txn);

  const RehearsalCounts& counts() const { return counts_; }
  std::uint64_t entries_read() const { return entries_read_; }  // of the journal, in all passes
  const RecordType& type_now(TypeNumber type) const { return *present_.find(type); }
  const RecordType& type_then(TypeNumber type) const { return *tried_.find(type); }
  // Only those that would differ, in the schema's order. `record` must outlive them.
  std::vector<RehearsedField> fields_of(const RehearsedRecord& record) const;

 private:
  enum class Stage : std::uint8_t { gathering, reading, done };

  void gather(const ReadTxn& txn);
  bool changed_since(const ReadTxn& txn, std::string_view state) const;
  bool read_on(const ReadTxn& txn);
  std::vector<RehearsedRecord> compare(const ReadTxn& txn);
  bool differs(const RehearsedRecord& record) const;
  RecordState replay(const ReadTxn& txn, const History& history, const RecordType& type,
                     const std::vector<std::uint64_t>& offsets, std::uint64_t* refused) const;

  const Registry& present_;
  Registry tried_;
  std::vector<PolicyTrial> trials_;
  std::vector<TypeNumber> types_;
  std::optional<TimeMs> since_;
  std::size_t records_per_pass_;

  Stage stage_ = Stage::gathering;
  std::size_t type_at_ = 0;  // in types_; where gathering goes on
  RecordId next_id_ = 0;
  std::map<RecordKey, std::vector<std::uint64_t>> pass_;  // → offsets in the journal
  std::uint64_t read_to_ = 0;                             // of the journal, in this pass
  std::uint64_t entries_read_ = 0;
  RehearsalCounts counts_;
};

}  // namespace titip
