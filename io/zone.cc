// Offsets of IANA zones from the system's compiled files (TZif, RFC 8536). The C library knows only
// one zone per process, and GCC 12 has none of C++20's.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/clock.hh"

namespace titip {

namespace {

struct Zone {
  std::vector<std::int64_t> since;           // seconds since 1970, rising; when offset i + 1 begins
  std::vector<std::int64_t> offset_seconds;  // one more than `since`
  bool ends = false;  // beyond the last of `since`, a rule applies that is not read
};

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  bool holds(std::size_t count) const { return count <= bytes_.size(); }
  std::string_view take(std::size_t count) {
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(std::min(count, bytes_.size()));
    return taken;
  }
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const char byte : take(size)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

struct Header {
  std::size_t utc_marks = 0, standard_marks = 0, leaps = 0, times = 0, types = 0, letters = 0;

  std::size_t data_bytes(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) +
           standard_marks + utc_marks;
  }
};

std::optional<Header> take_header(Bytes& file) {
  constexpr std::size_t header_bytes = 44;
  if (!file.holds(header_bytes) || file.take(4) != "TZif") return std::nullopt;
  if (file.take(1) < "2") return std::nullopt;  // version 1 has no 64-bit times
  file.take(15);
  Header header;
  for (std::size_t* count : {&header.utc_marks, &header.standard_marks, &header.leaps,
                             &header.times, &header.types, &header.letters}) {
    *count = static_cast<std::size_t>(file.number(4));
    if (*count > 65536) return std::nullopt;
  }
  return header;
}

std::optional<Zone> parse_zone(std::string_view text) {
  Bytes file(text);
  const std::optional<Header> old = take_header(file);
  if (!old || !file.holds(old->data_bytes(4))) return std::nullopt;
  file.take(old->data_bytes(4));
  const std::optional<Header> header = take_header(file);
  if (!header || header->types == 0 || !file.holds(header->data_bytes(8))) return std::nullopt;

  Bytes data(file.take(header->data_bytes(8)));
  Zone zone;
  for (std::size_t i = 0; i < header->times; ++i) {
    zone.since.push_back(static_cast<std::int64_t>(data.number(8)));
  }
  const std::string_view type_of = data.take(header->times);
  std::vector<std::int64_t> type_offset;
  for (std::size_t i = 0; i < header->types; ++i) {
    type_offset.push_back(static_cast<std::int32_t>(data.number(4)));
    data.take(2);  // whether daylight saving, and where its name stands
  }
  zone.offset_seconds.push_back(type_offset.front());
  for (const char type : type_of) {
    const auto index = static_cast<std::size_t>(static_cast<unsigned char>(type));
    if (index >= type_offset.size()) return std::nullopt;
    zone.offset_seconds.push_back(type_offset[index]);
  }
  if (!std::is_sorted(zone.since.begin(), zone.since.end())) return std::nullopt;
  zone.ends =
      file.rest().find(',') != std::string_view::npos;  // the footer has a rule of summer time
  return zone;
}

// The name comes from a person: it must not lead out of the directory.
bool is_zone_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '/' &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::optional<Zone> load_zone(const std::filesystem::path& directory, const std::string& name) {
  constexpr std::size_t file_bytes_max = 256 * 1024;
  std::error_code error;
  const auto file = directory / name;
  if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
  if (std::filesystem::file_size(file, error) > file_bytes_max || error) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_zone(text);
}

// For a device without tzdata. Indonesia's zones have had these offsets since 1988 or longer.
std::optional<std::int16_t> built_in(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::int16_t>, 5> zones{
      {{"Asia/Jakarta", 420},
       {"Asia/Pontianak", 420},
       {"Asia/Makassar", 480},
       {"Asia/Jayapura", 540},
       {"UTC", 0}}};
  for (const auto& [zone, minutes] : zones) {
    if (zone == name) return minutes;
  }
  return std::nullopt;
}

std::optional<std::int16_t> offset_at(const Zone& zone, TimeMs at) {
  const std::int64_t seconds = at >= 0 ? at / 1000 : (at - 999) / 1000;
  const auto next = std::upper_bound(zone.since.begin(), zone.since.end(), seconds);
  if (next == zone.since.end() && zone.ends) return std::nullopt;
  const auto index = static_cast<std::size_t>(next - zone.since.begin());
  return static_cast<std::int16_t>(zone.offset_seconds[index] / 60);
}

}  // namespace

std::optional<std::int16_t> zone_minutes_in(const std::filesystem::path& directory,
                                            const std::string& zone, TimeMs at) {
  if (!is_zone_name(zone)) return std::nullopt;
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) return built_in(zone);
  const std::optional<Zone> loaded = load_zone(directory, zone);
  return loaded ? offset_at(*loaded, at) : std::nullopt;
}

std::optional<std::int16_t> zone_minutes(const std::string& zone, TimeMs at) {
  return zone_minutes_in("/usr/share/zoneinfo", zone, at);
}

}  // namespace titip
