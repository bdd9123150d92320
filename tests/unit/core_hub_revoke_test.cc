#include "core/intake_json.hh"
#include "core/queries.hh"
#include "hub_sessions_fixture.hh"

namespace titip {
namespace {

using test::HubStore;
using test::said;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class HubRevokeTest : public test::HubSessionsTest {
 protected:
  Result<Revoked> revoke(const std::string& name) {
    std::optional<Result<Revoked>> revoked;
    hub_.store.write([&](WriteTxn& txn) {
      revoked = titip::revoke(txn, name, {Registry::ilp(), hub_.epoch, hub_.now, "PKM-1"});
    });
    return *revoked;
  }
  void add_node(NodeId id, char key, const std::string& facility, TimeMs revoked_at = 0) {
    auto node = HubStore::node(id, key);
    node.facility = facility;
    node.revoked_at = revoked_at;
    hub_.store.write([&](WriteTxn& txn) { put_node(txn, node); });
  }
  TimeMs revoked_at(NodeId id) { return find_node(*hub_.store.read(), id).value().revoked_at; }
  std::string record_of(NodeId id) {
    const auto& registry = Registry::ilp();
    const auto* type = registry.find("Node");
    return record_json(*hub_.store.read(), {registry, {}, false}, *type, id).value_or("");
  }
  static EnrolMessage enrol(char key) {
    EnrolMessage enrol;
    enrol.protocol_min = enrol.protocol_max = limits::protocol_version;
    enrol.device_public_key = std::string(32, key);
    enrol.incarnation = 3;
    return enrol;
  }
};

TEST_F(HubRevokeTest, RevokingIsOneEventThatSaysWhen) {
  const auto sent = settle(frame("r1", enrol('n'), 'i'));
  const auto certificate = said<EnrolledMessage>(sent.at(0).frame).certificate;
  const auto id = decode_certificate(certificate).value().node;
  hub_.now += 60'000;
  const auto revoked = revoke(format_hex_id(id));
  ASSERT_TRUE(revoked.ok());
  EXPECT_FALSE(revoked->again);
  EXPECT_EQ(revoked->node.facility, "PSY-2");
  EXPECT_EQ(revoked_at(id), hub_.now);
  EXPECT_EQ(hub_.entries(), 2u) << "enrolment and revocation";
  const auto record = record_of(id);
  EXPECT_THAT(record, HasSubstr("\"revokedAt\":\"" + format_time({hub_.now, 0}) + "\""));
  EXPECT_THAT(record, HasSubstr("\"facility\":\"PSY-2\"")) << "what was set before stands";
}

TEST_F(HubRevokeTest, RevokingAgainWritesNothing) {
  const auto first = hub_.now;
  ASSERT_TRUE(revoke("PSY-7").ok());
  hub_.now += 1000;
  const auto again = revoke("0000000000000007");
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->again);
  EXPECT_EQ(revoked_at(7), first);
  EXPECT_EQ(hub_.entries(), 1u);
}

TEST_F(HubRevokeTest, AFacilityNamesItsOnlyDeviceOrTheOneNotRevoked) {
  EXPECT_EQ(revoke("PSY-8").refusal().code, Code::no_such_node);
  EXPECT_EQ(revoke("00000000000000ff").refusal().code, Code::no_such_node);
  EXPECT_EQ(revoke("").refusal().code, Code::no_such_node);
  add_node(8, 'm', "PSY-7");
  EXPECT_EQ(revoke("PSY-7").refusal().code, Code::several_nodes);
  EXPECT_EQ(hub_.entries(), 0u);
  add_node(7, 'k', "PSY-7", 1);
  EXPECT_EQ(revoke("PSY-7")->node.id, 8u);
  EXPECT_EQ(revoke("PSY-7").refusal().code, Code::several_nodes) << "two that are revoked";
}

TEST_F(HubRevokeTest, ItsLiveSessionIsToldAtOnceAndNothingMoreIsTaken) {
  agent_.save(Lane::routine, 3);
  greet("r1", 5);
  ASSERT_TRUE(revoke("PSY-7").ok());
  const auto told = sessions_.revoked(7);
  ASSERT_THAT(told.send, SizeIs(1));
  EXPECT_EQ(told.send[0].route, "r1");
  const auto refuse = said<RefuseMessage>(told.send[0].frame);
  EXPECT_EQ(refuse.reason, RefuseReason::revoked);
  EXPECT_EQ(refuse.nonce, 5u);
  EXPECT_FALSE(sessions_.has_session(7));
  EXPECT_THAT(frame("r1", agent_.batch(Lane::routine, 0, 3)).store, IsEmpty());
  EXPECT_THAT(sessions_.revoked(7).send, IsEmpty()) << "it has no session any more";
}

TEST_F(HubRevokeTest, ABatchOnItsWayToTheStoreIsNotTaken) {
  agent_.save(Lane::routine, 3);
  greet("r1");
  const auto in_flight = frame("r1", agent_.batch(Lane::routine, 0, 3));
  ASSERT_TRUE(revoke("PSY-7").ok());
  sessions_.revoked(7);
  EXPECT_THAT(settle(in_flight), IsEmpty()) << "it has been told already";
  EXPECT_EQ(stored_seq(Lane::routine), 0u);
}

TEST_F(HubRevokeTest, ItsKeyStaysAdmittedSoThatItIsToldWheneverItDials) {
  ASSERT_TRUE(revoke("PSY-7").ok());
  sessions_.load_directory(*hub_.store.read());
  EXPECT_TRUE(sessions_.admits(std::string(32, 'k')));
  const auto sent = settle(frame("r2", agent_.hello(2)));
  EXPECT_EQ(said<RefuseMessage>(sent.at(0).frame).reason, RefuseReason::revoked);
}

TEST_F(HubRevokeTest, ADeviceRevokedBeforeItHasItsCertificateGetsNone) {
  settle(frame("r1", enrol('n'), 'i'));
  ASSERT_TRUE(revoke("PSY-2").ok());
  const auto sent = settle(frame("r2", enrol('n'), 'i'));
  EXPECT_EQ(said<RefuseMessage>(sent.at(0).frame).reason, RefuseReason::revoked);
}

}  // namespace
}  // namespace titip
