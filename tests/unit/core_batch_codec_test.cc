#include "core/batch_codec.hh"

#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/batch_wire.hh"
#include "core/chain.hh"
#include "core/limits.hh"
#include "schema/event.capnp.h"
#include "schema/ilp.capnp.h"
#include "tests/support/made_batches.hh"

namespace titip {
namespace {

void expect_comes_back(const std::vector<BatchEvent>& events) {
  for (const Effort effort : {Effort::smallest, Effort::fast}) {
    const auto back = decode_batch(encode_batch(events, effort));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, events);
  }
}

// Bytes that an event adds to a batch of others like it: few if it was foretold, many if it went
// raw.
std::size_t bytes_added(const std::string& event) {
  auto events = weighings(40);
  const std::size_t without = encode_batch(events).size();
  for (int i = 0; i < 10; ++i) events.push_back({event, std::nullopt});
  return (encode_batch(events).size() - without) / 10;
}

TEST(BatchCodec, NoEventsAreABatch) {
  expect_comes_back({});
  EXPECT_LE(encode_batch({}).size(), 2u);
}

TEST(BatchCodec, PosyanduDaysComeBack) {
  for (const Saving saving : {Saving::at_once, Saving::as_it_goes}) {
    for (const std::size_t count : {1u, 2u, 17u, 300u, 2000u})
      expect_comes_back(posyandu(count, saving));
  }
}

TEST(BatchCodec, EventsStayWithinTheByteBudget) {
  // The first 64 are nearly all registrations: names and NIKs.
  for (const auto& [count, bytes_max] : {std::pair{64u, 18u}, {1000u, 10u}}) {
    const auto events = posyandu(count, Saving::as_it_goes, 11);
    EXPECT_LE(encode_batch(events).size() / count, bytes_max) << count;
  }
}

TEST(BatchCodec, EnvelopeLiesWhereTheSchemaPutsIt) {
  const std::vector<std::pair<std::string, std::size_t>> bits{
      {"record", 64 * word_record},    {"type", 64 * word_kinds},
      {"op", 64 * word_kinds + 16},    {"zoneMinutes", 64 * word_kinds + 32},
      {"saved", 64 * word_saved},      {"at", 64 * word_at},
      {"uptime", 64 * word_uptime},    {"boot", 64 * word_boot},
      {"setFields", 64 * word_set},    {"clearedFields", 64 * word_cleared},
      {"basisEpoch", 64 * word_epoch}, {"basisOffset", 64 * word_offset},
      {"seen", 64 * word_seen},        {"other", 64 * word_other}};
  const auto schema = capnp::Schema::from<schema::Event>();
  for (const auto& [name, bit] : bits) {
    const auto field = schema.getFieldByName(name.c_str());
    const auto which = field.getType().which();
    const std::size_t width = which == capnp::schema::Type::UINT16 ||
                                      which == capnp::schema::Type::INT16 ||
                                      which == capnp::schema::Type::ENUM
                                  ? 16
                              : which == capnp::schema::Type::UINT32 ? 32
                                                                     : 64;
    EXPECT_EQ(field.getProto().getSlot().getOffset() * width, bit) << name;
  }
  EXPECT_EQ(schema.getProto().getStruct().getDataWordCount(), event_words);
}

TEST(BatchCodec, OpaqueBytesComeBackInTheirPlace) {
  auto events = weighings(6);
  events.insert(events.begin() + 2, {"", std::nullopt});
  events.insert(events.begin() + 4, {"not an event", std::nullopt});
  events.push_back({std::string(48, '\0'), std::nullopt});
  events.push_back({std::string(limits::event_bytes_max, '\xff'), std::nullopt});
  expect_comes_back(events);
}

TEST(BatchCodec, EventsThatAreNotCanonicalComeBack) {
  auto events = weighings(2);
  for (std::size_t at = 0; at < events[0].bytes.size(); ++at) {
    std::string changed = events[0].bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    events.push_back({std::move(changed), std::nullopt});
  }
  for (std::size_t size = 0; size < events[0].bytes.size(); ++size) {
    events.push_back({events[0].bytes.substr(0, size), std::nullopt});
  }
  expect_comes_back(events);
}

TEST(BatchCodec, BirthPlacesComeBack) {
  auto events = weighings(5);
  events[1].born = EventId{.incarnation = 9, .seq = 77, .hash = {1, 2}, .lane = Lane::urgent};
  events[2].born = EventId{.incarnation = 9, .seq = 78, .hash = {~0ull, 0}, .lane = Lane::urgent};
  events[4].born =
      EventId{.incarnation = ~0ull, .seq = ~0ull, .hash = {3, 4}, .lane = Lane::routine};
  expect_comes_back(events);
}

TEST(BatchCodec, EveryOpComesBack) {
  std::vector<BatchEvent> events;
  for (std::uint64_t n = 0; n < 60; ++n) {
    events.push_back({weighing(n,
                               [&](schema::Event::Builder event) {
                                 event.setOp(static_cast<schema::Op>(n % 6));
                                 if (n % 6 == 0) return;
                                 event.setRecord(0x71c3'0000'0000'0100 + n % 4);
                                 event.setBasisEpoch(n % 3 == 0 ? 0 : 0xabcdef0123456789 + n % 2);
                                 event.setBasisOffset(n % 3 == 0 ? 0 : 100'000 - n * 17);
                                 event.setSeen(n / 2);
                                 event.setClearedFields(n % 5 == 0 ? 0b11000 : 0);
                                 if (n % 6 == 3 || n % 6 == 4) event.setOther(0x9999'0000 + n);
                                 if (n % 6 == 5) event.initSettles(1)[0].setSeq(n);
                                 if (n % 6 == 2) {
                                   event.setSetFields(0);
                                   event.getPayload().clear();
                                 }
                               }),
                      std::nullopt});
  }
  expect_comes_back(events);
}

TEST(BatchCodec, WildEnvelopesComeBack) {
  Seeded random(5);
  const auto wild = [&] {
    return random.chance(300) ? ~std::uint64_t{0} : random.next() >> random.below(64);
  };
  std::vector<BatchEvent> events;
  for (std::uint64_t n = 0; n < 300; ++n) {
    events.push_back({weighing(n,
                               [&](schema::Event::Builder event) {
                                 event.setRecord(wild());
                                 event.setZoneMinutes(static_cast<std::int16_t>(wild()));
                                 event.setSaved(static_cast<std::int64_t>(wild()));
                                 event.setAt(static_cast<std::int64_t>(wild()));
                                 event.setUptime(wild());
                                 event.setBoot(static_cast<std::uint32_t>(wild()));
                                 event.setRef(std::to_string(wild()).c_str());
                                 event.setSeen(wild());
                                 event.setBasisEpoch(wild());
                                 event.setBasisOffset(wild());
                                 event.setSetFields(random.chance(500) ? wild() : 7);
                               }),
                      std::nullopt});
  }
  expect_comes_back(events);
}

TEST(BatchCodec, EmptyTextsAndZerosComeBack) {
  auto events = weighings(1);
  events.push_back({weighing(1,
                             [](schema::Event::Builder event) {
                               event.setBy("");
                               event.setRef("");
                               auto payload = event.getPayload().initAs<schema::Person>();
                               payload.setName("");
                               event.setType(3);
                               event.setSetFields(0b1010);
                             }),
                    std::nullopt});
  events.push_back({weighing(2,
                             [](schema::Event::Builder event) {
                               event.getPayload().initAs<schema::GrowthMeasurement>();
                               event.setSetFields(0);
                             }),
                    std::nullopt});
  expect_comes_back(events);
}

TEST(BatchCodec, UnknownTypeIsCodedByItsWords) {
  const auto unknown = [](std::uint64_t n) {
    return weighing(n, [&](schema::Event::Builder event) {
      event.setType(4711);
      auto payload = event.getPayload().initAsAnyStruct(3, 2);
      payload.getDataSection()[5] = static_cast<kj::byte>(n);
      payload.getDataSection()[16] = 9;
      payload.getPointerSection()[1].setAs<capnp::Text>(n % 2 == 0 ? "kabur" : "pusing");
    });
  };
  std::vector<BatchEvent> events;
  for (std::uint64_t n = 0; n < 20; ++n) events.push_back({unknown(n), std::nullopt});
  expect_comes_back(events);
  EXPECT_LT(bytes_added(unknown(50)), 25u);
}

TEST(BatchCodec, UnknownFieldOfKnownTypeIsCodedByItsWords) {
  const std::string grown = weighing(50, [](schema::Event::Builder event) {
    auto payload = event.getPayload().initAsAnyStruct(9, 6);
    payload.getDataSection()[0] = 77;
    payload.getDataSection()[70] = 1;
    payload.getPointerSection()[5].setAs<capnp::Text>("baru");
    event.setSetFields(std::uint64_t{1} << 40 | 1);
  });
  auto events = weighings(3);
  events.push_back({grown, std::nullopt});
  expect_comes_back(events);
  EXPECT_LT(bytes_added(grown), 25u);
}

TEST(BatchCodec, PayloadOfOtherThanTextsTravelsAsItIs) {
  auto events = weighings(3);
  events.push_back({weighing(3,
                             [](schema::Event::Builder event) {
                               auto payload = event.getPayload().initAsAnyStruct(1, 1);
                               payload.getPointerSection()[0].initAs<capnp::List<std::uint32_t>>(4);
                             }),
                    std::nullopt});
  expect_comes_back(events);
}

TEST(BatchCodec, ManyTextsComeBack) {
  std::vector<BatchEvent> events;
  for (std::uint64_t n = 0; n < 400; ++n) {
    events.push_back(
        {weighing(
             n,
             [&](schema::Event::Builder event) {
               event.setBy(("k" + std::to_string(n % 40)).c_str());
               event.setRef(("s" + std::to_string(n % 30) + "-00" + std::to_string(n)).c_str());
               event.getPayload().initAs<schema::Person>().setName(
                   ("Ñandú 漢字 " + std::string(n % 90, 'a') + std::to_string(n % 70)).c_str());
               event.setType(3);
               event.setSetFields(0b10);
             }),
         std::nullopt});
  }
  expect_comes_back(events);
}

TEST(BatchCodec, LargestBatchComesBack) {
  std::vector<BatchEvent> events(limits::batch_events_max, {weighing(1), std::nullopt});
  expect_comes_back(events);
  expect_comes_back(
      std::vector<BatchEvent>(16, {std::string(limits::event_bytes_max, 'x'), std::nullopt}));
}

TEST(BatchCodec, BatchDoesNotDependOnTheOnesBefore) {
  const auto events = weighings(3);
  const std::string body = encode_batch(events);
  // More than the model has names for its runs.
  for (int i = 0; i < 70'000; ++i) decode_batch(std::string_view("\1\0", 2));
  EXPECT_EQ(encode_batch(events), body);
  EXPECT_EQ(decode_batch(body), events);
}

// Whoever changes these bytes changes the format: nodes of the version before cannot read it. Give
// it a new format byte, or before the first release pin the new bytes here.
TEST(BatchCodec, FormatIsPinned) {
  const Hash hash = blake2b("pin", encode_batch(weighings(20)));
  EXPECT_EQ(hash.low, 9750014005266265889u);
}

}  // namespace
}  // namespace titip
