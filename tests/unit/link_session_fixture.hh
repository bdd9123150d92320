#pragma once

// An agent's session over its store, and the frames that a hub would answer.

#include "core/link_session.hh"
#include "replication_fixture.hh"

namespace titip::test {

class LinkSessionTest : public testing::Test {
 protected:
  using Kind = LinkNotice::Kind;
  using State = LinkSession::State;
  static constexpr std::uint64_t nonce = 99;

  static LinkSession::Setup setup(bool enrolled) {
    LinkSession::Setup setup;
    setup.enrolled = enrolled;
    setup.device_public_key = std::string(32, 'd');
    setup.certificate_holds = [](const EnrolledMessage& message) {
      return message.certificate == "ours";
    };
    return setup;
  }
  Surroundings around() const {
    Surroundings around;
    around.clock = store_.clock;
    around.fresh_nonce = nonce;
    return around;
  }
  std::unique_ptr<ReadTxn> read() { return store_.store.read(); }

  LinkActions frame(const Frame& frame, TimeMs now = 10) {
    return session_.frame(*read(), encode_frame(frame), around(), now);
  }
  LinkActions dial_and_connect(TimeMs now = 0) {
    EXPECT_TRUE(session_.tick(*read(), now).dial);
    return session_.connected(*read(), around(), now);
  }
  WelcomeMessage welcome(Seq urgent = 0, Seq routine = 0) {
    WelcomeMessage welcome;
    welcome.nonce = nonce;
    const auto txn = read();
    welcome.have = {{Lane::urgent, urgent, *LaneSource(*txn, Lane::urgent).hash_at(urgent)},
                    {Lane::routine, routine, *LaneSource(*txn, Lane::routine).hash_at(routine)}};
    welcome.position = {5, 6};
    return welcome;
  }
  AckMessage ack(Lane lane, Seq seq) {
    AckMessage ack;
    ack.stream = lane_stream(lane);
    ack.position = seq;
    ack.hash = LaneSource(*read(), lane).hash_at(seq).value_or(Hash{});
    return ack;
  }
  void go_online(Seq urgent = 0, Seq routine = 0) {
    dial_and_connect();
    frame(welcome(urgent, routine));
    ASSERT_EQ(session_.state(), State::online);
  }
  void store(const LinkActions& actions) {
    store_.store.write([&](WriteTxn& txn) {
      for (const auto& order : actions.store) apply_link_order(txn, order);
    });
  }
  static bool noticed(const LinkActions& actions, Kind kind) {
    return std::any_of(actions.notices.begin(), actions.notices.end(),
                       [&](const auto& notice) { return notice.kind == kind; });
  }
  void expect_hung_up_over(const LinkActions& actions, Kind kind) {
    EXPECT_TRUE(actions.close);
    EXPECT_THAT(actions.send, testing::IsEmpty());
    EXPECT_TRUE(noticed(actions, kind));
    EXPECT_EQ(session_.state(), State::idle);
  }

  AgentStore store_;
  LinkSession session_{setup(true)};
};

}  // namespace titip::test
