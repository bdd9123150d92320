#pragma once

namespace titip {

// A bug aborts, in release builds too. `what` must never hold anything that a person typed.
[[noreturn]] void check_failed(const char* what, const char* file, int line);

// clang 14 has no std::source_location; GCC and clang share these builtins.
inline void check(bool holds, const char* what, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if (!holds) check_failed(what, file, line);
}

}  // namespace titip
