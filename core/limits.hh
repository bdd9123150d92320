#pragma once

// Every bound of the product stands here, with its unit and its reason.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace titip::limits {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

// Intake.
inline constexpr std::size_t event_json_bytes_max = 64 * kib;  // one event as JSON
inline constexpr std::size_t event_bytes_max = 64 * kib;       // one event in canonical form
inline constexpr std::size_t json_depth_max = 16;
inline constexpr int year_min = 1900;  // of a date or time that a person types
inline constexpr int year_max = 2200;
inline constexpr std::size_t ref_bytes_max = 128;
inline constexpr std::size_t author_bytes_max = 64;
inline constexpr std::size_t note_bytes_max = 500;  // of an event: why, in its author's words
inline constexpr std::size_t text_bytes_default = 256;
inline constexpr std::size_t facility_code_bytes_max = 64;
inline constexpr std::size_t name_bytes_max = 128;
inline constexpr std::size_t record_fields_max = 64;         // width of FieldMask
inline constexpr std::size_t intake_group_events_max = 256;  // events in one synced commit of `put`
inline constexpr std::size_t http_body_bytes_max = 4 * mib;  // of an NDJSON request

// HTTP, on loopback and on the data directory's socket.
inline constexpr std::size_t http_head_bytes_max = 8 * kib;
inline constexpr std::size_t http_connections_max = 256;       // of one listening socket
inline constexpr std::int64_t http_head_ms_max = 30'000;       // idle, and for a whole request head
inline constexpr std::int64_t http_transfer_ms_max = 120'000;  // a whole body or response
inline constexpr std::int64_t http_linger_ms = 2'000;          // read on, so that a refusal arrives
inline constexpr std::int64_t http_accept_retry_ms = 100;      // after running out of descriptors
inline constexpr std::size_t http_streams_max = 64;  // streamed answers of one listening socket
// Where an answer of many lines ends, perhaps a line later; whoever wants the rest asks on.
inline constexpr std::size_t http_answer_bytes = 8 * mib;
// Where a part of a stream ends, perhaps a line later: each is built at once, in one snapshot.
inline constexpr std::size_t http_part_bytes = 64 * kib;
inline constexpr std::size_t http_part_lines_max = 1'000;
inline constexpr std::int64_t http_heartbeat_ms = 25'000;  // proxies cut what is silent for 30 s
inline constexpr std::size_t updates_kept_max = 10'000;    // records that changed last at an agent
inline constexpr std::int64_t local_exchange_ms_max = 120'000;  // a command waiting for its daemon

// The link. One ZeroMQ message carries one frame.
inline constexpr std::size_t frame_bytes_max = 262144;          // ZMQ_MAXMSGSIZE
inline constexpr std::size_t batch_body_bytes_max = 128 * kib;  // as sent, compressed
inline constexpr std::size_t batch_raw_bytes_max = 1 * mib;     // after decompression
inline constexpr std::size_t batch_events_max = 4096;
inline constexpr std::size_t batch_bytes_first = 4 * kib;  // before the link's rate is known
inline constexpr std::size_t batch_bytes_min = 512;
inline constexpr std::size_t batches_in_flight_max = 4;
// One entry of a hub's journal, or one change: it fits a batch as it is.
inline constexpr std::size_t item_bytes_max = 120 * kib;
inline constexpr std::size_t outcomes_per_frame_max = 256;
inline constexpr std::size_t epochs_per_frame_max = 64;
inline constexpr std::size_t asides_per_frame_max = 64;
inline constexpr std::size_t former_positions_max = 16;     // of one entry: lost histories
inline constexpr std::size_t epochs_in_line_max = 100'000;  // openings of one store, for ever
inline constexpr std::size_t asked_per_frame_max = 4'096;   // records
inline constexpr std::size_t parked_per_commit_max = 1'000;
inline constexpr int nesting_max = 16;
inline constexpr std::uint16_t protocol_version = 1;

inline constexpr std::int64_t heartbeat_ms = 150'000;  // carriers drop idle TCP after minutes
// TCP, one address: SYNs at 0, 1 and 3 s. A network that has just come back is not left waiting for
// the kernel's next one.
inline constexpr std::int64_t connect_ms_max = 5'000;
inline constexpr std::int64_t handshake_ms_max = 30'000;  // a 2G handshake takes 6 round trips
inline constexpr int link_queue_frames_max = 8;           // per connection and direction
inline constexpr std::int64_t answer_ms_min = 5'000;
inline constexpr std::int64_t slowest_bytes_per_ms = 1;  // 8 kbit/s: as long as the rate is unknown
inline constexpr std::int64_t answer_ms_max = 30'000;  // silence after a frame that wants an answer
inline constexpr std::int64_t redial_ms = 2'000;       // while something waits
inline constexpr std::int64_t redial_eager_ms = 300'000;  // for how long
inline constexpr std::int64_t backoff_ms_min = 1'000;
inline constexpr std::int64_t backoff_ms_max = 600'000;
inline constexpr std::size_t scope_list_bytes_max = 1000;  // as typed, and in the schema's Node
inline constexpr std::int64_t invitation_ms = 86'400'000;  // 24 h

// The hub.
inline constexpr std::size_t sessions_max = 4096;
inline constexpr std::size_t in_flight_bytes_max = 64 * mib;  // over all connections
inline constexpr std::size_t anchors_per_node_max = 8;
// Of one record. Merging compares writes with each other, so one peer must not pile them up without
// end.
inline constexpr std::size_t record_writes_max = 128;
// In one change: what has piled up, and the resolves that settle it.
inline constexpr std::size_t change_writes_max = 2 * record_writes_max;
// Of a record, in no frontier, kept for late arrivals; of words about pairs, as many.
inline constexpr std::size_t idle_writes_max = 32;
inline constexpr std::size_t group_members_max = 16;  // records that are linked as one
inline constexpr std::size_t pair_words_max =
    96;  // in a record's state: that it is one with another, or two
static_assert(idle_writes_max < pair_words_max, "some can stand");
static_assert(record_writes_max + pair_words_max < change_writes_max, "with a resolve or more");

// Trying another policy, in parts that each fit one short snapshot.
inline constexpr std::size_t rehearsal_records_max = 200'000;  // of one pass over the journal
inline constexpr std::size_t rehearsal_part = 20'000;          // records or entries looked through
inline constexpr std::size_t rehearsal_replayed_max = 256;     // events applied, or a record's more

// The store.
inline constexpr std::size_t map_bytes_default = 16ull * 1024 * mib;
inline constexpr std::size_t disk_free_bytes_min = 64 * mib;
inline constexpr unsigned map_used_percent_max = 80;
inline constexpr std::uint32_t store_format = 1;
// Before that, a device lets go of what is held elsewhere.
inline constexpr unsigned map_short_percent = 70;
inline constexpr std::size_t disk_short_bytes = 128 * mib;
inline constexpr std::size_t trim_events_max = 5'000;  // in one commit

static_assert(batch_body_bytes_max + 64 * kib <= frame_bytes_max,
              "a batch and its Hello fit a frame");
static_assert(event_bytes_max <= batch_raw_bytes_max);
static_assert(batch_bytes_min < batch_bytes_first);
static_assert(batch_bytes_first < batch_body_bytes_max);
static_assert(event_bytes_max + 4 * kib <= batch_body_bytes_max, "any single event fits a batch");
static_assert(event_bytes_max + 2 * kib <= item_bytes_max, "any event fits an entry");
static_assert(item_bytes_max + 4 * kib <= batch_body_bytes_max, "any item fits a batch");
static_assert(http_heartbeat_ms < local_exchange_ms_max, "a command that follows hears in time");
static_assert(http_streams_max < http_connections_max, "streams leave room for other requests");
static_assert(map_short_percent < map_used_percent_max && disk_short_bytes > disk_free_bytes_min,
              "room is made before new work is refused");
static_assert(record_fields_max == 64, "one bit each in a FieldMask");

}  // namespace titip::limits
