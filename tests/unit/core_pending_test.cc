// A hub that lost its directory: who is confirmed, and what of them comes back later.

#include "core/pending.hh"

#include <gtest/gtest.h>

#include "core/chain.hh"
#include "core/hub_hand_back.hh"
#include "core/node_events.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "tests/support/memory_kv.hh"

namespace titip {
namespace {

constexpr TimeMs enrolled_at = 1'728'951'180'000;
constexpr TimeMs day_ms = 86'400'000;

Certificate certificate() {
  Certificate given;
  given.node = 7;
  given.facility = "PSY-1";
  given.name = "Posyandu Mawar";
  given.device_public_key = std::string(32, 'd');
  given.issued = enrolled_at;
  return given;
}

HubContext at(std::uint64_t epoch, TimeMs now) { return {Registry::ilp(), epoch, now, "PKM-1"}; }

// The journal of the hub that is gone: it enrolled the node.
std::vector<BatchEvent> lost_journal() {
  NodeState node;
  node.id = certificate().node;
  node.public_key = certificate().device_public_key;
  node.facility = certificate().facility;
  node.name = certificate().name;
  node.enrolled_at = enrolled_at;
  MemoryStore store;
  store.write([&](WriteTxn& txn) {
    put_node(txn, node);
    append_own(txn, enrolment_event(Registry::ilp(), node, enrolled_at), at(1, enrolled_at));
  });
  return JournalSource(*store.read()).read(0, 10, 1 << 20).items;
}

TEST(Pending, AnEnrolmentThatComesBackAfterItWasConfirmedIsNotForReview) {
  MemoryStore store;
  store.write([](WriteTxn& txn) {
    ASSERT_TRUE(take_pending(txn, certificate()));
    ASSERT_EQ(confirm(txn, "", at(2, enrolled_at + day_ms))->size(), 1u);
  });
  store.write([](WriteTxn& txn) {
    const auto back = take_back(txn, {0, lost_journal()}, at(2, enrolled_at + day_ms));
    ASSERT_EQ(back.taken, 1u);
  });
  const auto txn = store.read();
  const RecordKey record{Registry::ilp().find("Node")->number, certificate().node};
  const auto stored = txn->get(Table::records, record_key(record));
  ASSERT_TRUE(stored);
  const auto state = decode_record_state(*stored);
  EXPECT_FALSE(state.under_review) << "nobody made the node twice";
  EXPECT_TRUE(shown_alive(state));
  EXPECT_FALSE(find_node(*txn, certificate().node)->pending);
}

TEST(Pending, LanesThatCameBackBeforeTheirNodeAreItsOwn) {
  constexpr Incarnation journal = 0xa9;
  HubEntry entry;
  entry.event = std::string(8, 'x');  // opaque, and so in quarantine
  entry.quarantined = true;
  entry.origin = certificate().node;
  entry.epoch = 1;
  entry.facility = certificate().facility;
  entry.born = {journal, 1, chain_next(chain_start(journal, Lane::routine), entry.event),
                Lane::routine};
  MemoryStore store;
  store.write([&](WriteTxn& txn) {
    ASSERT_EQ(take_back(txn, {0, {{encode_hub_entry(entry), {}}}}, at(2, enrolled_at)).taken, 1u);
  });
  EXPECT_FALSE(find_node(*store.read(), certificate().node));
  store.write([](WriteTxn& txn) { ASSERT_TRUE(take_pending(txn, certificate())); });
  const auto node = find_node(*store.read(), certificate().node);
  const auto* lane = node->find_lane(journal, Lane::routine);
  ASSERT_NE(lane, nullptr) << "or its device would send all of it again as new";
  EXPECT_EQ(lane->have.seq, 1u);
  EXPECT_FALSE(find_unknown_node(*store.read(), certificate().node));
}

}  // namespace
}  // namespace titip
