#pragma once

// A hub's review list: every record that shows something by policy rather than agreement, and since
// when. It is kept where an event is applied; what stands against what is read from the record's
// own state (core/contested_record.hh).

#include <cstdint>
#include <optional>
#include <vector>

#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/types.hh"
#include "core/united.hh"

namespace titip {

// What of a record is contested.
struct Contested {
  FieldMask fields = 0;       // whose frontier holds different values
  bool alive = false;         // so is whether it was made once, or lives at all
  bool pairs = false;         // so is whether it is one with another
  bool under_review = false;  // open: only a `resolve` ends it
  bool any() const { return fields != 0 || alive || pairs || under_review; }
  bool operator==(const Contested&) const = default;
};
Contested contested(const RecordState& state, const RecordType& type);
Contested contested(const United& whole, const RecordType& type);

// An event has turned `before` into `after`: the record enters the list, changes in it or leaves
// it.
void update_review_list(WriteTxn& txn, const RecordKey& record, const RecordType& type,
                        const RecordState& before, const RecordState& after, TimeMs now);
// Likewise of a record that has been said to be one with others, or not to be: a group is listed
// under its canonical id alone. The store holds them as they are now.
void update_review_list(WriteTxn& txn, const RecordKey& record, const RecordType& type, TimeMs now);

// Lists what a store holds that was written before there was a list; once, whenever it is called.
// They count as contested since `now`.
void build_review_list(WriteTxn& txn, const Registry& registry, TimeMs now);

struct ListedRecord {
  RecordKey record;
  TimeMs since = 0;  // hub time from which on something of it has been contested
  Contested what;
};
std::optional<ListedRecord> listed_record(const ReadTxn& txn, const RecordKey& record);

enum class Listing : std::uint8_t { open, all };
// Oldest first. `type` 0: of every type.
std::vector<ListedRecord> review_list(const ReadTxn& txn, Listing listing, TypeNumber type = 0);

// Records under review, at a hub by this list, elsewhere by core/under_review.hh. One value read,
// however many there are.
std::uint64_t open_conflicts(const ReadTxn& txn);
// One record is, or is not any more.
void count_open(WriteTxn& txn, bool was_open, bool is_open);

}  // namespace titip
