#include "io/log.hh"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

namespace titip {

namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> names{
    {{"trace", LogLevel::trace},
     {"debug", LogLevel::debug},
     {"info", LogLevel::info},
     {"warning", LogLevel::warning},
     {"error", LogLevel::error},
     {"off", LogLevel::off}}};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: break;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  static spdlog::logger made = [] {
    spdlog::logger fresh("titip", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    fresh.set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %-7l %v");
    return fresh;
  }();
  return made;
}

// One line stays one line, whatever a peer called itself.
std::string printable(std::string_view message) {
  std::string line(message);
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  std::replace_if(line.begin(), line.end(), control, ' ');
  return line;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (const auto& [known, level] : names) {
    if (known == name) return level;
  }
  return std::nullopt;
}

void start_log(LogLevel level) { logger().set_level(spdlog_level(level)); }

bool log_enabled(LogLevel level) {
  return level != LogLevel::off && logger().should_log(spdlog_level(level));
}

void log_line(LogLevel level, std::string_view part, std::string_view message) {
  if (!log_enabled(level)) return;
  logger().log(spdlog_level(level), "{:<9} {}", part, printable(message));
}

}  // namespace titip
