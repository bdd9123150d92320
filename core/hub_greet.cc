#include "core/hub_greet.hh"

#include <algorithm>

#include "core/asides.hh"
#include "core/backup_mark.hh"
#include "core/carried.hh"
#include "core/chain.hh"
#include "core/corrected_time.hh"
#include "core/feeds.hh"
#include "core/hub_lives.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/mutants.hh"
#include "core/parked.hh"
#include "core/pending.hh"
#include "core/rebuilding.hh"
#include "core/receiver.hh"

namespace titip {

namespace {

Seq head_seq(const std::vector<Head>& heads, Lane lane) {
  for (const auto& head : heads) {
    if (head.lane == lane) return head.seq;
  }
  return 0;
}

void note_hello(NodeState& node, const HelloMessage& hello, TimeMs heard_at) {
  node.last_seen = heard_at;
  node.reported = hello.heads;
  node.reported_backlog = hello.status.backlog_events;
  node.oldest_unsent_seconds = hello.status.oldest_unsent_seconds;
  node.clock_offset_ms = clock_minus(hello.clock.wall, heard_at);
  node.software = hello.software;
  node.bytes_sent = hello.status.bytes_sent;
  node.bytes_received = hello.status.bytes_received;
  node.anchors.insert(node.anchors.begin(),
                      {hello.clock.boot, hello.clock.uptime, heard_at, hello.incarnation,
                       head_seq(hello.heads, Lane::routine), head_seq(hello.heads, Lane::urgent)});
  if (node.anchors.size() > limits::anchors_per_node_max) node.anchors.pop_back();
}

// Whether the hub holds more of a lane than the device does, or another history of it: a restored
// or cloned store, which must continue under a new incarnation.
bool forked(const NodeState& node, const HelloMessage& hello) {
  if (mutant(Mutant::no_incarnation)) return false;
  return std::ranges::any_of(hello.heads, [&](const Head& head) {
    const auto* lane = node.find_lane(hello.incarnation, head.lane);
    if (lane == nullptr || lane->have.seq == lane->base) return false;
    return lane->have.seq > head.seq ||
           (lane->have.seq == head.seq && lane->have.hash != head.hash);
  });
}

// What of this journal stands in quarantine, or was applied after all, beyond the position that the
// device last noted: with it it noted every outcome up to there. `position` is taken back to the
// last one that the answer has room for.
std::vector<Outcome> untold_outcomes(const ReadTxn& txn, const GreetOrder& order,
                                     const EpochLine& line, Position& position) {
  const auto& noted = order.hello.hub_highest;
  const auto after = line.covers(position, noted) ? noted.offset : 0;
  std::vector<Outcome> untold;
  if (mutant(Mutant::outcomes_told_once)) return untold;
  for (auto& [offset, outcome] : outcomes_beyond(txn, order.node, order.hello.incarnation, after)) {
    untold.push_back(std::move(outcome));
    if (untold.size() < limits::outcomes_per_frame_max) continue;
    position = {line.epoch_of(offset), offset};
    break;
  }
  return untold;
}

void append_first(WriteTxn& txn, const BatchMessage& first, NodeState& node,
                  const HelloMessage& hello, const HubContext& context, Greeted& greeted) {
  if (first.stream.kind != StreamKind::agent_journal || first.stream.name != hello.incarnation)
    return;
  auto durable = node.lane(hello.incarnation, first.stream.lane).have;
  if (durable.seq == node.lane(hello.incarnation, first.stream.lane).base) {
    durable.hash = chain_start(hello.incarnation, first.stream.lane);
  }
  Receiver receiver(first.stream, durable);
  auto decision = receiver.take(first);
  // A guess that does not fit is no fault: the answer says where to go on.
  if (decision.verdict != Receiver::Verdict::store) return;
  greeted.appended = decision.events.size();
  const auto append = append_of(node.id, first.stream, std::move(decision));
  auto outcome = append_stream(txn, append, node, context);
  greeted.quarantined = std::move(outcome.quarantined);
  greeted.touched = std::move(outcome.touched);
}

// The line from the current epoch back to the one that the node has been told of.
std::vector<EpochEntry> line_for(const EpochLine& line, const HelloMessage& hello,
                                 const NodeState& node) {
  std::vector<EpochEntry> told;
  std::uint64_t oldest_needed = hello.hub_highest.epoch;
  for (const auto& held : hello.holds) {
    // A journal's receiver keys its entries by epoch, so it is told of all that it will get.
    if (held.stream.kind == StreamKind::hub_journal && is_custodian(node))
      oldest_needed = held.position.epoch;
  }
  for (const auto& entry : line.entries()) {
    if (told.size() == limits::epochs_per_frame_max) break;
    told.push_back(entry);
    if (entry.epoch == oldest_needed) break;
  }
  return told;
}

// Where this hub stands, in the epoch of this opening.
Position here_in(const ReadTxn& txn) {
  return {meta::get_u64(txn, meta::epoch).value_or(0), journal_end(txn).offset};
}

// Whether this journal has what a custodian holds beside its line. What it lacks it is given at the
// custodian's next dial, so the custodian has not finished yet.
bool has_asides(const ReadTxn& txn, const HelloMessage& hello) {
  if (!hello.proof || mutant(Mutant::no_hand_back)) return true;
  const LineHistory history(txn);
  const auto here = here_in(txn);
  return std::ranges::all_of(hello.proof->asides, [&](const HeldAside& aside) {
    return has_aside(history, here, aside);
  });
}

// A custodian whose journal is this one, as far as it goes, is sent the rest; one that holds
// another history is asked to hand that back.
void send_journal(WriteTxn& txn, const Held& held, const HelloMessage& hello, NodeState& node,
                  const HubContext& context, Greeted& greeted) {
  const auto offset = held.position.offset;
  const auto hash = JournalSource(txn).hash_at(offset);
  if (!hash || (offset > 0 && *hash != held.hash)) {
    greeted.custodian_differs = true;
    return;
  }
  const StreamName name{StreamKind::hub_journal, Lane::routine, context.epoch};
  greeted.sends.push_back({name, {context.epoch, offset}, *hash});
  if (has_asides(txn, hello)) greeted.rebuilt = custodian_agrees(txn, node);
  greeted.marks = hold_journal(txn, node.id, offset);
  node = find_node(txn, node.id).value();
}

// What of the streams that the node receives it is to be sent, and after which position.
void begin_sending(WriteTxn& txn, const GreetOrder& order, NodeState& node,
                   const HubContext& context, Greeted& greeted) {
  for (const auto& held : order.hello.holds) {
    if (held.stream.kind == StreamKind::hub_journal && is_custodian(node)) {
      send_journal(txn, held, order.hello, node, context, greeted);
    }
  }
  if (is_rebuilding(txn) || node.pending) return;
  for (const auto& held : order.hello.holds) {
    if (held.stream.kind != StreamKind::hub_changes) continue;
    const StreamName name{StreamKind::hub_changes, Lane::routine, context.epoch};
    greeted.sends.push_back({name, {context.epoch, resume_feed(txn, held.position)}, {}});
  }
}

// What the node says of hub positions, against what is held here.
void compare_histories(WriteTxn& txn, const GreetOrder& order, NodeState& node,
                       const HubContext& context, Greeted& greeted) {
  const auto& hello = order.hello;
  // A Hello that it made after the last session here was welcomed by somebody: was that not this
  // opening, another copy of this hub is alive.
  if (node.told.epoch == context.epoch && hello.since > node.told.offset) {
    note_other_copy(txn, {node.id, order.heard_at});
    greeted.other_copy = true;
  }
  node.told = {context.epoch, hello.nonce};
  if (is_custodian(node) && hello.proof) note_foreign_epochs(txn, hello.proof->epochs);
  const LineHistory history(txn);
  const auto here = here_in(txn);
  const auto covered = [&](const Position& position) {
    return here.epoch != 0 && history.covers(here, position);
  };
  const auto present = [&](const Position& position, bool is_held) {
    if (position.epoch == 0 || position.offset == 0 || is_held) return;
    if (position_presented(txn, position, order.heard_at)) greeted.rebuilding_began = true;
  };
  present(hello.hub_highest, covered(hello.hub_highest));
  for (const auto& held : hello.holds) {
    // Positions of a feed are counted apart from those of the journal.
    present(held.position, held.stream.kind == StreamKind::hub_journal
                               ? covered(held.position)
                               : resume_feed(txn, held.position) == held.position.offset);
  }
  if (!is_custodian(node) || !hello.proof) return;
  for (const auto& aside : hello.proof->asides) {
    present(aside.tip, has_aside(history, here, aside));
  }
}

// Why the Hello is refused, or nothing: then the node, perhaps pending or with a new life, is
// stored.
std::optional<RefuseReason> admit(WriteTxn& txn, const GreetOrder& order,
                                  std::optional<NodeState>& node, const HubContext& context,
                                  Greeted& greeted) {
  if (!node && order.newcomer) {
    node = take_pending(txn, *order.newcomer);
    greeted.newcomer = node;
  }
  if (!node) return RefuseReason::not_enrolled;
  if (node->revoked_at != 0) return RefuseReason::revoked;
  const auto& hello = order.hello;
  const bool agent = node->kind != FacilityKind::district;
  // A name that is another node's: one journal was copied to a device that was enrolled anew.
  const auto owner = owner_of(txn, hello.incarnation);
  if (owner && *owner != node->id) return RefuseReason::forked;
  const bool begins = agent && !node->owns(hello.incarnation);
  // One that claims no past is another life, too, if this hub knows the device by a later one.
  const bool another_life = begins && (!hello.branches.empty() || !node->lanes.empty());
  if (begins && !hello.branches.empty() && !adopt_life(txn, *node, hello)) {
    return RefuseReason::forked;
  }
  if (forked(*node, hello)) return RefuseReason::forked;
  claim_incarnation(txn, hello.incarnation, node->id);
  // Known before anything of it is appended, so that this is not taken for an echo everywhere.
  if (another_life) {
    for (const auto& head : hello.heads) node->lane(hello.incarnation, head.lane);
  }
  put_node(txn, *node);
  // Before any feed moves: positions are told with this opening's name.
  begin_epoch(txn, context.epoch);
  if (another_life) {
    greeted.new_life = true;
    const HubHistory history(txn);
    Feeds feeds(txn, context.registry);
    feeds.life_began(node->id, [&](const Write& write) {
      return history.in_line(hello.incarnation, carrier_of(write), write.id);
    });
    greeted.touched = feeds.touched();
  }
  return std::nullopt;
}

std::vector<Head> backed_up_heads(const ReadTxn& txn, const NodeState& node,
                                  const HelloMessage& hello) {
  std::vector<Head> heads;
  const auto mark = backup_mark(txn);
  if (!mark || node.kind == FacilityKind::district) return heads;
  // Where there is a custodian, it is the one to rely on.
  const auto nodes = all_nodes(txn);
  if (std::ranges::any_of(nodes, is_custodian)) return heads;
  for (const auto& head : hello.heads) {
    const auto seq = carried_up_to(txn, hello.incarnation, head.lane, mark->position.offset);
    if (seq > 0) heads.push_back({head.lane, seq, {}});
  }
  return heads;
}

void tell_lanes(const HelloMessage& hello, NodeState& node, Greeted& greeted) {
  if (node.kind == FacilityKind::district) return;  // it only receives
  for (const auto& head : hello.heads) {
    const auto& lane = node.lane(hello.incarnation, head.lane);
    greeted.have.push_back(lane.have);
    if (lane.have.seq == lane.base) {
      greeted.have.back().hash = chain_start(hello.incarnation, head.lane);
    }
    greeted.safe.push_back({head.lane, node.safe_in(hello.incarnation, head.lane), {}});
  }
}

}  // namespace

HubOutcome greet(WriteTxn& txn, const GreetOrder& order, const HubContext& context) {
  Greeted greeted;
  auto node = find_node(txn, order.node);
  greeted.refused = admit(txn, order, node, context, greeted);
  if (greeted.refused) return greeted;
  note_hello(*node, order.hello, order.heard_at);
  compare_histories(txn, order, *node, context, greeted);
  if (order.hello.first && node->kind != FacilityKind::district) {
    auto touched = std::move(greeted.touched);
    append_first(txn, *order.hello.first, *node, order.hello, context, greeted);
    greeted.touched.insert(greeted.touched.end(), touched.begin(), touched.end());
  }
  put_node(txn, *node);
  begin_sending(txn, order, *node, context, greeted);
  tell_lanes(order.hello, *node, greeted);
  greeted.backed_up = backed_up_heads(txn, *node, order.hello);
  greeted.rebuilding = is_rebuilding(txn) || node->pending;
  const auto line = current_line(txn);
  const auto end = journal_end(txn);
  greeted.position = {line.epoch_of(end.offset), end.offset};
  greeted.untold = untold_outcomes(txn, order, line, greeted.position);
  greeted.epochs = line_for(line, order.hello, *node);
  return greeted;
}

}  // namespace titip
