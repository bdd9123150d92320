#include "io/progress.hh"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace titip {

namespace {

constexpr TimeMs interval_ms = 100;

Progress::Print terminal() {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
}

std::string grouped(std::uint64_t number, Language language) {
  auto digits = std::to_string(number);
  const char separator = language == Language::indonesian ? '.' : ',';
  for (auto at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, separator);
  return digits;
}

}  // namespace

Progress::Progress(std::string verb, Language language, TimeMs now)
    : Progress(std::move(verb), language, now, terminal()) {}

Progress::Progress(std::string verb, Language language, TimeMs now, Print print)
    : verb_(std::move(verb)),
      language_(language),
      started_(now),
      next_(now + interval_ms),
      print_(std::move(print)) {}

void Progress::update(TimeMs now, std::uint64_t done, std::uint64_t refused) {
  if (!print_ || now < next_) return;
  next_ = now + interval_ms;
  draw(now, done, refused);
}

void Progress::clear() {
  if (print_) print_("\r\x1b[K");
}

void Progress::finish(TimeMs now, std::uint64_t done, std::uint64_t refused) {
  if (!print_) return;
  draw(now, done, refused);
  print_("\n");
}

void Progress::draw(TimeMs now, std::uint64_t done, std::uint64_t refused) {
  const auto elapsed_ms = static_cast<std::uint64_t>(std::max<TimeMs>(1, now - started_));
  const bool indonesian = language_ == Language::indonesian;
  std::string line = "\r  " + grouped(done, language_) + " " + verb_;
  line += ", " + grouped(done * 1000 / elapsed_ms, language_) + (indonesian ? "/dtk" : "/s");
  if (refused > 0)
    line += ", " + grouped(refused, language_) + (indonesian ? " ditolak" : " refused");
  print_(line + "\x1b[K");
}

}  // namespace titip
