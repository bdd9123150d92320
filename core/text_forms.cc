// The text forms that intake and printing share. What a parse_ function accepts, its format_
// function prints in one canonical way.

#include <array>
#include <charconv>
#include <chrono>

#include "core/intake_json.hh"

namespace titip {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr TimeMs ms_per_minute = 60'000;
constexpr TimeMs ms_per_day = 86'400'000;
constexpr int zone_minutes_min = -12 * 60;  // the offsets in use anywhere
constexpr int zone_minutes_max = 14 * 60;
constexpr std::size_t time_size_min = std::string_view("2024-10-15T09:12:00Z").size();

// Four digits hold the years 0 to 9999.
constexpr std::int64_t day_min = sys_days{year{0} / 1 / 1}.time_since_epoch().count();
constexpr std::int64_t day_max = sys_days{year{9999} / 12 / 31}.time_since_epoch().count();

// Exactly `count` decimal digits at `at`; -1 if there are others.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void put_digits(std::string& out, std::int64_t value, std::size_t count) {
  out.resize(out.size() + count);
  for (std::size_t i = 0; i < count; ++i) {
    out[out.size() - 1 - i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

bool lower_hex(std::string_view text) {
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return !text.empty();
}

std::optional<std::uint64_t> hex_number(std::string_view text) {
  if (text.size() > 16 || !lower_hex(text)) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

void put_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    out.push_back("0123456789abcdef"[value >> shift & 0xf]);
  }
}

// Without sign or leading zeros, so that one number has one form.
std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

// Turns a half of a hash, a number, into its little-endian bytes and back.
std::uint64_t swap_bytes(std::uint64_t value) { return __builtin_bswap64(value); }

std::optional<std::int16_t> parse_offset(std::string_view text) {
  if (text == "Z") return std::int16_t{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
    return std::nullopt;
  }
  const int hours = digits(text, 1, 2);
  const int minutes = digits(text, 4, 2);
  if (hours < 0 || minutes < 0 || minutes > 59) return std::nullopt;
  const int total = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
  if (total < zone_minutes_min || total > zone_minutes_max) return std::nullopt;
  return static_cast<std::int16_t>(total);
}

// What a program's clock writes beyond the millisecond is dropped; `size` is of the point and
// digits.
std::optional<int> parse_fraction(std::string_view text, std::size_t& size) {
  size = 0;
  if (text.empty() || text[0] != '.') return 0;
  int ms = 0;
  for (size = 1; size < text.size() && text[size] >= '0' && text[size] <= '9'; ++size) {
    if (size <= 3) ms = ms * 10 + (text[size] - '0');
  }
  if (size < 2 || size > 10) return std::nullopt;
  for (std::size_t i = size; i <= 3; ++i) ms *= 10;
  return ms;
}

}  // namespace

std::optional<std::int32_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int y = digits(text, 0, 4);
  const int m = digits(text, 5, 2);
  const int d = digits(text, 8, 2);
  if (y < 0 || m < 0 || d < 0) return std::nullopt;
  const std::chrono::year_month_day date{year{y}, std::chrono::month{static_cast<unsigned>(m)},
                                         std::chrono::day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(sys_days{date}.time_since_epoch().count());
}

// A peer's event may hold any number; one that is no date of four-digit years prints as what it is,
// in a form that parse_date refuses.
std::string format_date(std::int64_t since_1970) {
  if (since_1970 < day_min || since_1970 > day_max) return "day " + std::to_string(since_1970);
  const std::chrono::year_month_day date{sys_days{days{static_cast<int>(since_1970)}}};
  std::string out;
  put_digits(out, static_cast<int>(date.year()), 4);
  out.push_back('-');
  put_digits(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  put_digits(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

std::optional<ZonedTime> parse_time(std::string_view text) {
  if (text.size() < time_size_min || text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto date = parse_date(text.substr(0, 10));
  const int hours = digits(text, 11, 2);
  const int minutes = digits(text, 14, 2);
  const int seconds = digits(text, 17, 2);
  if (!date || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 ||
      seconds > 59) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(19);
  std::size_t fraction_size = 0;
  const auto ms = parse_fraction(rest, fraction_size);
  if (!ms) return std::nullopt;
  const auto zone = parse_offset(rest.substr(fraction_size));
  if (!zone) return std::nullopt;
  const TimeMs in_day = (hours * 60 + minutes) * ms_per_minute + seconds * 1000 + *ms;
  const TimeMs local = *date * ms_per_day + in_day;
  return ZonedTime{local - *zone * ms_per_minute, *zone};
}

// As format_date for a number that is no time; an offset that is none prints the same moment in
// UTC.
std::string format_time(ZonedTime time) {
  int zone = time.zone_minutes;
  if (zone < zone_minutes_min || zone > zone_minutes_max) zone = 0;
  if (time.ms < (day_min + 1) * ms_per_day || time.ms >= day_max * ms_per_day) {
    return "ms " + std::to_string(time.ms);
  }
  const TimeMs local = time.ms + zone * ms_per_minute;
  const std::int64_t day = local / ms_per_day - (local % ms_per_day < 0 ? 1 : 0);
  const TimeMs in_day = local - day * ms_per_day;
  std::string out = format_date(day);
  out.push_back('T');
  put_digits(out, in_day / 3'600'000, 2);
  out.push_back(':');
  put_digits(out, in_day / ms_per_minute % 60, 2);
  out.push_back(':');
  put_digits(out, in_day / 1000 % 60, 2);
  if (in_day % 1000 != 0) {
    out.push_back('.');
    put_digits(out, in_day % 1000, 3);
  }
  if (zone == 0) return out += "Z";
  const int offset = zone < 0 ? -zone : zone;
  out.push_back(zone < 0 ? '-' : '+');
  put_digits(out, offset / 60, 2);
  out.push_back(':');
  put_digits(out, offset % 60, 2);
  return out;
}

std::optional<std::uint64_t> parse_hex_id(std::string_view text) {
  const auto id = text.size() == 16 ? hex_number(text) : std::nullopt;
  return id == std::uint64_t{0} ? std::nullopt : id;
}

std::string format_hex_id(std::uint64_t id) {
  std::string out;
  put_hex(out, id);
  return out;
}

std::optional<Version> parse_version(std::string_view text) {
  if (text.size() < 17 || text[16] != ':') return std::nullopt;
  const std::size_t plus = text.find('+');
  if (plus == std::string_view::npos) return std::nullopt;
  const auto epoch = hex_number(text.substr(0, 16));
  const auto offset = decimal(text.substr(17, plus - 17));
  const auto seen = decimal(text.substr(plus + 1));
  if (!epoch || !offset || !seen || (*epoch == 0 && *offset != 0)) return std::nullopt;
  return Version{{*epoch, *offset}, *seen};
}

std::string format_version(const Version& version) {
  std::string out;
  put_hex(out, version.as_of.epoch);
  out.push_back(':');
  out += std::to_string(version.as_of.offset);
  out.push_back('+');
  out += std::to_string(version.seen);
  return out;
}

std::optional<EventId> parse_event_id(std::string_view text) {
  constexpr std::size_t hash_size = 32;
  if (text.size() < 20 + 1 + hash_size || text[16] != '-' || text[18] != '-') return std::nullopt;
  const std::size_t hash_at = text.size() - hash_size;
  const std::string_view seq_text = text.substr(19, hash_at - 1 - 19);
  const auto incarnation = parse_hex_id(text.substr(0, 16));
  const auto seq = hex_number(seq_text);
  const auto low = hex_number(text.substr(hash_at, 16));
  const auto high = hex_number(text.substr(hash_at + 16));
  const char lane = text[17];
  if (!incarnation || !seq || seq_text.front() == '0' || !low || !high ||
      text[hash_at - 1] != '-' || (lane != '0' && lane != '1')) {
    return std::nullopt;
  }
  return EventId{*incarnation, *seq, Hash{swap_bytes(*low), swap_bytes(*high)},
                 lane == '1' ? Lane::urgent : Lane::routine};
}

std::string format_event_id(const EventId& id) {
  std::string out;
  put_hex(out, id.incarnation);
  out += id.lane == Lane::urgent ? "-1-" : "-0-";
  std::array<char, 16> seq{};
  const auto [end, error] = std::to_chars(seq.data(), seq.data() + seq.size(), id.seq, 16);
  out.append(seq.data(), static_cast<std::size_t>(end - seq.data()));
  out.push_back('-');
  put_hex(out, swap_bytes(id.hash.low));
  put_hex(out, swap_bytes(id.hash.high));
  return out;
}

}  // namespace titip
