#include "core/rehearsal.hh"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/capnp_bytes.hh"
#include "core/carried.hh"
#include "core/epochs.hh"
#include "core/event.hh"
#include "core/hub_apply.hh"
#include "core/hub_journal.hh"
#include "core/hub_lives.hh"
#include "core/limits.hh"
#include "core/parked.hh"
#include "core/record_frontier.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

Registry tried(const Registry& present, const std::vector<PolicyTrial>& trials) {
  Registry registry = present;
  for (const auto& trial : trials) {
    registry = registry.with_policy(trial.type->number, trial.field->index, trial.policy);
  }
  return registry;
}

// The event that an entry applied to its record's state, if it did: its own, or that of an entry
// before it which came again, or was applied late.
struct Applied {
  HubEntry entry;  // the event and what orders it
  std::vector<Position> placements;
  bool again = false;
};

std::optional<Applied> applied_by(const ReadTxn& txn, HubEntry entry) {
  const auto place = [&](const HubEntry& at) {
    // Entries did not always say their epoch.
    return Position{at.epoch != 0 ? at.epoch : current_line(txn).epoch_of(at.offset), at.offset};
  };
  if (entry.quarantined) return std::nullopt;
  if (!entry.event.empty()) {
    auto placements = placements_of(place(entry), entry.former);
    return Applied{std::move(entry), std::move(placements), false};
  }
  const bool again = entry.says_again();
  if (again && entry.former.empty()) return std::nullopt;
  auto held = find_event(txn, entry.born);
  if (!held || (again && held->quarantined)) return std::nullopt;
  held->order = entry.order;
  if (!again) {
    auto placements = placements_of(place(entry), entry.former);
    return Applied{*std::move(held), std::move(placements), false};
  }
  auto placements = placements_of(place(*held), held->former);
  placements.insert(placements.end(), entry.former.begin(), entry.former.end());
  return Applied{*std::move(held), std::move(placements), true};
}

bool under_review(const RecordState& state, const FieldRules& field) {
  if (field.merge != MergePolicy::review) return false;
  const auto shown = shown_field(state, field);
  return shown && shown->contested;
}

// Of the field, what is shown or open.
void add_values(RehearsedField& into, const RecordState& state, const FieldRules& field, bool open,
                bool RehearsedValue::*mark) {
  const auto shown = shown_field(state, field);
  if (!shown) return;
  for (const Write& write : state.writes) {
    const bool is_shown = (write.live & field.bit()) != 0 && same_value(field, write, *shown->from);
    if ((write.live & field.bit()) == 0 || (!is_shown && !open)) continue;
    auto held = std::ranges::find_if(
        into.values, [&](const RehearsedValue& value) { return value.write->id == write.id; });
    if (held == into.values.end()) {
      into.values.push_back({0, &write, false, false});
      held = into.values.end() - 1;
    }
    (*held).*mark = is_shown;
  }
}

void number_values(RehearsedField& field) {
  const auto by_time = [](const RehearsedValue& one, const RehearsedValue& other) {
    return std::tie(one.write->order.corrected_time, one.write->id) <
           std::tie(other.write->order.corrected_time, other.write->id);
  };
  std::ranges::sort(field.values, by_time);
  std::size_t last = 0;
  for (auto value = field.values.begin(); value != field.values.end(); ++value) {
    const auto same = std::find_if(field.values.begin(), value, [&](const RehearsedValue& earlier) {
      return same_value(*field.now, *earlier.write, *value->write);
    });
    value->number = same == value ? ++last : same->number;
  }
  std::ranges::stable_sort(field.values, {}, &RehearsedValue::number);
}

bool shows_another(const RehearsedRecord& record, const FieldRules& now, const FieldRules& then) {
  const auto shown_now = shown_field(record.now, now);
  const auto shown_then = shown_field(record.then, then);
  if (!shown_now || !shown_then) return shown_now.has_value() != shown_then.has_value();
  return !same_value(now, *shown_now->from, *shown_then->from);
}

}  // namespace

Rehearsal::Rehearsal(const Registry& present, std::vector<PolicyTrial> trials,
                     std::optional<TimeMs> since, std::size_t records_per_pass)
    : present_(present),
      tried_(tried(present, trials)),
      trials_(std::move(trials)),
      since_(since),
      records_per_pass_(records_per_pass) {
  for (const auto& trial : trials_) types_.push_back(trial.type->number);
  std::ranges::sort(types_);
  const auto twice = std::unique(types_.begin(), types_.end());
  types_.erase(twice, types_.end());
}

std::vector<RehearsedRecord> Rehearsal::step(const ReadTxn& txn) {
  if (stage_ == Stage::gathering) {
    gather(txn);
  } else if (stage_ == Stage::reading && read_on(txn)) {
    return compare(txn);
  }
  return {};
}

// The records of the next pass.
void Rehearsal::gather(const ReadTxn& txn) {
  std::size_t looked_at = 0;
  bool more = true;
  while (more && type_at_ < types_.size()) {
    const auto type = types_[type_at_];
    more = false;
    txn.scan(Table::records, Key().u16(type).u64(next_id_), [&](const Entry& entry) {
      const auto record = record_of_key(entry.key, 0);
      if (record.type != type) return false;
      if (looked_at == limits::rehearsal_part || pass_.size() == records_per_pass_) {
        more = true;
        return false;
      }
      ++looked_at;
      next_id_ = record.id + 1;
      if (!since_ || changed_since(txn, entry.value)) pass_.try_emplace(record);
      return next_id_ != 0;
    });
    if (more) break;
    ++type_at_;
    next_id_ = 0;
    more = true;
  }
  const bool all = type_at_ == types_.size();
  if (pass_.size() < records_per_pass_ && !all) return;
  stage_ = pass_.empty() ? Stage::done : Stage::reading;
  read_to_ = 0;
}

bool Rehearsal::changed_since(const ReadTxn& txn, std::string_view state) const {
  const auto changed_at = decode_record_state(state).as_of.offset;
  const auto entry = txn.get(Table::journal, Key().u64(changed_at));
  if (!entry) return true;
  return StoredReader<schema::HubEntry>(*entry)->getReceivedAt() >= *since_;
}

// Where the records of this pass stand in the journal. Whether that is known up to its end.
bool Rehearsal::read_on(const ReadTxn& txn) {
  std::size_t read = 0;
  bool at_end = true;
  txn.scan(Table::journal, Key().u64(read_to_ + 1), [&](const Entry& stored) {
    if (read == limits::rehearsal_part) return at_end = false;
    ++read;
    read_to_ = key_u64(stored.key, 0);
    auto entry = decode_hub_entry(read_to_, stored.value);
    if (entry.quarantined) return true;
    if (entry.event.empty()) {
      auto applied = applied_by(txn, std::move(entry));
      if (!applied) return true;
      entry = std::move(applied->entry);
    }
    const auto event = EventReader::open(entry.event);
    if (!event) return true;
    const auto held = pass_.find(event->record());
    if (held != pass_.end()) held->second.push_back(read_to_);
    return true;
  });
  entries_read_ += read;
  return at_end;
}

std::vector<RehearsedRecord> Rehearsal::compare(const ReadTxn& txn) {
  const HubHistory history(txn);
  std::vector<RehearsedRecord> differing;
  std::size_t replayed = 0;
  while (!pass_.empty() && replayed < limits::rehearsal_replayed_max) {
    const auto next = pass_.extract(pass_.begin());
    ++counts_.records;
    // One event alone is shown whatever the policy.
    if (next.mapped().size() < 2) continue;
    const auto& offsets = next.mapped();
    replayed += offsets.size();
    const auto stored = txn.get(Table::records, record_key(next.key()));
    if (!stored) continue;
    RehearsedRecord record{
        next.key(), decode_record_state(*stored),
        replay(txn, history, type_then(next.key().type), offsets, &counts_.refused)};
    if (!differs(record)) continue;
    const auto anew = replay(txn, history, type_now(next.key().type), offsets, nullptr);
    if (!differs({record.record, anew, record.then})) {
      ++counts_.by_later_knowledge;
      continue;
    }
    const bool now = record.now.under_review;
    const bool then = record.then.under_review;
    ++counts_.differing;
    if (then && !now) ++counts_.newly_under_review;
    if (now && !then) ++counts_.no_more_under_review;
    differing.push_back(std::move(record));
  }
  if (pass_.empty()) stage_ = type_at_ == types_.size() ? Stage::done : Stage::gathering;
  return differing;
}

bool Rehearsal::differs(const RehearsedRecord& record) const {
  return record.now.under_review != record.then.under_review || !fields_of(record).empty();
}

// `refused`: adds the events that could not be applied; may be null.
RecordState Rehearsal::replay(const ReadTxn& txn, const History& history, const RecordType& type,
                              const std::vector<std::uint64_t>& offsets,
                              std::uint64_t* refused) const {
  RecordState state;
  for (const auto offset : offsets) {
    const auto stored = txn.get(Table::journal, Key().u64(offset));
    auto applied = applied_by(txn, decode_hub_entry(offset, stored.value()));
    if (!applied) continue;
    const auto event = EventReader::open(applied->entry.event);
    if (!event) continue;
    if (applied->again && find_write(state, applied->entry.born) == nullptr) continue;
    auto after = state;
    if (apply_entry(after, *event, applied->entry, std::move(applied->placements), type, history)) {
      if (!applied->again && refused != nullptr) ++*refused;
      continue;
    }
    state = std::move(after);
    state.as_of = {0, offset};
  }
  return state;
}

std::vector<RehearsedField> Rehearsal::fields_of(const RehearsedRecord& record) const {
  std::vector<RehearsedField> fields;
  const auto& then = type_then(record.record.type);
  for (const FieldRules& now : type_now(record.record.type).fields) {
    const bool is_tried =
        std::ranges::any_of(trials_, [&](const PolicyTrial& trial) { return trial.field == &now; });
    if (!is_tried) continue;
    RehearsedField field;
    field.now = &now;
    field.then = &then.fields[now.index];
    field.under_review_now = under_review(record.now, now);
    field.under_review_then = under_review(record.then, *field.then);
    if (field.under_review_now == field.under_review_then &&
        !shows_another(record, now, *field.then)) {
      continue;
    }
    add_values(field, record.now, now, field.under_review_now, &RehearsedValue::shown_now);
    add_values(field, record.then, *field.then, field.under_review_then,
               &RehearsedValue::shown_then);
    number_values(field);
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace titip
