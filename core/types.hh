#pragma once

// The names that every room uses. docs/architecture.md says what each word means.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace titip {

using TimeMs = std::int64_t;  // milliseconds since 1970-01-01 UTC
using UptimeMs =
    std::uint64_t;             // milliseconds since the device booted; never goes back in one boot
using NodeId = std::uint64_t;  // 0: the hub itself
using RecordId = std::uint64_t;     // never 0
using Incarnation = std::uint64_t;  // one unbroken life of a journal; never 0
using Seq = std::uint64_t;          // contiguous from 1 in one stream; 0: before the first
using TypeNumber = std::uint16_t;
using FieldMask = std::uint64_t;  // bit n: the field whose Field::getIndex() is n

enum class Lane : std::uint8_t { routine = 0, urgent = 1 };
inline constexpr std::array<Lane, 2> all_lanes{Lane::urgent, Lane::routine};  // urgent goes first

// Same ordinals as schema::Op.
enum class Op : std::uint8_t {
  create = 0,
  set = 1,
  retract = 2,
  link = 3,
  unlink = 4,
  resolve = 5
};

// Ordinals of terms.capnp's FacilityKind; the rank decides under the policy `authority`.
enum class FacilityKind : std::uint8_t { posyandu = 1, pustu = 2, puskesmas = 3, district = 4 };

// 16 bytes of BLAKE2b; two halves, each little-endian on the wire.
struct Hash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  auto operator<=>(const Hash&) const = default;
};

// A place in a hub's journal. Comparable only within history that two epochs share.
struct Position {
  std::uint64_t epoch = 0;  // 0: none
  std::uint64_t offset = 0;
  auto operator<=>(const Position&) const = default;
};

// The last position of a lane and the chain hash there.
struct Head {
  Lane lane = Lane::routine;
  Seq seq = 0;
  Hash hash;
  bool operator==(const Head&) const = default;
};

// An event's name for ever: where it was born.
struct EventId {
  Incarnation incarnation = 0;
  Seq seq = 0;
  Hash hash;
  Lane lane = Lane::routine;
  auto operator<=>(const EventId&) const = default;
};

// What an author had seen of a record: the hub's part, and how far into its own stream.
struct Version {
  Position as_of;
  Seq seen = 0;
  bool operator==(const Version&) const = default;
};

struct RecordKey {
  TypeNumber type = 0;
  RecordId id = 0;
  auto operator<=>(const RecordKey&) const = default;
};

// A reading of a device's two clocks at one moment.
struct ClockReading {
  TimeMs wall = 0;
  UptimeMs uptime = 0;
  std::uint32_t boot = 0;  // names the boot that `uptime` counts from
};

}  // namespace titip
