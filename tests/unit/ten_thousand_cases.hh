#pragma once

// Every property that is checked with RapidCheck gets 10,000 cases, unless RC_PARAMS says another
// number; under a sanitizer, which looks for other faults, 500. Included by the tests' .cc files,
// before anything of RapidCheck reads its parameters.

#include <cstdlib>
#include <string>

namespace titip::test {

#ifdef __SANITIZE_ADDRESS__
inline constexpr const char* cases_of_each = "max_success=500 ";
#else
inline constexpr const char* cases_of_each = "max_success=10000 ";
#endif

inline const bool ten_thousand_cases = [] {
  const char* given = std::getenv("RC_PARAMS");
  const std::string params = given == nullptr ? "" : given;
  if (params.find("max_success") != std::string::npos) return false;
  return setenv("RC_PARAMS", (cases_of_each + params).c_str(), 1) == 0;
}();

}  // namespace titip::test
