#include "core/link_messages.hh"

#include <capnp/serialize.h>
#include <gmock/gmock.h>

#include "core/limits.hh"
#include "schema/link.capnp.h"
#include "tests/support/seeded.hh"

namespace titip {
namespace {

const StreamName stream{StreamKind::agent_journal, Lane::urgent, 77};

BatchMessage sample_batch() { return {stream, 3, 9, {1, 2}, {3, 4}, std::string("body\0x", 6)}; }

HelloMessage sample_hello() {
  HelloMessage hello;
  hello.protocol_min = 1;
  hello.protocol_max = 2;
  hello.software = "titip 9";
  hello.schema_fingerprint = 5;
  hello.nonce = 6;
  hello.incarnation = 77;
  hello.parent_incarnation = 78;
  hello.branches = {{Lane::routine, 1, {2, 3}}};
  hello.heads = {{Lane::urgent, 9, {3, 4}}, {Lane::routine, 0, {}}};
  hello.hub_highest = {7, 8};
  hello.holds = {{{StreamKind::hub_changes, Lane::routine, 9}, {9, 10}, {11, 12}}};
  hello.clock = {-5, 6, 7};
  hello.status = {1, 2, 3, 4, 5, 60};
  hello.first = sample_batch();
  return hello;
}

WelcomeMessage sample_welcome() {
  WelcomeMessage welcome;
  welcome.protocol = 1;
  welcome.boot = 2;
  welcome.nonce = 3;
  welcome.epochs = {{4, 5, 6, {7, 8}}};
  welcome.have = {{Lane::urgent, 9, {10, 11}}};
  welcome.hub_time = -12;
  welcome.position = {4, 13};
  welcome.safe = {{Lane::routine, 14, {15, 16}}};
  welcome.outcomes = {{Lane::routine, 17, "unknown_type"}};
  welcome.software = "titip 9";
  return welcome;
}

std::vector<Frame> samples() {
  return {sample_hello(),
          sample_welcome(),
          sample_batch(),
          AckMessage{stream, 9, {1, 2}, {{Lane::urgent, 8, "undecodable"}}, 4},
          RefuseMessage{RefuseReason::undecodable, 7, stream, 1, 2, 3},
          EnrolMessage{1, 1, std::string(32, 'k'), 5, "titip 9"},
          EnrolledMessage{"certificate", std::string(64, 's')}};
}

// Equal values have equal bytes, since they are built in one order.
bool same(const Frame& a, const Frame& b) { return encode_frame(a) == encode_frame(b); }

TEST(LinkMessages, EveryKindComesBackAsItWasSaid) {
  for (const auto& frame : samples()) {
    const auto back = decode_frame(encode_frame(frame));
    ASSERT_TRUE(back) << frame.index();
    EXPECT_EQ(back->index(), frame.index());
    EXPECT_TRUE(same(*back, frame)) << frame.index();
  }
}

TEST(LinkMessages, FieldsKeepTheirPlaces) {
  const auto hello = std::get<HelloMessage>(*decode_frame(encode_frame(sample_hello())));
  EXPECT_EQ(hello.clock.wall, -5);
  EXPECT_EQ(hello.heads, sample_hello().heads);
  EXPECT_EQ(hello.hub_highest, (Position{7, 8}));
  EXPECT_EQ(hello.status.battery_percent, 60);
  EXPECT_EQ(hello.first->body, sample_batch().body);
  EXPECT_EQ(hello.first->after, (Hash{3, 4}));
  const auto welcome = std::get<WelcomeMessage>(*decode_frame(encode_frame(sample_welcome())));
  EXPECT_EQ(welcome.epochs, sample_welcome().epochs);
  EXPECT_EQ(welcome.outcomes, sample_welcome().outcomes);
  EXPECT_EQ(welcome.hub_time, -12);
}

TEST(LinkMessages, AnUnknownBatteryIsNoNumber) {
  auto hello = sample_hello();
  hello.status.battery_percent.reset();
  const auto back = std::get<HelloMessage>(*decode_frame(encode_frame(hello)));
  EXPECT_FALSE(back.status.battery_percent);
}

TEST(LinkMessages, ATruncatedFrameIsNone) {
  for (const auto& frame : samples()) {
    const auto bytes = encode_frame(frame);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_frame(std::string_view(bytes).substr(0, size)))
          << frame.index() << " " << size;
    }
  }
}

TEST(LinkMessages, AnythingAfterAFrameMakesItNone) {
  const auto bytes = encode_frame(sample_batch());
  EXPECT_FALSE(decode_frame(bytes + std::string(8, '\0')));
  EXPECT_FALSE(decode_frame(bytes + "x"));
  EXPECT_FALSE(decode_frame(bytes + bytes));
}

TEST(LinkMessages, WhatIsLongerThanAFrameMayBeIsNone) {
  EXPECT_FALSE(decode_frame(std::string(limits::frame_bytes_max + 8, '\0')));
}

TEST(LinkMessages, ChangedBytesAreReadSafely) {
  Seeded random(3);
  for (const auto& frame : samples()) {
    const auto bytes = encode_frame(frame);
    for (int i = 0; i < 2000; ++i) {
      auto changed = bytes;
      for (int n = random.between(1, 4); n > 0; --n) {
        changed[random.below(changed.size())] = static_cast<char>(random.next());
      }
      if (const auto back = decode_frame(changed)) encode_frame(*back);
    }
  }
}

template <typename Change>
bool accepted(Frame frame, Change change) {
  std::visit(
      [&](auto& message) {
        if constexpr (requires { change(message); }) change(message);
      },
      frame);
  return decode_frame(encode_frame(frame)).has_value();
}

TEST(LinkMessages, EveryListAndTextIsBounded) {
  const auto hello = sample_hello();
  EXPECT_FALSE(accepted(hello, [](HelloMessage& m) { m.heads.resize(17); }));
  EXPECT_FALSE(accepted(hello, [](HelloMessage& m) { m.branches.resize(17); }));
  EXPECT_FALSE(accepted(hello, [](HelloMessage& m) { m.holds.resize(17); }));
  EXPECT_FALSE(accepted(hello, [](HelloMessage& m) { m.software.assign(65, 'x'); }));
  const auto welcome = sample_welcome();
  EXPECT_FALSE(accepted(welcome, [](WelcomeMessage& m) { m.outcomes.resize(257); }));
  EXPECT_FALSE(accepted(welcome, [](WelcomeMessage& m) { m.epochs.resize(65); }));
  EXPECT_FALSE(accepted(welcome, [](WelcomeMessage& m) { m.outcomes[0].reason.assign(65, 'x'); }));
  EXPECT_FALSE(accepted(sample_batch(), [](BatchMessage& m) {
    m.body.assign(limits::batch_body_bytes_max + 1, 'x');
  }));
}

TEST(LinkMessages, TextsAreUtf8) {
  EXPECT_FALSE(accepted(sample_hello(), [](HelloMessage& m) { m.software = "\xff"; }));
  EXPECT_FALSE(
      accepted(sample_welcome(), [](WelcomeMessage& m) { m.outcomes[0].reason = "\xc0\x80"; }));
}

TEST(LinkMessages, ABatchHasARangeWithinItsLimit) {
  const auto with_range = [](Seq from, Seq to) {
    return accepted(sample_batch(), [&](BatchMessage& m) { m.from = from, m.to = to; });
  };
  EXPECT_TRUE(with_range(0, limits::batch_events_max));
  EXPECT_FALSE(with_range(0, limits::batch_events_max + 1));
  EXPECT_FALSE(with_range(5, 5));
  EXPECT_FALSE(with_range(6, 5));
  EXPECT_FALSE(with_range(0, ~Seq{0}));
}

TEST(LinkMessages, NamesThatAreNeverZeroAreRequired) {
  EXPECT_FALSE(accepted(sample_hello(), [](HelloMessage& m) { m.incarnation = 0; }));
  EXPECT_FALSE(accepted(sample_hello(), [](HelloMessage& m) { m.nonce = 0; }));
  const EnrolMessage enrol{1, 1, std::string(32, 'k'), 5, ""};
  EXPECT_FALSE(accepted(enrol, [](EnrolMessage& m) { m.incarnation = 0; }));
  EXPECT_FALSE(accepted(enrol, [](EnrolMessage& m) { m.device_public_key.pop_back(); }));
  EXPECT_FALSE(accepted(EnrolledMessage{"c", std::string(63, 's')}, [](EnrolledMessage&) {}));
}

TEST(LinkMessages, AnEnumerantUnknownHereMakesItNone) {
  capnp::MallocMessageBuilder message;
  auto ack = message.initRoot<schema::Frame>().initAck();
  ack.initStream().setLane(static_cast<schema::Lane>(2));
  const auto words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  EXPECT_FALSE(decode_frame({reinterpret_cast<const char*>(bytes.begin()), bytes.size()}));
}

TEST(Certificates, ComeBackAsTheyWere) {
  const Certificate certificate{5,
                                FacilityKind::pustu,
                                540,
                                6,
                                std::string(32, 'k'),
                                "PSY-1",
                                "Posyandu",
                                "91.71",
                                "PKM-1",
                                "Puskesmas",
                                "Asia/Jayapura",
                                {{12, 13}, {"91.71"}, true}};
  const auto bytes = encode_certificate(certificate);
  const auto back = decode_certificate(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode_certificate(*back), bytes);
  EXPECT_EQ(back->zone, "Asia/Jayapura");
  EXPECT_EQ(back->scope, certificate.scope);
  EXPECT_FALSE(decode_certificate(""));
  EXPECT_FALSE(decode_certificate(bytes.substr(0, bytes.size() - 8)));
  EXPECT_FALSE(decode_certificate(bytes.substr(1)));
}

}  // namespace
}  // namespace titip
