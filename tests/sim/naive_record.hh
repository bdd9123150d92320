#pragma once

// One record by the words of replication.md sections 2 and 3, slow and obvious: it keeps every
// write and asks of each pair which saw which. Nothing here is the engine's.

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/event.hh"
#include "core/record_state.hh"
#include "core/registry.hh"

namespace titip {

struct NaiveWrite {
  EventId id;
  Incarnation carrier = 0;  // whose lane brought it
  std::vector<Position> placements;
  Position basis;
  Seq seen = 0;
  Op op = Op::create;
  RecordId other = 0;  // of link and unlink
  FieldMask fields = 0;
  FieldMask cleared = 0;
  std::set<EventId> settles;
  OrderingFacts order;
  std::string payload;
};

class NaiveRecord {
 public:
  using Sees = std::function<bool(const NaiveWrite& later, const NaiveWrite& earlier)>;
  using Writes = std::set<std::size_t>;

  NaiveRecord(std::vector<NaiveWrite> writes, const RecordType& type, const Sees& sees);

  // The writes that stand in a field; in the field `alive`.
  std::set<EventId> standing(const FieldRules& field) const;
  std::set<EventId> lives() const;
  bool under_review() const;
  // Which of them is shown; nullptr: nobody wrote the field.
  const NaiveWrite* shown(const FieldRules& field) const;

 private:
  bool saw(std::size_t i, std::size_t j) const { return saw_[i].contains(j); }
  bool names(std::size_t i, std::size_t j) const {
    return writes_[i].settles.contains(writes_[j].id);
  }
  bool touches(std::size_t i, const FieldRules& field) const {
    return (writes_[i].fields & field.bit()) != 0;
  }
  bool creates(std::size_t i) const { return writes_[i].op == Op::create; }
  bool joins(std::size_t i) const {
    return writes_[i].op == Op::link || writes_[i].op == Op::unlink;
  }
  bool ends(std::size_t i) const;
  std::string value(std::size_t i, const FieldRules& field) const;
  Writes frontier(const FieldRules& field, const Writes& among) const;
  bool differ(const FieldRules& field, const Writes& among) const;
  bool sweeps(const FieldRules& field, std::size_t i) const;
  Writes standing_lives() const;
  bool conflicts(const Writes& standing, std::size_t use) const;
  bool saw_conflict(std::size_t end, std::size_t use) const;
  bool decides(std::size_t word) const;
  bool pair_contested() const;

  std::vector<NaiveWrite> writes_;
  const RecordType& type_;
  std::vector<Writes> saw_;
  Writes all_;
  mutable std::map<std::pair<std::uint8_t, std::size_t>, bool> sweeps_;
};

}  // namespace titip
