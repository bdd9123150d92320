#pragma once

// The process's log, on standard error: "2026-11-22T08:00:00.123+09:00 info  link  connected to …".
// Only words and numbers of ours are logged, never a field's value or the text of a parser's
// exception.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace titip {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, off };

std::optional<LogLevel> parse_log_level(std::string_view name);
void start_log(LogLevel level);
bool log_enabled(LogLevel level);
// `part`: link, store, intake, enrolment, http, hub, agent. Any thread.
void log_line(LogLevel level, std::string_view part, std::string_view message);

inline void log_info(std::string_view part, std::string_view message) {
  log_line(LogLevel::info, part, message);
}
inline void log_warning(std::string_view part, std::string_view message) {
  log_line(LogLevel::warning, part, message);
}
inline void log_error(std::string_view part, std::string_view message) {
  log_line(LogLevel::error, part, message);
}
inline void log_debug(std::string_view part, std::string_view message) {
  if (log_enabled(LogLevel::debug)) log_line(LogLevel::debug, part, message);
}

}  // namespace titip
