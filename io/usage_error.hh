#pragma once

// What is wrong with a command as it was typed, in plain words. Never repeats a value.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace titip {

enum class Usage : std::uint8_t {
  missing,          // `name` was not given
  needs_one_value,  // `name` was given without a value, or twice
  takes_no_value,
  not_a_number,
  no_such_choice,  // `detail` lists the choices
  no_such_option,
  no_such_command,
  no_command,
  too_many,
  unreadable,
};

struct UsageError {
  Usage what = Usage::unreadable;
  std::string name;  // of the option or argument
  std::string detail;
};

// Prints it with where to find help; `words` are the typed ones, asked for --lang and --json only,
// since they did not parse. Returns exit code 2.
int report_usage_error(const UsageError& error, const std::string& command,
                       const std::vector<std::string_view>& words);

}  // namespace titip
