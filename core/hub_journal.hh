#pragma once

// A hub's journal and records, as decided inside a transaction that someone else commits.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/batch_codec.hh"
#include "core/epochs.hh"
#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/nodes.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/registry.hh"
#include "core/sender.hh"
#include "core/types.hh"

namespace titip {

// The hub's journal so far: offset 0 and the chain's start when it is empty.
struct JournalEnd {
  std::uint64_t offset = 0;
  Hash hash;
};
JournalEnd journal_end(const ReadTxn& txn);

// What a hub needs beside its store to append.
struct HubContext {
  const Registry& registry;
  std::uint64_t epoch = 0;  // drawn at this opening; recorded with the first entry it appends
  TimeMs now = 0;           // hub time
  std::string facility;     // the hub's own
};

// An event as the hub first appended it; what orders it is frozen with it.
struct HubEntry {
  std::uint64_t offset = 0;
  std::string event;  // canonical bytes, or opaque ones in quarantine
  NodeId origin = 0;  // 0: the hub itself
  EventId born;
  TimeMs received_at = 0;
  OrderingFacts order;
  std::string facility;  // of the author
  bool quarantined = false;
  bool forged = false;           // in quarantine for good: it came under another node's name
  std::uint64_t epoch = 0;       // of the hub that appended it; 0: before entries said so
  Incarnation carrier = 0;       // whose lane brought it; 0: the one that it was born in
  Hash carrier_hash;             // that lane's chain hash after it, if there is a carrier
  std::vector<Position> former;  // where it stood in histories that this hub has lost
  Hash hash;                     // of the hub's chain after it

  Incarnation carried_by() const { return carrier == 0 ? born.incarnation : carrier; }
  Hash carried_hash() const { return carrier == 0 ? born.hash : carrier_hash; }
  // Not a note about an event that stands elsewhere.
  bool is_whole() const { return !event.empty() || quarantined; }
  // Whether a lane brought it, that of carried_by(): a note may only say where an event once stood.
  bool is_of_lane() const { return origin != 0 && (is_whole() || carrier != 0); }
  // Whether it says of the event `born`, which stands elsewhere, only that it came again or where
  // it stood formerly.
  bool says_again() const {
    return !is_whole() && (carrier != 0 || !former.empty());
  }
};
HubEntry decode_hub_entry(std::uint64_t offset, std::string_view value);
// Canonical bytes with an empty hash: what the chain covers, and an item of a batch of the stream
// hub_journal. The offset is the stream's.
std::string encode_hub_entry(const HubEntry& entry);
// Such bytes from another node; without offset and hash. nullopt: no entry, or beyond a limit. Its
// event may be opaque.
std::optional<HubEntry> decode_entry_item(std::string_view bytes);
// As it stands in a store, its hash included.
std::string stored_hub_entry(const HubEntry& entry);
// Gives `entry` its hash, given the hash before it; what the journal stores of it.
std::string chain_hub_entry(const Hash& before, HubEntry& entry);
// The chain's hash of an empty journal.
Hash hub_chain_start();
// The chain's hash after `entry`, given the hash before it.
Hash hub_chain_next(const Hash& before, const HubEntry& entry);

// The hub's journal as its Sender reads it: entries without their hashes, as the chain covers them.
// `txn` must outlive it.
class JournalSource : public StreamSource {
 public:
  explicit JournalSource(const ReadTxn& txn) : txn_(txn) {}
  Head head() const override;
  Seq last() const override;
  std::optional<Hash> hash_at(Seq offset) const override;
  StreamItems read(Seq from, std::size_t count, std::size_t raw_bytes) const override;

 private:
  const ReadTxn& txn_;
};

// Events that extend one lane of one node exactly, as its Receiver handed them on.
struct StreamAppend {
  NodeId node = 0;
  Incarnation incarnation = 0;
  Lane lane = Lane::routine;
  Seq from = 0;
  Hash before;
  std::vector<BatchEvent> events;
  std::vector<Hash> hashes;  // chain hash after each
};

struct AppendOutcome {
  bool extended = false;  // false: the lane stands elsewhere; nothing was written
  Head have;              // of the lane, after
  std::vector<Outcome> quarantined;
  std::vector<NodeId> touched;  // nodes whose feeds have moved
};

// Appends, orders and applies. One event that cannot be applied is kept in place, in quarantine,
// with its reason; it never blocks the rest. `node` is updated in memory; the caller stores it.
AppendOutcome append_stream(WriteTxn& txn, const StreamAppend& append, NodeState& node,
                            const HubContext& context);

// An event of the hub's own, appended.
struct OwnAppend {
  Position place;
  std::vector<NodeId> touched;  // nodes whose feeds have moved
};
// Appends what the hub's people record, or says why it cannot be applied; then none of it is kept.
Result<OwnAppend> append_recorded(WriteTxn& txn, const std::string& event,
                                  const HubContext& context);
// The same for what the hub itself makes and can always apply: enrolments and revocations. The
// nodes whose feeds have moved.
std::vector<NodeId> append_own(WriteTxn& txn, const std::string& event, const HubContext& context);

}  // namespace titip
