#include "io/elapsed_text.hh"

#include <algorithm>
#include <string_view>

namespace titip {

std::string ago(TimeMs elapsed, Language language) {
  const bool indonesian = language == Language::indonesian;
  const auto in = [&](TimeMs count, std::string_view unit) {
    return std::to_string(count).append(" ").append(unit) + (indonesian ? " yang lalu" : " ago");
  };
  constexpr TimeMs ms_per_second = 1000;
  constexpr TimeMs minute = 60 * ms_per_second;
  constexpr TimeMs hour = 60 * minute;
  constexpr TimeMs day = 24 * hour;
  if (elapsed < 2 * minute) {
    return in(std::max<TimeMs>(0, elapsed) / ms_per_second, indonesian ? "dtk" : "s");
  }
  if (elapsed < 2 * hour) return in(elapsed / minute, indonesian ? "mnt" : "min");
  if (elapsed < 2 * day) return in(elapsed / hour, indonesian ? "jam" : "h");
  return in(elapsed / day, indonesian ? "hari" : "days");
}

}  // namespace titip
