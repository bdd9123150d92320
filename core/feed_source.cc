#include <algorithm>
#include <utility>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/custody.hh"
#include "core/feeds.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/record_group.hh"
#include "core/united.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

std::string prefix_of(const NodeState& node) {
  const auto key = is_custodian(node) ? Key().u8('a') : Key().u8('n').u64(node.id);
  return std::string(std::string_view(key));
}

}  // namespace

FeedSource::FeedSource(const ReadTxn& txn, const Registry& registry, const NodeState& node,
                       Incarnation incarnation)
    : txn_(txn),
      registry_(registry),
      node_(node),
      incarnation_(incarnation),
      prefix_(prefix_of(node)) {}

Head FeedSource::head() const {
  Head head;
  txn_.scan_back(Table::feeds, Key().bytes(prefix_).u64(~std::uint64_t{0}),
                 [&](const Entry& entry) {
                   if (entry.key.starts_with(prefix_))
                     head.seq = key_u64(entry.key, prefix_.size());
                   return false;
                 });
  return head;
}

std::optional<Hash> FeedSource::hash_at(Seq seq) const {
  if (seq > last_change(txn_)) return std::nullopt;
  return Hash{};
}

StreamItems FeedSource::read(Seq from, std::size_t count, std::size_t raw_bytes) const {
  StreamItems read;
  read.to = from;
  std::size_t bytes = 0;
  bool together = false;  // with the one before: what is held of a group is then of one asOf
  txn_.scan(Table::feeds, Key().bytes(prefix_).u64(from + 1), [&](const Entry& entry) {
    if (!entry.key.starts_with(prefix_)) return false;
    const auto most = together ? limits::batch_events_max : count;
    if (read.items.size() >= most) return false;
    const auto position = key_u64(entry.key, prefix_.size());
    const auto flags = entry.value.size() > forget_at ? key_u8(entry.value, forget_at) : 0;
    const auto flag = flags & ~together_flag;
    const bool echo = flag == echo_flag && key_u64(entry.value, forget_at + 1) == incarnation_;
    auto encoded =
        echo ? std::nullopt : item(position, record_of_key(entry.value, 0), flag == forget_flag);
    if (encoded) {
      if (!read.items.empty() && bytes + encoded->size() > raw_bytes) return false;
      bytes += encoded->size();
      read.items.push_back({std::move(*encoded), {}});
    }
    read.to = position;
    together = (flags & together_flag) != 0;
    return true;
  });
  return read;
}

// nullopt: it is more than any batch carries, which no record becomes at this version.
std::optional<std::string> FeedSource::item(std::uint64_t position, const RecordKey& record,
                                            bool forget) const {
  Change change;
  change.position = position;
  change.record = record;
  change.forget = forget;
  const auto* type = registry_.find(record.type);
  change.included = included(type);
  if (!forget) {
    const auto value = txn_.get(Table::records, record_key(record));
    check(value.has_value(), "a record in a feed that is not held");
    change.state = decode_record_state(*value);
    change.state.changed = 0;
    if (!fits_change(change.state)) return std::nullopt;
    if (node_.kind == FacilityKind::district) limit(change, type);
  }
  return encode_change(change);
}

// What the scope leaves out goes; what a group is in conflict about may go with it, so that it is
// in conflict is said.
void FeedSource::limit(Change& change, const RecordType* type) const {
  auto& state = change.state;
  if (node_.scope.withhold_identifying && type != nullptr && has_pairs(state)) {
    state.whole_under_review = united(txn_, change.record, state, *type).state.under_review;
  }
  withhold(state, type, node_.scope);
}

Seq FeedSource::included(const RecordType* type) const {
  if (type == nullptr || incarnation_ == 0) return 0;
  const auto lane = std::find_if(node_.lanes.begin(), node_.lanes.end(), [&](const auto& state) {
    return state.incarnation == incarnation_ && state.have.lane == type->lane;
  });
  return lane == node_.lanes.end() ? 0 : lane->have.seq;
}

std::uint64_t resume_feed(const ReadTxn& txn, const Position& held) {
  // Each epoch was cut off where its child began.
  std::uint64_t reached = last_change(txn);
  for (auto epoch = meta::get_u64(txn, meta::epoch).value_or(0); epoch != 0;) {
    if (epoch == held.epoch) return std::min(held.offset, reached);
    const auto value = txn.get(Table::epochs, Key().u64(epoch));
    check(value.has_value(), "an epoch without its beginning");
    const StoredReader<schema::EpochState> in(*value);
    // 0: it began before there were feeds.
    reached = in->getFirstChange() == 0 ? 0 : std::min(reached, in->getFirstChange() - 1);
    epoch = in->getParent();
  }
  return 0;
}

}  // namespace titip
