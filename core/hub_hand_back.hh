#pragma once

// What a custodian hands back goes into the hub's journal again: what the hub lacks with the facts
// that were frozen when it was first appended, and of what it has, where that stood before. Lanes
// go on from where the lost journal had them; enrolments and revocations take effect again.

#include <string>
#include <vector>

#include "core/batch_codec.hh"
#include "core/hub_journal.hh"
#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/types.hh"

namespace titip {

struct HandBack {
  Seq from = 0;                   // offset, in the lost journal, that the items follow
  std::vector<BatchEvent> items;  // entries as that hub chained them
};

struct HandBackOutcome {
  std::uint64_t taken = 0;       // events that this hub did not have
  std::uint64_t unreadable = 0;  // items that are no entry
  std::vector<NodeState> nodes;  // enrolled, confirmed or revoked by it
  std::vector<NodeId> touched;   // nodes whose feeds have moved
};

HandBackOutcome take_back(WriteTxn& txn, const HandBack& back, const HubContext& context);

}  // namespace titip
