// What the lives, the enrolment and the revocation of a node change in the feeds.

#include <algorithm>

#include "core/feeds.hh"
#include "core/meta.hh"

namespace titip {

void Feeds::life_began(NodeId node, const std::function<bool(const Write&)>& has) {
  if (!concern_.has_feed(node)) return;
  txn_.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto record = record_of_key(entry.key, 0);
    const auto state = decode_record_state(entry.value);
    // That it stands in the feed says nothing: what it wrote since was not sent back to it.
    const bool may_lack =
        std::any_of(state.writes.begin(), state.writes.end(),
                    [&](const Write& write) { return write.origin == node && !has(write); });
    if (!may_lack) return true;
    const auto now = concern_.of(record, state);
    if (std::binary_search(now.begin(), now.end(), node)) put(node, record, next_position(), false);
    return true;
  });
}

void Feeds::writes_under(NodeId node, Incarnation incarnation) {
  concern_.set_incarnation(node, incarnation);
}

void Feeds::nodes_changed(NodeId node) {
  touch(node);
  txn_.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto record = record_of_key(entry.key, 0);
    const auto state = decode_record_state(entry.value);
    const auto now = concern_.of(record, state);
    const auto position = last_change(txn_) + 1;
    bool moved = false;
    for (const auto id : now) {
      if (flag_of(id, record).value_or(forget_flag) != forget_flag) continue;
      moved = tell(id, record, state, position) || moved;
    }
    for (const auto id : without(concern_.authors_of(record, state), now)) {
      moved = forget(id, record, wrote(id, state), position) || moved;
    }
    if (moved) meta::put_u64(txn_, meta::last_change, position);
    return true;
  });
}

}  // namespace titip
