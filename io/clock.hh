#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/types.hh"

namespace titip {

// Both clocks of this device at one moment. `uptime` is CLOCK_BOOTTIME: it counts sleep and never
// steps; `boot` comes from /proc/sys/kernel/random/boot_id.
ClockReading read_clock();

// Milliseconds for timers, never going back and counting sleep (CLOCK_BOOTTIME); what core calls
// `now`.
TimeMs steady_now();

// Offset from UTC of an IANA zone at a moment, by the system's tzdata; nullopt: no such zone.
// Reads the zone's file on every call: keep the answer.
std::optional<std::int16_t> zone_minutes(const std::string& zone, TimeMs at);

// The same by another zoneinfo directory. Where there is none, Indonesia's zones and UTC are known
// still.
std::optional<std::int16_t> zone_minutes_in(const std::filesystem::path& directory,
                                            const std::string& zone, TimeMs at);

}  // namespace titip
