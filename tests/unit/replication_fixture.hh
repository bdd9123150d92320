#pragma once

// A stream in memory, an agent's store and a hub's store, for the tests of the replication core.

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "core/chain.hh"
#include "core/hub_orders.hh"
#include "core/hub_sessions.hh"
#include "core/link_session.hh"
#include "tests/support/memory_kv.hh"
#include "tests/support/replication_world.hh"

namespace titip::test {

inline constexpr Incarnation incarnation = 0xa9e27;
inline constexpr TimeMs hub_time = 1'728'951'180'000;

inline StreamName lane_stream(Lane lane, Incarnation of = incarnation) {
  return {StreamKind::agent_journal, lane, of};
}

// A stream of opaque events; `trim` forgets its beginning.
class ListStream : public StreamSource {
 public:
  explicit ListStream(std::size_t count = 0, Lane lane = Lane::routine) : lane_(lane) {
    hashes_.push_back(chain_start(incarnation, lane));
    for (std::size_t i = 0; i < count; ++i) add("event " + std::to_string(i + 1));
  }
  void add(const std::string& bytes) {
    events_.push_back({bytes, {}});
    hashes_.push_back(chain_next(hashes_.back(), bytes));
  }
  void trim(Seq below) { trimmed_ = below; }

  Head head() const override { return {lane_, events_.size(), hashes_.back()}; }
  Head head_at(Seq seq) const { return {lane_, seq, hashes_.at(seq)}; }
  std::optional<Hash> hash_at(Seq seq) const override {
    if (seq < trimmed_ || seq >= hashes_.size()) return std::nullopt;
    return hashes_[seq];
  }
  StreamItems read(Seq from, std::size_t count, std::size_t raw_bytes) const override {
    std::vector<BatchEvent> out;
    std::size_t bytes = 0;
    for (Seq seq = from; seq < events_.size() && out.size() < count; ++seq) {
      bytes += events_[seq].bytes.size();
      if (!out.empty() && bytes > raw_bytes) break;
      out.push_back(events_[seq]);
    }
    const Seq to = from + out.size();
    return {std::move(out), to};
  }
  BatchMessage batch(Seq from, Seq to) const {
    BatchMessage batch;
    batch.stream = lane_stream(lane_);
    batch.from = from;
    batch.to = to;
    batch.before = hashes_.at(from);
    batch.after = hashes_.at(to);
    batch.body =
        encode_batch(read(from, to - from, limits::batch_raw_bytes_max).items, Effort::fast);
    return batch;
  }

 private:
  Lane lane_;
  Seq trimmed_ = 0;
  std::vector<BatchEvent> events_;
  std::vector<Hash> hashes_;
};

// The only message in a frame, which must be of that kind.
template <typename Message>
Message said(const std::string& frame) {
  const auto decoded = decode_frame(frame);
  const auto* message = decoded ? std::get_if<Message>(&*decoded) : nullptr;
  EXPECT_NE(message, nullptr) << "instead: " << describe_frame(frame);
  return message == nullptr ? Message{} : *message;
}

// An agent's store with its journal.
struct AgentStore {
  AgentStore() {
    store.write([](WriteTxn& txn) { begin_incarnation(txn, incarnation); });
  }
  Result<Saved> save(const EventDraft& draft) {
    std::optional<Result<Saved>> saved;
    store.write([&](WriteTxn& txn) {
      IntakeContext context{Registry::ilp(), ids, clock, 540, FacilityKind::posyandu, 7, "PSY-1"};
      saved = save_draft(txn, draft, context);
    });
    return *saved;
  }
  void save(Lane lane, int count = 1) {
    for (int i = 0; i < count; ++i) {
      EXPECT_TRUE(save(sample_draft(lane, static_cast<std::uint64_t>(i))).ok());
    }
  }
  Head head(Lane lane) { return journal_head(*store.read(), lane); }
  BatchMessage batch(Lane lane, Seq from, Seq to) {
    const auto txn = store.read();
    const LaneSource source(*txn, lane);
    BatchMessage batch;
    batch.stream = lane_stream(lane);
    batch.from = from;
    batch.to = to;
    batch.before = source.hash_at(from).value();
    batch.after = source.hash_at(to).value();
    batch.body =
        encode_batch(source.read(from, to - from, limits::batch_raw_bytes_max).items, Effort::fast);
    return batch;
  }
  HelloMessage hello(std::uint64_t nonce) {
    HelloMessage hello;
    hello.protocol_min = hello.protocol_max = limits::protocol_version;
    hello.nonce = nonce;
    hello.incarnation = incarnation;
    hello.heads = {head(Lane::urgent), head(Lane::routine)};
    hello.clock = clock;
    return hello;
  }

  MemoryStore store;
  RecordIds ids{1};
  ClockReading clock{hub_time, 1000, 1};
};

// A hub's store with one node.
struct HubStore {
  HubStore() {
    store.write([&](WriteTxn& txn) {
      put_node(txn, node(7, 'k'));
      InvitationState invitation;
      invitation.public_key = invitation_key();
      invitation.facility = "PSY-2";
      invitation.name = "Posyandu Mawar";
      invitation.expires_at = hub_time + 1000;
      put_invitation(txn, invitation);
    });
  }
  static NodeState node(NodeId id, char key) {
    NodeState node;
    node.id = id;
    node.public_key = std::string(32, key);
    node.facility = "PSY-" + std::to_string(id);
    return node;
  }
  static std::string invitation_key() { return std::string(32, 'i'); }

  HubOutcome perform(const HubOrder& order) {
    std::optional<HubOutcome> outcome;
    store.write([&](WriteTxn& txn) {
      Certificate profile;
      profile.facility = "PKM-1";
      const HubContext context{Registry::ilp(), epoch, now, "PKM-1"};
      outcome = titip::perform(txn, order, context, profile, ids);
    });
    return *outcome;
  }
  void revoke(NodeId id) {
    store.write([&](WriteTxn& txn) {
      auto node = find_node(txn, id).value();
      node.revoked_at = now;
      put_node(txn, node);
    });
  }
  std::uint64_t entries() { return journal_end(*store.read()).offset; }

  MemoryStore store;
  RecordIds ids{1000};
  std::uint64_t epoch = 0xe1;
  TimeMs now = hub_time;
};

}  // namespace titip::test
