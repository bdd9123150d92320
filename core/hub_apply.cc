#include "core/hub_apply.hh"

#include <algorithm>

#include "core/alike.hh"
#include "core/changes.hh"
#include "core/limits.hh"
#include "core/record_group.hh"
#include "core/review_list.hh"

namespace titip {

namespace {

// Why a write cannot become part of the state, or nothing; then the state is of no use any more.
std::optional<Code> add_write(RecordState& state, Write write, const std::vector<EventId>& settles,
                              const RecordType& type, const History& history) {
  if (!has_room_for(state, write.op)) {
    return write.of_pair() ? Code::group_full : Code::too_contested;
  }
  apply_write(state, std::move(write), settles, &type, history);
  // Beyond that no feed could carry it.
  return fits_change(state) ? std::nullopt : std::optional(Code::too_contested);
}

Write write_of_entry(const EventReader& event, const HubEntry& entry,
                     std::vector<Position> placements) {
  auto write = write_of(event, entry.born, entry.order, entry.origin, entry.facility);
  write.carrier = entry.carrier;
  write.placements = std::move(placements);
  return write;
}

// The records that one event changes.
class Changing {
 public:
  Changing(const AppendWork& work, const RecordType& type) : work_(work), type_(type) {}

  std::optional<Code> add(RecordId id, Write write, const std::vector<EventId>& settles) {
    auto& changed = at(id);
    return add_write(changed.after, std::move(write), settles, type_, work_.history);
  }

  // Whoever is one with a record that was changed, before or after.
  std::optional<Code> add_groups() {
    const auto named = records_.size();
    for (std::size_t i = 0; i < named; ++i) {
      if (!has_pairs(records_[i].before) && !has_pairs(records_[i].after)) continue;
      const auto record = records_[i].record;
      const auto before = group_of(state_of(&ChangedRecord::before), record);
      const auto after =
          group_of(state_of(&ChangedRecord::after), record, limits::group_members_max + 1);
      if (after.size() > limits::group_members_max) return Code::group_full;
      for (const auto id : before) at(id);
      for (const auto id : after) at(id);
    }
    // Who is only linked and not held here has no state to send.
    std::erase_if(records_, [](const ChangedRecord& each) { return each.after.writes.empty(); });
    return std::nullopt;
  }

  void store(NodeId author, TimeMs now) {
    for (auto& each : records_) each.after.as_of = work_.appender.next();
    work_.feeds.changed(records_, author);
    for (const auto& each : records_) {
      work_.txn.put(Table::records, record_key(each.record), encode_record_state(each.after));
    }
    const bool single = records_.size() == 1;
    for (const auto& [record, before, after] : records_) {
      if (single && !has_pairs(after)) {
        update_review_list(work_.txn, record, type_, before, after, now);
      } else {
        update_review_list(work_.txn, record, type_, now);
      }
      update_alike(work_.txn, work_.context.registry, record, before, after, now);
    }
  }

 private:
  ChangedRecord& at(RecordId id) {
    const RecordKey record{type_.number, id};
    const auto known = std::ranges::find(records_, record, &ChangedRecord::record);
    if (known != records_.end()) return *known;
    const auto value = work_.txn.get(Table::records, record_key(record));
    auto& added = records_.emplace_back();
    added.record = record;
    if (value) added.before = decode_record_state(*value);
    added.after = added.before;
    return added;
  }

  StateOf state_of(RecordState ChangedRecord::*when) const {
    return [this, when](const RecordKey& record) -> std::optional<RecordState> {
      const auto known = std::ranges::find(records_, record, &ChangedRecord::record);
      if (known != records_.end()) return (*known).*when;
      return stored_states(work_.txn)(record);
    };
  }

  const AppendWork& work_;
  const RecordType& type_;
  std::vector<ChangedRecord> records_;
};

}  // namespace

std::optional<Code> apply_entry(RecordState& state, const EventReader& event, const HubEntry& entry,
                                std::vector<Position> placements, const RecordType& type,
                                const History& history) {
  return add_write(state, write_of_entry(event, entry, std::move(placements)), settled_by(event),
                   type, history);
}

std::optional<Code> apply_to_records(const AppendWork& work, const EventReader& event,
                                     const HubEntry& entry, std::vector<Position> placements,
                                     const RecordType& type) {
  auto write = write_of_entry(event, entry, std::move(placements));
  const auto record = event.record().id;
  const auto other = write.other;
  Changing changing(work, type);
  if (other != 0 && other != record) {
    if (const auto reason = changing.add(other, mirrored(write, record), {})) return reason;
  }
  if (const auto reason = changing.add(record, std::move(write), settled_by(event))) return reason;
  if (const auto reason = changing.add_groups()) return reason;
  changing.store(entry.origin, entry.received_at);
  return std::nullopt;
}

}  // namespace titip
