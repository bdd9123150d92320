// titip-generate: days at an invented health post as NDJSON, the same for the same seed everywhere.
//   titip-generate --facility CODE --seed N --events N [--bad PERMILLE] [--start DATE]

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/posyandu_day.hh"

namespace {

template <typename Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_date(std::string_view text, std::int32_t& days) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!read_number(text.substr(0, 4), year) || !read_number(text.substr(5, 2), month) ||
      !read_number(text.substr(8, 2), day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok()) return false;
  days = static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
  return true;
}

struct Request {
  std::string facility;
  std::uint64_t seed = 1;
  std::uint64_t events = 1000;
  titip::DayOptions options;
};

bool plain_code(std::string_view text) {
  return !text.empty() && text.find_first_of("\"\\") == text.npos;
}

std::optional<Request> read_request(int argc, char** argv) {
  Request request;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return std::nullopt;
    const std::string_view option = argv[i];
    const std::string_view value = argv[i + 1];
    bool good = false;
    if (option == "--facility") good = plain_code(request.facility = value);
    if (option == "--seed") good = read_number(value, request.seed);
    if (option == "--events") good = read_number(value, request.events);
    if (option == "--bad") good = read_number(value, request.options.bad_permille);
    if (option == "--start") good = read_date(value, request.options.start_date);
    if (!good) return std::nullopt;
  }
  if (request.facility.empty()) return std::nullopt;
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  const auto request = read_request(argc, argv);
  if (!request) {
    std::fputs(
        "usage: titip-generate --facility CODE --seed N --events N [--bad PERMILLE]"
        " [--start YYYY-MM-DD]\n",
        stderr);
    return 2;
  }
  titip::PosyanduDay day(request->seed, request->facility, request->options);
  for (std::uint64_t i = 0; i < request->events; ++i) {
    const auto line = day.next_line();
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) return 3;
    if (std::fputc('\n', stdout) == EOF) return 3;
  }
  return std::fflush(stdout) == 0 ? 0 : 3;
}
