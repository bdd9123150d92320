#pragma once

// Who is concerned with a record: docs/decisions/0011-concern.md says the rules and why. Read from
// the store as it is within one transaction, for the nodes that have a feed of their own.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/kv.hh"
#include "core/nodes.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/types.hh"
#include "core/whereabouts.hh"

namespace titip {

// A record that an event changes, or whose group it changes.
struct ChangedRecord {
  RecordKey record;
  RecordState before;  // no writes: it is new
  RecordState after;
};

class Concern {
 public:
  // `txn` and `registry` must outlive it. Nodes are read here, once.
  Concern(const ReadTxn& txn, const Registry& registry);

  // Of the nodes with a feed of their own, whom the record concerns: ascending, each once. Nobody
  // when it has no writes.
  std::vector<NodeId> of(const RecordKey& record, const RecordState& state);

  // Whether what follows a subject may concern others than before.
  bool differ(const Whereabouts& one, const Whereabouts& other) const;

  // Until told otherwise, these count as what is said of them and not as the store does. They must
  // stay where they are.
  enum class Moment : std::uint8_t { before, after };
  void suppose(std::span<const ChangedRecord> records, Moment moment);
  // The store will soon say what was supposed.
  void suppose_nothing();
  // The records that are one with it, itself included.
  std::vector<RecordId> group(const RecordKey& record, const RecordState& state) const;
  // Of a record and whoever is one with it: they are the concern of the same nodes.
  Bearings bearings(const RecordKey& record, const RecordState& state,
                    const RecordType& type) const;
  // As supposed, else as stored; nullopt: not held.
  std::optional<RecordState> state_of(const RecordKey& record) const;

  // Enrolled, not revoked: nodes that read the feed of all changes.
  const std::vector<NodeId>& custodians() const { return custodians_; }
  // The devices of those who wrote the record or a subject of it, ascending: who may lose concern
  // when a home gets its first device.
  std::vector<NodeId> authors_of(const RecordKey& record, const RecordState& state);
  // Whether a node is an agent that is told of what concerns it.
  bool has_feed(NodeId node) const;
  // The incarnation under which a node writes now; 0: none is known.
  Incarnation incarnation(NodeId node) const;
  // Whether its store was ever restored or copied: then one node may be several devices.
  bool has_several_lives(NodeId node) const { return several_lives_.contains(node); }
  void set_incarnation(NodeId node, Incarnation incarnation);

 private:
  struct Reader {
    NodeId id = 0;
    std::string area;
    Scope scope;  // of a district
  };
  struct Known {
    RecordKey record;
    Whereabouts where;
  };

  void add_node(const NodeState& node);
  // The record itself, then each that is one with it and held: visit(state).
  template <typename Visit>
  void each_member(const RecordKey& record, const RecordState& state, Visit visit) const;
  Whereabouts where(const RecordKey& record, const RecordState& state,
                    const RecordType& type) const;
  // Whether a facility that it names as its home has a device here.
  bool cared_for(const Whereabouts& where) const;
  void add_facility(const std::string& facility, std::vector<NodeId>& to) const;
  void add_place(const Whereabouts& where, std::vector<NodeId>& to) const;
  void add_area(const std::vector<std::string>& areas, std::vector<NodeId>& to) const;
  void add_followers(const Bearings& own, std::vector<NodeId>& to);
  void add_correspondents(const RecordKey& subject, std::vector<NodeId>& to) const;
  void add_districts(TypeNumber type, const Bearings& own, std::vector<NodeId>& to);
  std::vector<std::string> areas_of(const Bearings& own);
  Whereabouts where_is(const RecordKey& subject);
  const RecordState* supposed(const RecordKey& record) const;

  const ReadTxn& txn_;
  const Registry& registry_;
  std::map<std::string, std::vector<NodeId>, std::less<>> by_facility_;
  std::vector<NodeId> agents_;  // ascending
  std::vector<Reader> with_area_;
  std::vector<Reader> districts_;  // with less than everything
  std::vector<NodeId> custodians_;
  std::map<std::string, std::vector<std::string>, std::less<>> facility_areas_;
  std::map<NodeId, Incarnation> incarnations_;
  std::set<NodeId> several_lives_;
  std::span<const ChangedRecord> supposed_;
  Moment supposed_moment_ = Moment::before;
  // A post writes visit after visit of one person. The oldest is replaced.
  std::array<Known, 16> known_;
  std::size_t next_known_ = 0;
};

}  // namespace titip
