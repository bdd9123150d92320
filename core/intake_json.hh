#pragma once

// Events as people and programs write them (design section 9), read strictly: unknown and duplicate
// keys, numbers that do not fit, impossible dates and bad UTF-8 are refused with the field's name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/event.hh"
#include "core/refusal.hh"
#include "core/registry.hh"

namespace titip {

// One JSON object; white space around it is ignored. Checks everything that needs no store: the
// record type, every field's kind, range and format, the ops' own rules. Refusals carry the JSON
// key in `field`.
Result<EventDraft> parse_event(std::string_view json, const Registry& registry);

// "2024-10-15" to days since 1970 and "2024-10-15T09:12:00+09:00" to ms and offset, and back.
std::optional<std::int32_t> parse_date(std::string_view text);
std::string format_date(std::int64_t days);
struct ZonedTime {
  TimeMs ms = 0;
  std::int16_t zone_minutes = 0;
};
std::optional<ZonedTime> parse_time(std::string_view text);  // an offset or Z is required
std::string format_time(ZonedTime time);                     // ms only when not zero

// Exactly 16 lower-case hex digits, not 0.
std::optional<std::uint64_t> parse_hex_id(std::string_view text);
std::string format_hex_id(std::uint64_t id);

// A Version as an opaque word for `version`: "epoch:offset+seen", hex:decimal+decimal.
std::optional<Version> parse_version(std::string_view text);
std::string format_version(const Version& version);

// An EventId as one word for `settles`: "incarnation-lane-seq-hash", in hex; incarnation 16 digits,
// lane 0 or 1, seq without leading zeros, hash its 16 bytes as they are on the wire.
std::optional<EventId> parse_event_id(std::string_view text);
std::string format_event_id(const EventId& id);

}  // namespace titip
