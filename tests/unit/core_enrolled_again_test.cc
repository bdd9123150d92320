// A device that was enrolled at a hub which is lost, at the hub that came after it.

#include "core/hub_hand_back.hh"
#include "core/node_events.hh"
#include "core/review_list.hh"
#include "replication_fixture.hh"

namespace titip {
namespace {

using test::HubStore;

class EnrolledAgain : public testing::Test {
 protected:
  NodeState enrol(NodeId hint, char key = 'd') {
    EnrolMessage enrol;
    enrol.device_public_key = std::string(32, key);
    enrol.incarnation = test::incarnation;
    enrol.node = hint;
    const auto outcome = hub_.perform(EnrolOrder{"r", HubStore::invitation_key(), enrol});
    return std::get<Enrolled>(outcome).node.value();
  }
  std::uint64_t open() { return open_conflicts(*hub_.store.read()); }

  HubStore hub_;
};

TEST_F(EnrolledAgain, ADeviceKeepsItsNode) {
  EXPECT_EQ(enrol(55).id, 55u);
  EXPECT_EQ(hub_.entries(), 1u);
}

TEST_F(EnrolledAgain, NobodyIsGivenAnothersNode) {
  const auto node = enrol(7);  // the key of node 7 is another
  EXPECT_NE(node.id, 7u);
  const auto held = find_node(*hub_.store.read(), 7).value();
  EXPECT_EQ(held.public_key, std::string(32, 'k'));
  EXPECT_NE(find_node_of_key(*hub_.store.read(), std::string(32, 'd')), 7u);
}

TEST_F(EnrolledAgain, ItsFormerEnrolmentThatComesBackIsNoConflict) {
  const auto node = enrol(55);
  auto former = HubStore::node(55, 'd');
  former.enrolled_at = test::hub_time - 1'000'000;
  HubEntry entry;
  entry.event = enrolment_event(Registry::ilp(), former, former.enrolled_at);
  entry.born = {0xe0, 1, chain_next(chain_start(0xe0, Lane::routine), entry.event), Lane::routine};
  entry.facility = "PKM-1";
  entry.epoch = 0xe0;
  entry.offset = 1;
  entry.order = {former.enrolled_at, Confidence::anchored, 3};
  HandBack back{0, {{encode_hub_entry(entry), {}}}};
  hub_.store.write([&](WriteTxn& txn) {
    take_back(txn, back, {Registry::ilp(), hub_.epoch, hub_.now, "PKM-1"});
  });
  EXPECT_EQ(hub_.entries(), 2u);
  EXPECT_EQ(open(), 0u);
  const auto again = find_node(*hub_.store.read(), 55).value();
  EXPECT_EQ(again.public_key, node.public_key);
  EXPECT_EQ(again.revoked_at, 0);
}

}  // namespace
}  // namespace titip
