#pragma once

// The lives of agents' journals as a hub knows them: which goes on from which, and up to where they
// are one. Told by an agent that minted a new one, and learnt where it sends again what the hub
// holds of its parent.

#include <map>
#include <optional>
#include <utility>

#include "core/epochs.hh"
#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/nodes.hh"
#include "core/types.hh"

namespace titip {

// Histories as a hub knows them. `txn` must outlive it; so must `present`, a node that is being
// changed in this transaction, if there is one.
class HubHistory : public LineHistory {
 public:
  explicit HubHistory(const ReadTxn& txn, const NodeState* present = nullptr)
      : LineHistory(txn), present_(present) {}
  bool in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const override;

 private:
  struct Parent {
    Incarnation incarnation = 0;
    Seq branch = 0;
  };
  Parent parent_of(Incarnation incarnation, Lane lane) const;

  const NodeState* present_;
  mutable std::map<std::pair<Incarnation, Lane>, Parent> parents_;  // as needed
};

// Takes over a life that the node says Hello under for the first time. False: it claims a past that
// this hub does not hold; then nothing was changed.
bool adopt_life(const ReadTxn& txn, NodeState& node, const HelloMessage& hello);

// A lane has brought again, at `seq`, what the lane of `known` holds there: both are one up to here
// if they were up to the one before. (The hash of an event covers all that its journal held.)
void learn_branch(LaneState& lane, Seq seq, Incarnation known);

}  // namespace titip
