#include "core/under_review.hh"

#include <map>
#include <set>

#include "core/meta.hh"
#include "core/record_group.hh"
#include "core/review_list.hh"
#include "core/united.hh"

namespace titip {

namespace {

void set_listed(WriteTxn& txn, const RecordKey& record, bool listed) {
  const auto key = record_key(record);
  const bool was_listed = txn.get(Table::conflicts, key).has_value();
  count_open(txn, was_listed, listed);
  if (listed && !was_listed) txn.put(Table::conflicts, key, {});
  if (!listed && was_listed) txn.erase(Table::conflicts, key);
}

// A group is under review as a whole, and links may have joined or parted it just now.
void judge_groups(WriteTxn& txn, const std::set<RecordId>& touched, const RecordType& type) {
  std::map<RecordId, bool> listed;
  for (const auto id : touched) listed[id] = false;
  for (const auto id : touched) {
    const RecordKey record{type.number, id};
    if (!txn.get(Table::records, record_key(record))) continue;
    const auto whole = united(txn, record, type);
    auto& canonical = listed[whole.record.id];
    canonical = canonical || whole.state.under_review;
  }
  for (const auto& [id, is] : listed) set_listed(txn, {type.number, id}, is);
}

}  // namespace

void note_under_review(WriteTxn& txn, const RecordKey& record, const RecordType* type,
                       const RecordState& before, const RecordState& after) {
  if (type == nullptr || (!has_pairs(before) && !has_pairs(after))) {
    // By far the most records are never under review, and are not looked up.
    if (before.under_review || after.under_review) set_listed(txn, record, after.under_review);
    return;
  }
  const auto now = stored_states(txn);
  const StateOf then = [&](const RecordKey& key) {
    return key == record ? std::optional(before) : now(key);
  };
  std::set<RecordId> touched{record.id};
  for (const auto& state_of : {then, now}) {
    const auto group = group_of(state_of, record);
    touched.insert(group.begin(), group.end());
  }
  judge_groups(txn, touched, *type);
}

bool counts_under_review(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::open_conflicts).has_value();
}

void build_under_review(WriteTxn& txn, const Registry& registry) {
  meta::put_u64(txn, meta::open_conflicts, 0);
  txn.scan(Table::records, {}, [&](const Entry& entry) {
    const auto record = record_of_key(entry.key, 0);
    const auto state = decode_record_state(entry.value);
    note_under_review(txn, record, registry.find(record.type), {}, state);
    return true;
  });
}

}  // namespace titip
