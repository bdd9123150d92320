#include "core/hub_hand_back.hh"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/carried.hh"
#include "core/chain.hh"
#include "core/hub_append.hh"
#include "core/hub_lives.hh"
#include "core/node_events.hh"
#include "core/parked.hh"

namespace titip {

namespace {

// Former positions of one event, the latest first, as many as an entry may say.
std::vector<Position> former_of(const HubEntry& entry) {
  std::vector<Position> former;
  // What stood in quarantine had not been applied there: nobody had seen it.
  if (!entry.quarantined) former.push_back({entry.epoch, entry.offset});
  former.insert(former.end(), entry.former.begin(), entry.former.end());
  former.resize(std::min(former.size(), limits::former_positions_max));
  return former;
}

class TakingBack {
 public:
  TakingBack(WriteTxn& txn, const HubContext& context)
      : txn_(txn),
        context_(context),
        appender_(txn, context),
        history_(txn),
        feeds_(txn, context.registry) {}

  void take(HubEntry entry) {
    const auto held = find_event(txn_, entry.born);
    const bool whole = entry.is_whole();
    if (whole && !held) return append_whole(std::move(entry));
    if (!held) return;  // a note about what was never handed back
    if (!whole && !entry.says_again() && held->quarantined) return apply_late(entry, *held);
    note_again(std::move(entry), *held);
  }

  HandBackOutcome outcome() {
    for (auto& [id, node] : nodes_) put_node(txn_, node);
    outcome_.touched = feeds_.touched();
    if (outcome_.nodes.empty() && more_lives_.empty()) return std::move(outcome_);
    // Made anew: the other was made before it knew these nodes and lives.
    Feeds feeds(txn_, context_.registry);
    for (const auto& node : outcome_.nodes) feeds.nodes_changed(node.id);
    // What one copy of a device wrote was not sent back while no other was known.
    for (const auto node : more_lives_) feeds.life_began(node, [](const Write&) { return false; });
    for (const auto node : feeds.touched()) outcome_.touched.push_back(node);
    return std::move(outcome_);
  }
  void unreadable() { ++outcome_.unreadable; }

 private:
  AppendWork work() { return {txn_, context_, appender_, history_, feeds_}; }

  void append_whole(HubEntry entry) {
    const auto record = entry.origin == 0 ? EventReader::open(entry.event) : std::nullopt;
    entry.former = former_of(entry);
    place_in_lane(entry);
    entry.quarantined = false;
    const auto offset = appender_.next().offset;
    const auto carrier = entry.carried_by();
    const auto born = entry.born;
    const bool of_a_lane = entry.origin != 0;
    // Its author is sent it, too: it may have lost this, and go on under a new name by now.
    if (of_a_lane) feeds_.writes_under(entry.origin, 0);
    append_one(work(), std::move(entry), OrderedBy::former_hub, nullptr);
    if (of_a_lane) note_carried(txn_, carrier, born.lane, born.seq, offset, 1);
    ++outcome_.taken;
    if (record) enrolment_may_be_back(record->record());
  }

  // An entry that a carrier's lane does not hold is where the lane goes on, or stands beside it: a
  // fork, under a name of its own.
  void place_in_lane(HubEntry& entry) {
    auto* node = entry.origin == 0 ? nullptr : node_of(entry.origin);
    if (node == nullptr) return;
    auto carrier = entry.carried_by();
    const auto hash = entry.carried_hash();
    const auto seq = entry.born.seq;
    const auto lane = entry.born.lane;
    if (!claims(*node, carrier)) return;
    auto& state = node->lane(carrier, lane);
    if (state.have.seq == 0 && state.base == 0 && seq > 1) begin_late(state, entry);
    if (state.have.seq == state.base) state.have.hash = chain_start(carrier, lane);
    if (!extends(state, entry)) {
      auto& fork = fork_of(*node, carrier, entry);
      carrier = fork.incarnation;
      fork.have = {lane, seq, hash};
      entry.carrier_hash = hash;
      entry.carrier = carrier;
      return;
    }
    state.have = {lane, seq, hash};
  }

  // The first that is seen of a life which began after `seq` 1.
  static void begin_late(LaneState& state, const HubEntry& entry) {
    const auto start = chain_start(state.incarnation, entry.born.lane);
    if (chain_next(start, entry.event) != entry.carried_hash()) return;
    state.base = entry.born.seq - 1;
    state.have.seq = state.base;
  }

  static bool extends(const LaneState& state, const HubEntry& entry) {
    return entry.born.seq == state.have.seq + 1 &&
           chain_next(state.have.hash, entry.event) == entry.carried_hash();
  }

  // The branch that the entry goes on, of those that part from the carrier's lane, or a new one.
  LaneState& fork_of(NodeState& node, Incarnation carrier, const HubEntry& entry) {
    const auto lane = entry.born.lane;
    for (auto& state : node.lanes) {
      if (state.have.lane == lane && state.parent == carrier && state.have.seq > state.base &&
          extends(state, entry)) {
        return state;
      }
    }
    const auto hash = entry.carried_hash();
    std::string name(std::string_view(Key().u64(carrier).u64(hash.low).u64(hash.high)));
    const auto fork = blake2b("titip fork", name).low | 1;
    claim_incarnation(txn_, fork, node.id);
    auto& state = node.lane(fork, lane);
    state.parent = carrier;
    state.base = entry.born.seq - 1;
    // Up to where both were one is seen only from what the carrier's lane holds.
    const auto* parent = node.find_lane(carrier, lane);
    const Seq last = parent == nullptr ? 0 : parent->have.seq;
    state.branch = std::min(state.base, last);
    if (state.branch > 0 && !agrees_before(carrier, entry)) state.branch = 0;
    return state;
  }

  bool agrees_before(Incarnation carrier, const HubEntry& entry) {
    const auto before = carried_hash_at(txn_, carrier, entry.born.lane, entry.born.seq - 1);
    return before && chain_next(*before, entry.event) == entry.carried_hash();
  }

  void note_again(HubEntry again, const HubEntry& held) {
    const bool moves = moves_lane(again, held);
    auto former = former_of(again);
    std::erase_if(former, [&](const Position& position) { return knows(held, position); });
    if (former.empty() && !moves) return;
    if (moves) {
      again.carrier_hash = again.carried_hash();
      again.carrier = again.carried_by();
    } else {
      again.carrier = 0;
      again.carrier_hash = {};
    }
    again.former = std::move(former);
    again.facility = held.facility;
    const auto offset = appender_.next().offset;
    const auto carrier = again.carrier;
    const auto born = again.born;
    again.received_at = context_.now;
    append_again(work(), held, std::move(again));
    if (moves) note_carried(txn_, carrier, born.lane, born.seq, offset, 1);
  }

  // Whether it is the next of its carrier's lane, which the held entry is not of.
  bool moves_lane(const HubEntry& again, const HubEntry& held) {
    if (!again.is_of_lane() || held.carried_by() == again.carried_by()) return false;
    auto* node = node_of(again.origin);
    if (node == nullptr) return false;
    if (!claims(*node, again.carried_by())) return false;
    auto& state = node->lane(again.carried_by(), again.born.lane);
    auto whole = again;
    whole.event = held.event;
    if (state.have.seq == 0 && state.base == 0 && again.born.seq > 1) begin_late(state, whole);
    if (state.have.seq == state.base) {
      state.have.hash = chain_start(again.carried_by(), again.born.lane);
    }
    if (!extends(state, whole)) return false;
    state.have = {again.born.lane, again.born.seq, again.carried_hash()};
    learn_branch(state, again.born.seq, held.carried_by());
    return true;
  }

  // Whether the event is known to have stood there; the hub's own present and former places are.
  bool knows(const HubEntry& held, const Position& position) const {
    if (position == Position{held.epoch, held.offset}) return true;
    if (std::ranges::count(held.former, position) > 0) return true;
    const auto event = EventReader::open(held.event);
    const auto stored =
        event ? txn_.get(Table::records, record_key(event->record())) : std::nullopt;
    if (!stored) return false;
    const auto state = decode_record_state(*stored);
    const auto* write = find_write(state, held.born);
    return write != nullptr && std::ranges::count(write->placements, position) > 0;
  }

  void apply_late(const HubEntry& entry, const HubEntry& held) {
    auto applied = entry;
    applied.former = former_of(entry);
    const auto offset = appender_.next().offset;
    if (append_applied(work(), held, std::move(applied))) note_applied(txn_, offset, offset);
  }

  bool claims(const NodeState& node, Incarnation incarnation) {
    if (!claim_incarnation(txn_, incarnation, node.id)) return false;
    if (!node.owns(incarnation) && !node.lanes.empty()) more_lives_.insert(node.id);
    return true;
  }

  NodeState* node_of(NodeId id) {
    if (const auto known = nodes_.find(id); known != nodes_.end()) return &known->second;
    auto node = find_node(txn_, id);
    if (!node) node = find_unknown_node(txn_, id);
    if (!node) {
      node.emplace();
      node->id = id;
    }
    return &nodes_.emplace(id, std::move(*node)).first->second;
  }

  void enrolment_may_be_back(const RecordKey& record) {
    const auto* type = context_.registry.find("Node");
    if (type == nullptr || record.type != type->number) return;
    const auto stored = txn_.get(Table::records, record_key(record));
    if (!stored) return;
    if (auto known = nodes_.extract(record.id); !known.empty()) put_node(txn_, known.mapped());
    if (auto node =
            node_is_back(txn_, context_.registry, record.id, decode_record_state(*stored))) {
      outcome_.nodes.push_back(std::move(*node));
    }
  }

  WriteTxn& txn_;
  const HubContext& context_;
  Appender appender_;
  HubHistory history_;
  Feeds feeds_;
  std::map<NodeId, NodeState> nodes_;  // whose lanes move
  std::set<NodeId> more_lives_;        // of which another life has come back
  HandBackOutcome outcome_;
};

}  // namespace

HandBackOutcome take_back(WriteTxn& txn, const HandBack& back, const HubContext& context) {
  TakingBack taking(txn, context);
  auto offset = back.from;
  for (const auto& item : back.items) {
    ++offset;
    auto entry = decode_entry_item(item.bytes);
    if (!entry) {
      taking.unreadable();
      continue;
    }
    entry->offset = offset;
    taking.take(std::move(*entry));
  }
  return taking.outcome();
}

}  // namespace titip
