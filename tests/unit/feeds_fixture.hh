#pragma once

// A hub with posts and districts, and what stands in their feeds. Facilities, areas and people are
// invented.

#include <gmock/gmock.h>

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/chain.hh"
#include "core/feeds.hh"
#include "core/hub_journal.hh"
#include "event_samples.hh"
#include "tests/support/memory_kv.hh"

namespace titip::test {

inline TypeNumber number_of(std::string_view name) { return samples::type(name).number; }

// Canonical bytes of a payload with one text.
inline std::string payload_with_text(const std::string& text) {
  capnp::MallocMessageBuilder message;
  auto payload = message.getRoot<capnp::AnyPointer>().initAsAnyStruct(0, 1);
  payload.getPointerSection()[0].setAs<capnp::Text>(text.c_str());
  const auto words = payload.asReader().canonicalize();
  return {words.asChars().begin(), words.asChars().size()};
}

class FeedsFixture : public testing::Test {
 protected:
  using Values = std::vector<std::pair<std::string_view, FieldValue>>;

  static constexpr TypeNumber person = 3;
  static constexpr TypeNumber referral = 6;
  static constexpr TypeNumber growth = 12;
  static constexpr TypeNumber immunization = 13;
  static constexpr TypeNumber danger = 23;

  NodeState& add_node(NodeId id, FacilityKind kind, const std::string& facility,
                      const std::string& area = {}, Scope scope = {}) {
    NodeState node;
    node.id = id;
    node.public_key = "key of " + std::to_string(id);
    node.kind = kind;
    node.facility = facility;
    node.area = area;
    node.scope = std::move(scope);
    write([&](WriteTxn& txn) { put_node(txn, node); });
    return nodes_[id] = node;
  }
  NodeState& add_post(NodeId id, const std::string& facility, const std::string& area = {}) {
    return add_node(id, FacilityKind::posyandu, facility, area);
  }
  NodeState& add_district(NodeId id, Scope scope) {
    return add_node(id, FacilityKind::district, "DINKES", {}, std::move(scope));
  }

  // One event of a node, appended. `draft.version` defaults to what the hub holds of the record.
  AppendOutcome say(NodeId id, EventDraft draft, const std::string& by = "kader") {
    const RecordKey key{draft.type->number, draft.record.id};
    EventStamp stamp;
    stamp.record = draft.record.id;
    stamp.other = draft.other.id;
    stamp.clock.wall = now_++;
    if (draft.op != Op::create) stamp.version.as_of = state(key).as_of;
    if (draft.version) stamp.version = *draft.version;
    for (const auto& [field, value] : draft.set) {
      if (const auto* reference = std::get_if<RecordReference>(&value)) {
        stamp.references.push_back(reference->id);
      }
    }
    draft.by = by;
    return append(id, draft.type->lane, {make_event(draft, stamp)});
  }
  AppendOutcome append(NodeId id, Lane lane, const std::vector<std::string>& events) {
    auto& node = nodes_.at(id);
    const auto incarnation = incarnation_of(id);
    auto& have = node.lane(incarnation, lane).have;
    StreamAppend append{
        id, incarnation, lane, have.seq, have.seq == 0 ? chain_start(incarnation, lane) : have.hash,
        {}, {}};
    auto hash = append.before;
    for (const auto& event : events) {
      append.events.push_back({event, {}});
      append.hashes.push_back(hash = chain_next(hash, event));
    }
    AppendOutcome outcome;
    write([&](WriteTxn& txn) {
      outcome = append_stream(txn, append, node, {Registry::ilp(), epoch_, now_, "PKM"});
      put_node(txn, node);
    });
    EXPECT_TRUE(outcome.extended);
    return outcome;
  }
  static EventDraft draft_of(std::string_view type, RecordId id, const Values& values,
                             Op op = Op::create) {
    EventDraft draft;
    draft.type = &samples::type(type);
    draft.op = op;
    draft.record.id = id;
    for (const auto& [name, value] : values) draft.set.emplace_back(draft.type->field(name), value);
    return draft;
  }
  AppendOutcome make(NodeId by, std::string_view type, RecordId id, const Values& values) {
    const auto outcome = say(by, draft_of(type, id, values));
    EXPECT_TRUE(outcome.quarantined.empty());
    return outcome;
  }
  AppendOutcome edit(NodeId by, std::string_view type, RecordId id, const Values& values) {
    const auto outcome = say(by, draft_of(type, id, values, Op::set));
    EXPECT_TRUE(outcome.quarantined.empty());
    return outcome;
  }
  // As by someone who has seen nothing.
  AppendOutcome edit_blindly(NodeId by, std::string_view type, RecordId id, const Values& values) {
    auto draft = draft_of(type, id, values, Op::set);
    draft.version = Version{};
    return say(by, draft);
  }

  // That two are one, or that they are two.
  AppendOutcome say_of_pair(NodeId by, Op op, const RecordKey& record, RecordId other,
                            std::optional<Version> seen = {}) {
    EventDraft draft;
    draft.type = Registry::ilp().find(record.type);
    draft.op = op;
    draft.record.id = record.id;
    draft.other.id = other;
    draft.version = seen;
    return say(by, draft);
  }

  static FieldValue to(RecordId id) { return RecordReference{id, {}}; }
  static FieldValue text(const char* value) { return std::string(value); }

  RecordState state(const RecordKey& key) {
    const auto txn = store_.read();
    const auto value = txn->get(Table::records, record_key(key));
    return value ? decode_record_state(*value) : RecordState{};
  }

  std::vector<Change> feed(NodeId id, Seq from = 0) {
    const auto txn = store_.read();
    const auto node = find_node(*txn, id).value();
    const FeedSource source(*txn, Registry::ilp(), node, incarnation_of(id));
    std::vector<Change> changes;
    for (const auto& item : source.read(from, 100'000, ~std::size_t{0}).items) {
      auto change = decode_change(item.bytes);
      EXPECT_TRUE(change.has_value());
      if (change) changes.push_back(std::move(*change));
    }
    return changes;
  }
  // "3:7" is a person's state, "-3:7" one to forget, in the feed's order.
  std::vector<std::string> told(NodeId id, Seq from = 0) {
    std::vector<std::string> lines;
    for (const auto& change : feed(id, from)) {
      lines.push_back((change.forget ? "-" : "") + std::to_string(change.record.type) + ":" +
                      std::to_string(change.record.id));
    }
    return lines;
  }
  Seq head(NodeId id) {
    const auto txn = store_.read();
    return FeedSource(*txn, Registry::ilp(), find_node(*txn, id).value(), 0).head().seq;
  }
  std::vector<NodeId> concerned(const RecordKey& key) {
    const auto txn = store_.read();
    return Concern(*txn, Registry::ilp()).of(key, state(key));
  }
  void write(const std::function<void(WriteTxn&)>& work) { store_.write(work); }

  // Unless a test gives a node another.
  Incarnation incarnation_of(NodeId id) const {
    const auto found = incarnations_.find(id);
    return found == incarnations_.end() ? 0x1000 + id : found->second;
  }

  MemoryStore store_;
  std::map<NodeId, NodeState> nodes_;
  std::map<NodeId, Incarnation> incarnations_;
  std::uint64_t epoch_ = 0xe1;
  TimeMs now_ = 1'728'951'180'000;
};

}  // namespace titip::test
