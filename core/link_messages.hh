#pragma once

// What two nodes say to each other, as plain values: schema/link.capnp read and written.
// docs/protocol.md tells the conversation. Everything from outside passes decode_frame, which
// trusts nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/refusal.hh"
#include "core/scope.hh"
#include "core/types.hh"

namespace titip {

enum class StreamKind : std::uint8_t { agent_journal = 0, hub_journal = 1, hub_changes = 2 };

struct StreamName {
  StreamKind kind = StreamKind::agent_journal;
  Lane lane = Lane::routine;  // of an agent's journal
  std::uint64_t name = 0;     // incarnation, or epoch of a hub's journal or changes
  auto operator<=>(const StreamName&) const = default;
};

struct BatchMessage {
  StreamName stream;
  Seq from = 0;      // exclusive
  Seq to = 0;        // inclusive
  Hash before;       // chain hash at `from`
  Hash after;        // chain hash at `to`
  std::string body;  // core/batch_codec.hh
};

// An event that stands in the stream but could not be applied.
struct Outcome {
  Lane lane = Lane::routine;
  Seq seq = 0;
  std::string reason;  // a stable code
  bool operator==(const Outcome&) const = default;
};

struct AckMessage {
  StreamName stream;
  Seq position = 0;  // durably held
  Hash hash;
  std::vector<Outcome> quarantined;
  Seq safe = 0;             // how far a custodian holds it
  bool marks_only = false;  // answers no batch: only `safe` has moved
};

struct DeviceStatus {
  std::uint64_t backlog_events = 0;
  std::uint32_t oldest_unsent_seconds = 0;
  std::uint64_t bytes_sent = 0;  // since installation
  std::uint64_t bytes_received = 0;
  std::uint64_t free_disk_bytes = 0;
  std::optional<std::uint8_t> battery_percent;
};

struct Held {
  StreamName stream;
  Position position;
  Hash hash;
};

struct EpochEntry {
  std::uint64_t epoch = 0;
  std::uint64_t parent = 0;  // 0: none
  std::uint64_t first_offset = 0;
  Hash hash;                       // of the chain before first_offset
  std::uint64_t first_change = 0;  // position of its feeds that it began with; 0: not known
  bool operator==(const EpochEntry&) const = default;
};

// What a custodian once gave back to a hub that may be another than the one which is greeted.
struct HeldAside {
  Position tip;                 // the last entry, where it stood first
  std::uint64_t handed_in = 0;  // the epoch in which a hub took it
  Position taken;               // by which position it stands in that hub's line; offset 0: unknown
};

// What a hub that lost its store, or some of it, is shown.
struct Proof {
  std::string certificate;         // as the hub once gave it; empty: not shown
  std::string signature;           // 64 bytes, or empty
  std::vector<EpochEntry> epochs;  // of a custodian: the line of the journal it holds, newest first
  std::vector<HeldAside> asides;   // of a custodian: what it holds beside that line
};

struct HelloMessage {
  std::uint16_t protocol_min = 0;
  std::uint16_t protocol_max = 0;
  std::string software;
  std::uint64_t schema_fingerprint = 0;
  std::uint64_t nonce = 0;
  Incarnation incarnation = 0;
  Incarnation parent_incarnation = 0;  // 0: none
  std::vector<Head> branches;          // where the parent's lanes were left
  std::vector<Head> heads;
  Position hub_highest;
  std::vector<Held> holds;
  ClockReading clock;
  DeviceStatus status;
  std::optional<BatchMessage> first;
  std::uint64_t since = 0;  // nonce of the last session that was welcomed
  std::optional<Proof> proof;
};

// Records of which the hub may have lost what it once sent.
struct AskMessage {
  std::vector<RecordKey> records;
};

struct WelcomeMessage {
  std::uint16_t protocol = 0;
  std::uint64_t boot = 0;
  std::uint64_t nonce = 0;
  std::vector<EpochEntry> epochs;  // the current line, newest first
  std::vector<Head> have;
  TimeMs hub_time = 0;
  Position position;
  std::vector<Head> safe;
  std::vector<Outcome> outcomes;
  std::string software;
  std::vector<Held> sends;  // the streams that the hub sends to this node, and after which position
  bool rebuilding = false;  // it gathers what it lost, and sends nothing down
  std::vector<Head> backed_up;  // what a verified backup elsewhere holds of each lane
  bool takes_back = false;      // to a custodian whose journal this hub cannot extend: hand it back
};

enum class RefuseReason : std::uint8_t {
  not_enrolled = 0,
  revoked = 1,
  forked = 2,
  incompatible = 3,
  busy = 4,
  undecodable = 5,
};

// The refusal's stable code, for people and programs.
Code code_of(RefuseReason reason);

struct RefuseMessage {
  RefuseReason reason = RefuseReason::busy;
  std::uint32_t retry_after_ms = 0;
  StreamName stream;  // of undecodable
  Seq from = 0;
  Seq to = 0;
  std::uint64_t nonce = 0;
};

struct EnrolMessage {
  std::uint16_t protocol_min = 0;
  std::uint16_t protocol_max = 0;
  std::string device_public_key;  // 32 bytes
  Incarnation incarnation = 0;
  std::string software;
  NodeId node = 0;  // which it was at a hub that is gone; 0: none
};

struct EnrolledMessage {
  std::string certificate;  // canonical schema::Certificate
  std::string signature;    // 64 bytes
};

using Frame = std::variant<HelloMessage, WelcomeMessage, BatchMessage, AckMessage, RefuseMessage,
                           EnrolMessage, EnrolledMessage, AskMessage>;

// check()s that the frame is within limits::frame_bytes_max.
std::string encode_frame(const Frame& frame);

// nullopt: not a frame, of a kind unknown here, or beyond a limit.
std::optional<Frame> decode_frame(std::string_view bytes);

struct Certificate {
  NodeId node = 0;
  FacilityKind kind = FacilityKind::posyandu;
  std::int16_t zone_minutes = 0;
  TimeMs issued = 0;
  std::string device_public_key;
  std::string facility, name, area;
  std::string hub_facility, hub_name;
  std::string zone;
  Scope scope;  // of a district
};

std::string encode_certificate(const Certificate& certificate);
std::optional<Certificate> decode_certificate(std::string_view bytes);

}  // namespace titip
