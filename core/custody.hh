#pragma once

// Custody: a district that is entitled to everything keeps a hub's journal and can give it back.
// How far it durably holds the journal moves the safe marks of the nodes whose events stand there.

#include <cstdint>
#include <vector>

#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/types.hh"

namespace titip {

bool is_custodian(const NodeState& node);

// How far a custodian holds one lane of a node.
struct SafeMark {
  NodeId node = 0;
  Incarnation incarnation = 0;
  Lane lane = Lane::routine;
  Seq safe = 0;
  Seq have = 0;       // of the lane, at the hub
  bool fell = false;  // lower than it was
};

// The custodian durably holds the hub's journal up to `offset`, which the caller has compared with
// the hub's own chain. Stores that and the marks it moves, and returns these. A custodian that was
// restored from an old copy holds less than before: then marks fall.
std::vector<SafeMark> hold_journal(WriteTxn& txn, NodeId custodian, std::uint64_t offset);
// A node was revoked: what only it held is safe no more. The marks that fell.
std::vector<SafeMark> custodian_revoked(WriteTxn& txn);

// How far any custodian holds the hub's journal.
std::uint64_t safe_offset(const ReadTxn& txn);

}  // namespace titip
