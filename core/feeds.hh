#pragma once

// Who is told of which record, and in what order. A hub keeps one feed of all changes and one for
// each node that may have only part of them: an agent, a scoped district. A feed is conflated: a
// record stands in it once, at its latest position. Positions of all feeds come from one counter,
// so they grow, with gaps, and a position of a feed is no offset of the journal.
//
// Keys of the table `feeds`:
//   'a' position u64                  → record    the feed of all changes (who is in which place
//                                                 stands in the record's state)
//   'n' node u64, position u64        → record, u8 1: forget it, 0: its state, 2: likewise, but not
//                                       to its incarnation u64, which wrote all of it; 4 more: what
//                                       follows is of its group, and goes in one batch with it
//   'r' node u64, record              → position
//   'g' record                        → position in the feed of all changes of a record that a
//                                       custodian held and this hub does not: forget it
// where a record is type u16, id u64.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/changes.hh"
#include "core/concern.hh"
#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/sender.hh"
#include "core/types.hh"

namespace titip {

// Where in the value of an entry of a node's feed, after its record, the byte that says to forget.
inline constexpr std::size_t forget_at = 10;
inline constexpr std::uint8_t forget_flag = 1;
inline constexpr std::uint8_t echo_flag = 2;
inline constexpr std::uint8_t together_flag = 4;

// The position of the last change of any feed.
std::uint64_t last_change(const ReadTxn& txn);

// Puts records into the feeds of those whom they concern (core/concern.hh), within one transaction.
class Feeds {
 public:
  // `txn` and `registry` must outlive it.
  Feeds(WriteTxn& txn, const Registry& registry);

  // An event changed a record, with all that are one with it before or after. Gives each a place in
  // the feed of all changes; the caller stores them after this call. Whoever gains concern is told
  // of the record and of what refers to it, whoever loses it is told to forget both; an author whom
  // it does not concern after all, too. `author`: 0: the hub itself.
  void changed(std::span<ChangedRecord> records, NodeId author);

  // An event of the node about this record could not be applied: the node, which shows it until it
  // is told otherwise, is sent the record as it stands here, all of it its own or not.
  void correct(NodeId node, const RecordKey& record);

  // A custodian or another node holds a state of the record from a history that this hub has lost:
  // it is told how the record stands, or to forget it.
  void tell_again(NodeId node, const RecordKey& record);

  // The node has another life, for its store was restored or copied: it is told, too, of records
  // with writes of its own that this life's journal does not have.
  void life_began(NodeId node, const std::function<bool(const Write&)>& has);

  // From now on a node writes under this incarnation. What it wrote under it is not sent back to
  // it.
  void writes_under(NodeId node, Incarnation incarnation);

  // A node was enrolled or revoked, and stored so before this was made: every record is judged
  // again. A home may have a device only now, or no more; a facility's area may be new.
  void nodes_changed(NodeId node);

  // Nodes whose feeds have moved since this was made, each once.
  const std::vector<NodeId>& touched() const { return touched_; }

 private:
  // Another record that a change may make the concern of others.
  struct Affected {
    RecordKey record;
    std::vector<NodeId> before;
  };

  // What a record's place in a node's feed was.
  struct Stood {
    std::uint64_t position = 0;
    std::string value;
  };

  static bool wrote(NodeId node, const RecordState& state);
  static std::vector<NodeId> without(const std::vector<NodeId>& nodes,
                                     const std::vector<NodeId>& others);
  std::uint64_t next_position();
  std::vector<RecordKey> may_follow(const RecordKey& record, const Bearings& before,
                                    const Bearings& after) const;
  void add_with_group(const RecordKey& record, std::vector<RecordKey>& to) const;
  std::vector<Affected> affected_by(std::span<const ChangedRecord> records);
  void tell_of(ChangedRecord& changed, const std::vector<NodeId>& concerned, NodeId author);
  void note_references(const RecordKey& record, const RecordType& type, const RecordState& before,
                       const RecordState& after);
  void place(const RecordKey& record, std::uint64_t before, std::uint64_t position);
  void forget_ghost(const RecordKey& record);
  // How it stands in the node's feed, if it does: the byte at `forget_at`.
  std::optional<std::uint8_t> flag_of(NodeId node, const RecordKey& record) const;
  // Both: whether the feed moved.
  bool tell(NodeId node, const RecordKey& record, const RecordState& state, std::uint64_t position);
  // Tells the node to forget a record that it may have.
  bool forget(NodeId node, const RecordKey& record, bool wrote_it, std::uint64_t position);
  void remember_again(NodeId node, const RecordKey& record);
  void settle(const Affected& affected);
  bool is_echo(NodeId node, const RecordKey& record, const RecordState& state) const;
  bool is_echo(NodeId node, const RecordState& state, FieldMask& held) const;
  void put(NodeId node, const RecordKey& record, std::uint64_t position, bool forget);
  void put(NodeId node, const RecordKey& record, std::uint64_t position, const Key& value);
  void touch(NodeId node);
  std::uint8_t flagged(unsigned flag) const {
    return static_cast<std::uint8_t>(flag | (more_follow_ ? together_flag : 0U));
  }

  WriteTxn& txn_;
  const Registry& registry_;
  bool more_follow_ = false;  // of the group that is being told of
  Concern concern_;
  std::vector<NodeId> touched_;
  // In place of what each `forget` that was put by this object stands.
  std::map<std::pair<NodeId, RecordKey>, std::optional<Stood>> unsent_forgets_;
};

// A node's feed as its Sender reads it. Of a node with an unlimited scope (a custodian) that is
// the feed of all changes. `txn` and `registry` must outlive it.
class FeedSource : public StreamSource {
 public:
  // `node` as `txn` holds it. `incarnation` is the receiver's own, for Change::included; 0: it
  // sends nothing.
  FeedSource(const ReadTxn& txn, const Registry& registry, const NodeState& node,
             Incarnation incarnation);
  Head head() const override;
  std::optional<Hash> hash_at(Seq seq) const override;
  StreamItems read(Seq from, std::size_t count, std::size_t raw_bytes) const override;

 private:
  std::optional<std::string> item(std::uint64_t position, const RecordKey& record,
                                  bool forget) const;
  void limit(Change& change, const RecordType* type) const;
  Seq included(const RecordType* type) const;

  const ReadTxn& txn_;
  const Registry& registry_;
  NodeState node_;
  Incarnation incarnation_;
  std::string prefix_;  // of the feed's keys, before the position
};

// Where a node that holds a feed up to `held` is to go on: `held` itself where this hub's history
// has that position, else as far as it is shared (0: from the beginning). held.epoch is the epoch
// of the hub from which it received that position.
std::uint64_t resume_feed(const ReadTxn& txn, const Position& held);

}  // namespace titip
