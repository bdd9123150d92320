#include "core/batch_calendar.hh"

#include <chrono>

namespace titip {

std::uint64_t day_of(std::uint64_t at, std::uint16_t zone) {
  constexpr std::int64_t day_ms = 86'400'000;
  constexpr std::uint64_t minute_ms = 60'000;
  const auto east = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(zone)});
  // Unsigned, since garbage may say any time and must not overflow.
  const auto local = static_cast<std::int64_t>(at + minute_ms * east);
  return static_cast<std::uint64_t>(local / day_ms - (local % day_ms < 0 ? 1 : 0));
}

std::string nik_like(std::string_view last, std::optional<std::int64_t> birth_days) {
  constexpr std::int64_t days_max = 200'000;  // far beyond any life, well within the calendar
  std::string like(last.substr(0, 6));
  like.resize(6, '?');
  if (!birth_days || *birth_days < -days_max || *birth_days > days_max) return like;
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(*birth_days)}}};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()) % 100);
  for (const unsigned part :
       {static_cast<unsigned>(date.day()), static_cast<unsigned>(date.month()), year}) {
    like.push_back(static_cast<char>('0' + part / 10));
    like.push_back(static_cast<char>('0' + part % 10));
  }
  return like;
}

}  // namespace titip
