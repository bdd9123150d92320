#include "core/feeds.hh"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
#include "core/record_group.hh"

namespace titip {

namespace {

Key all_key(std::uint64_t position) { return Key().u8('a').u64(position); }
Key node_feed_key(NodeId node, std::uint64_t position) {
  return Key().u8('n').u64(node).u64(position);
}
Key ghost_key(const RecordKey& record) { return Key().u8('g').u16(record.type).u64(record.id); }
Key place_key(NodeId node, const RecordKey& record) {
  return Key().u8('r').u64(node).u16(record.type).u64(record.id);
}

bool is_to_forget(std::string_view value) {
  return (key_u8(value, forget_at) & ~together_flag) == forget_flag;
}

bool brings_a_write(const RecordState& before, const RecordState& after) {
  return std::any_of(after.writes.begin(), after.writes.end(), [&](const Write& write) {
    return std::none_of(before.writes.begin(), before.writes.end(),
                        [&](const Write& held) { return held.id == write.id; });
  });
}

}  // namespace

bool Feeds::wrote(NodeId node, const RecordState& state) {
  return std::any_of(state.writes.begin(), state.writes.end(),
                     [&](const Write& write) { return write.origin == node; });
}

std::vector<NodeId> Feeds::without(const std::vector<NodeId>& nodes,
                                   const std::vector<NodeId>& others) {
  std::vector<NodeId> rest;
  std::set_difference(nodes.begin(), nodes.end(), others.begin(), others.end(),
                      std::back_inserter(rest));
  return rest;
}

std::uint64_t last_change(const ReadTxn& txn) {
  return meta::get_u64(txn, meta::last_change).value_or(0);
}

Feeds::Feeds(WriteTxn& txn, const Registry& registry)
    : txn_(txn), registry_(registry), concern_(txn, registry) {}

void Feeds::changed(std::span<ChangedRecord> records, NodeId author) {
  const auto others = affected_by(records);
  concern_.suppose(records, Concern::Moment::before);
  std::vector<std::vector<NodeId>> concerned;
  for (const auto& each : records) concerned.push_back(concern_.of(each.record, each.before));
  concern_.suppose(records, Concern::Moment::after);
  for (std::size_t i = 0; i < records.size(); ++i) {
    more_follow_ = i + 1 < records.size();
    tell_of(records[i], concerned[i], author);
  }
  for (const auto& other : others) settle(other);
  concern_.suppose_nothing();
}

void Feeds::tell_of(ChangedRecord& changed, const std::vector<NodeId>& concerned, NodeId author) {
  auto& [record, before, after] = changed;
  note_references(record, *registry_.find(record.type), before, after);
  const auto position = next_position();
  place(record, before.changed, position);
  after.changed = position;
  const auto now = concern_.of(record, after);
  // What goes only because it is known now to have been seen, who saw it does not know to be gone.
  const bool brings = brings_a_write(before, after);
  for (const auto node : now) {
    const bool may_be_echo = brings || is_echo(node, record, before);
    may_be_echo ? void(tell(node, record, after, position)) : put(node, record, position, false);
  }
  for (const auto node : without(concerned, now)) {
    forget(node, record, wrote(node, before) || wrote(node, after), position);
  }
  // It shows what it wrote until it is told otherwise, even if it was told to forget it before.
  if (concern_.has_feed(author) && !std::binary_search(now.begin(), now.end(), author)) {
    put(author, record, position, true);
  }
}

void Feeds::correct(NodeId node, const RecordKey& record) {
  const auto state = concern_.state_of(record);
  const auto concerned = state ? concern_.of(record, *state) : std::vector<NodeId>{};
  put(node, record, next_position(), !std::binary_search(concerned.begin(), concerned.end(), node));
}

void Feeds::tell_again(NodeId node, const RecordKey& record) {
  const auto& custodians = concern_.custodians();
  if (std::find(custodians.begin(), custodians.end(), node) == custodians.end()) {
    return correct(node, record);
  }
  auto state = concern_.state_of(record);
  const auto position = next_position();
  if (state) {
    place(record, state->changed, position);
    state->changed = position;
    txn_.put(Table::records, record_key(record), encode_record_state(*state));
  } else {
    forget_ghost(record);
    txn_.put(Table::feeds, all_key(position), record_key(record).u8(1));
    txn_.put(Table::feeds, ghost_key(record), Key().u64(position));
  }
  touch(node);
}

void Feeds::forget_ghost(const RecordKey& record) {
  const auto ghost = txn_.get(Table::feeds, ghost_key(record));
  if (!ghost) return;
  txn_.erase(Table::feeds, all_key(key_u64(*ghost, 0)));
  txn_.erase(Table::feeds, ghost_key(record));
}

std::optional<std::uint8_t> Feeds::flag_of(NodeId node, const RecordKey& record) const {
  const auto place = txn_.get(Table::feeds, place_key(node, record));
  if (!place) return std::nullopt;
  const auto entry = txn_.get(Table::feeds, node_feed_key(node, key_u64(*place, 0)));
  check(entry.has_value(), "a place in a feed without its entry");
  return static_cast<std::uint8_t>(key_u8(*entry, forget_at) & ~together_flag);
}

std::uint64_t Feeds::next_position() {
  const auto position = last_change(txn_) + 1;
  meta::put_u64(txn_, meta::last_change, position);
  return position;
}

void Feeds::note_references(const RecordKey& record, const RecordType& type,
                            const RecordState& before, const RecordState& after) {
  if (type.references == 0) return;
  const auto known = live_references(before, type, type.references, registry_);
  for (const auto& referred : live_references(after, type, type.references, registry_)) {
    if (std::find(known.begin(), known.end(), referred) != known.end()) continue;
    txn_.put(Table::referrers, record_key(referred).u16(record.type).u64(record.id), {});
  }
}

void Feeds::place(const RecordKey& record, std::uint64_t before, std::uint64_t position) {
  if (before != 0) {
    txn_.erase(Table::feeds, all_key(before));
  } else {
    forget_ghost(record);
  }
  txn_.put(Table::feeds, all_key(position), record_key(record));
  for (const auto node : concern_.custodians()) touch(node);
}

bool Feeds::tell(NodeId node, const RecordKey& record, const RecordState& state,
                 std::uint64_t position) {
  if (is_echo(node, record, state) && !mutant(Mutant::resent_echo)) {
    remember_again(node, record);
    const auto flag = flag_of(node, record);
    // Unless it was told to forget it: then it has it no more.
    if (flag != forget_flag && !concern_.has_several_lives(node)) return false;
    // A copy of the device's store, or what it was restored to, has it not. What stands there for
    // the author, too, it may not have been sent yet.
    if (!flag || flag == echo_flag) {
      const auto author = concern_.incarnation(node);
      put(node, record, position, record_key(record).u8(flagged(echo_flag)).u64(author));
      return true;
    }
  }
  put(node, record, position, false);
  return true;
}

// Takes back a `forget` of this transaction, which nobody was sent.
void Feeds::remember_again(NodeId node, const RecordKey& record) {
  const auto undone = unsent_forgets_.extract({node, record});
  if (undone.empty()) return;
  const auto place = place_key(node, record);
  txn_.erase(Table::feeds, node_feed_key(node, key_u64(*txn_.get(Table::feeds, place), 0)));
  if (const auto& stood = undone.mapped()) {
    txn_.put(Table::feeds, place, Key().u64(stood->position));
    txn_.put(Table::feeds, node_feed_key(node, stood->position), Key().bytes(stood->value));
  } else {
    txn_.erase(Table::feeds, place);
  }
}

bool Feeds::forget(NodeId node, const RecordKey& record, bool wrote_it, std::uint64_t position) {
  if (mutant(Mutant::lost_concern_kept)) return false;
  const auto flag = flag_of(node, record);
  if (flag ? flag == forget_flag : !wrote_it) return false;
  put(node, record, position, true);
  return true;
}

// Of a group that others wrote to each is sent, so that one asOf is held of all.
bool Feeds::is_echo(NodeId node, const RecordKey& record, const RecordState& state) const {
  FieldMask held = 0;
  if (!is_echo(node, state, held)) return false;
  for (const auto id : concern_.group(record, state)) {
    const auto member = id == record.id ? std::nullopt : concern_.state_of({record.type, id});
    if (member && !is_echo(node, *member, held)) return false;
  }
  return true;
}

// Own writes side by side in one field, or own words about one pair, were written from an old page
// or of two that are one now: what this hub froze decides between them, and the node does not know
// it. `held`: the fields in which some stand already.
bool Feeds::is_echo(NodeId node, const RecordState& state, FieldMask& held) const {
  const auto incarnation = concern_.incarnation(node);
  for (const Write& write : state.writes) {
    if ((held & write.live) != 0) return false;
    held |= write.live;
  }
  if (std::ranges::any_of(pair_words(state), &PairWord::contested)) return false;
  return std::all_of(state.writes.begin(), state.writes.end(), [&](const Write& write) {
    return write.origin == node && carrier_of(write) == incarnation;
  });
}

void Feeds::put(NodeId node, const RecordKey& record, std::uint64_t position, bool forget) {
  put(node, record, position, record_key(record).u8(flagged(forget ? forget_flag : 0)));
}

void Feeds::put(NodeId node, const RecordKey& record, std::uint64_t position, const Key& value) {
  const auto place = place_key(node, record);
  const bool forgets = is_to_forget(value);
  std::optional<Stood> stood;
  if (const auto held = txn_.get(Table::feeds, place)) {
    const auto at = key_u64(*held, 0);
    if (forgets) stood = {at, std::string(txn_.get(Table::feeds, node_feed_key(node, at)).value())};
    txn_.erase(Table::feeds, node_feed_key(node, at));
  }
  if (!forgets) {
    unsent_forgets_.erase({node, record});
  } else if (!stood || !is_to_forget(stood->value)) {
    unsent_forgets_.emplace(std::pair(node, record), std::move(stood));
  }
  txn_.put(Table::feeds, place, Key().u64(position));
  txn_.put(Table::feeds, node_feed_key(node, position), value);
  touch(node);
}

void Feeds::touch(NodeId node) {
  if (std::find(touched_.begin(), touched_.end(), node) == touched_.end()) touched_.push_back(node);
}

}  // namespace titip
