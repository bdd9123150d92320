// conflicts: (type u16, id u64) → Contested. How many of them are open is counted in `meta`.

#include "core/review_list.hh"

#include <algorithm>
#include <tuple>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/meta.hh"
#include "core/record_frontier.hh"
#include "core/record_group.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

// Fields in whose frontier several writes stand, whatever they say.
FieldMask written_apart(const RecordState& state) {
  FieldMask once = 0;
  FieldMask apart = 0;
  for (const Write& write : state.writes) {
    apart |= once & write.live;
    once |= write.live;
  }
  return apart;
}

ListedRecord decode_listed(const RecordKey& record, std::string_view value) {
  const StoredReader<schema::Contested> in(value);
  return {record,
          in->getSince(),
          {in->getFields(), in->getAlive(), in->getPairs(), in->getUnderReview()}};
}

void put_listed(WriteTxn& txn, const ListedRecord& listed) {
  StoredBuilder<schema::Contested> out(64);
  out->setSince(listed.since);
  out->setFields(listed.what.fields);
  out->setAlive(listed.what.alive);
  out->setPairs(listed.what.pairs);
  out->setUnderReview(listed.what.under_review);
  txn.put(Table::conflicts, record_key(listed.record), out.bytes());
}

// The record is contested in this, and in nothing else; since `since` if it was not before.
void list(WriteTxn& txn, const RecordKey& record, const Contested& what, TimeMs since) {
  const auto held = listed_record(txn, record);
  count_open(txn, held && held->what.under_review, what.under_review);
  if (!what.any()) {
    if (held) txn.erase(Table::conflicts, record_key(record));
  } else if (!held || held->what != what || since < held->since) {
    put_listed(txn, {record, held ? std::min(held->since, since) : since, what});
  }
}

Contested contested_in(const RecordState& state, const RecordType& type, bool pairs) {
  Contested what;
  what.under_review = state.under_review;
  what.pairs = pairs;
  if (state.writes.size() < 2) return what;
  const FieldMask apart = written_apart(state);
  bool reviewed = false;
  for (const FieldRules& field : type.fields) {
    if ((apart & field.bit()) == 0 || !shown_field(state, field)->contested) continue;
    what.fields |= field.bit();
    reviewed = reviewed || field.merge == MergePolicy::review;
  }
  // Whatever else is under review is about the record itself: nothing open goes unlisted.
  what.alive = life_contested(state) || (state.under_review && !reviewed && !pairs);
  return what;
}

}  // namespace

Contested contested(const RecordState& state, const RecordType& type) {
  return contested_in(state, type, std::ranges::any_of(pair_words(state), &PairWord::contested));
}

Contested contested(const United& whole, const RecordType& type) {
  return contested_in(whole.state, type, !whole.open_pairs.empty());
}

void update_review_list(WriteTxn& txn, const RecordKey& record, const RecordType& type,
                        const RecordState& before, const RecordState& after, TimeMs now) {
  const auto what = contested(after, type);
  // By far the most records are never contested, and are not looked up.
  if (what.any() || contested(before, type).any()) list(txn, record, what, now);
}

void update_review_list(WriteTxn& txn, const RecordKey& record, const RecordType& type,
                        TimeMs now) {
  const auto value = txn.get(Table::records, record_key(record));
  if (!value) return;
  const auto whole = united(txn, record, decode_record_state(*value), type);
  const auto listed = whole.record == record ? std::nullopt : listed_record(txn, record);
  if (whole.record != record) list(txn, record, {}, now);
  // One that stood for all until now hands on since when.
  if (whole.record == record || listed) {
    list(txn, whole.record, contested(whole, type), listed ? listed->since : now);
  }
}

void build_review_list(WriteTxn& txn, const Registry& registry, TimeMs now) {
  if (meta::get_u64(txn, meta::open_conflicts)) return;
  meta::put_u64(txn, meta::open_conflicts, 0);
  txn.scan(Table::records, {}, [&](const Entry& entry) {
    const RecordKey record{key_u16(entry.key, 0), key_u64(entry.key, 2)};
    const auto* type = registry.find(record.type);
    if (type == nullptr) return true;
    const auto state = decode_record_state(entry.value);
    if (has_pairs(state)) {
      update_review_list(txn, record, *type, now);
    } else {
      update_review_list(txn, record, *type, {}, state, now);
    }
    return true;
  });
}

std::optional<ListedRecord> listed_record(const ReadTxn& txn, const RecordKey& record) {
  const auto value = txn.get(Table::conflicts, record_key(record));
  if (!value) return std::nullopt;
  return decode_listed(record, *value);
}

std::vector<ListedRecord> review_list(const ReadTxn& txn, Listing listing, TypeNumber type) {
  std::vector<ListedRecord> list;
  txn.scan(Table::conflicts, Key().u16(type).u64(0), [&](const Entry& entry) {
    const RecordKey record{key_u16(entry.key, 0), key_u64(entry.key, 2)};
    if (type != 0 && record.type != type) return false;
    auto listed = decode_listed(record, entry.value);
    if (listing == Listing::all || listed.what.under_review) list.push_back(std::move(listed));
    return true;
  });
  std::sort(list.begin(), list.end(), [](const ListedRecord& one, const ListedRecord& other) {
    return std::tie(one.since, one.record) < std::tie(other.since, other.record);
  });
  return list;
}

void count_open(WriteTxn& txn, bool was_open, bool is_open) {
  if (was_open == is_open) return;
  const auto open = open_conflicts(txn);
  check(is_open || open > 0, "more conflicts were closed than opened");
  meta::put_u64(txn, meta::open_conflicts, is_open ? open + 1 : open - 1);
}

std::uint64_t open_conflicts(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::open_conflicts).value_or(0);
}

}  // namespace titip
