#pragma once

// Batches of events for tests: small ones by hand, large ones from posyandu days.

#include <capnp/message.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/batch_codec.hh"
#include "schema/event.capnp.h"
#include "schema/ilp.capnp.h"
#include "tests/support/posyandu_events.hh"

namespace titip {

using Build = std::function<void(schema::Event::Builder)>;

inline std::string event_of(const Build& build) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Event>();
  build(event);
  const auto words = capnp::canonicalize(event.asReader());
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

// Event `n` of a made-up stream: a child's weight at one day, and by `change` anything else.
inline std::string weighing(
    std::uint64_t n, const Build& change = [](schema::Event::Builder) {}) {
  return event_of([&](schema::Event::Builder event) {
    event.setRecord(0x71c3'0000'0000'1000 + n);
    event.setType(12);
    event.setZoneMinutes(540);
    event.setSaved(1'731'000'000'000 + static_cast<std::int64_t>(n) * 40'000);
    event.setAt(event.getSaved());
    event.setUptime(5'000 + n * 40'000);
    event.setBoot(0x5eed);
    event.setBy("kader-03");
    event.setRef(("app-" + std::to_string(8700 + n)).c_str());
    auto payload = event.getPayload().initAs<schema::GrowthMeasurement>();
    payload.setPerson(0x71c3'0000'0000'0200 + n * 7 % 5);
    payload.setDate(20'034);
    payload.setWeightGrams(static_cast<std::uint16_t>(7'000 + n * 130 % 900));
    event.setSetFields(0b111);
    change(event);
  });
}

inline std::vector<BatchEvent> weighings(std::uint64_t count) {
  std::vector<BatchEvent> events;
  for (std::uint64_t n = 0; n < count; ++n) events.push_back({weighing(n), std::nullopt});
  return events;
}

inline std::vector<BatchEvent> posyandu(std::size_t count, Saving saving, std::uint64_t seed = 3) {
  PosyanduEvents made(seed, "PSY-0417", saving);
  std::vector<BatchEvent> events;
  while (events.size() < count) events.push_back({made.next().bytes, std::nullopt});
  return events;
}

}  // namespace titip
