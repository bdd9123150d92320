#pragma once

// Every property that is checked with RapidCheck gets 10,000 cases, unless RC_PARAMS says another
// number. Included by the tests' .cc files, before anything of RapidCheck reads its parameters.

#include <cstdlib>
#include <string>

namespace titip::test {

inline const bool ten_thousand_cases = [] {
  const char* given = std::getenv("RC_PARAMS");
  const std::string params = given == nullptr ? "" : given;
  if (params.find("max_success") != std::string::npos) return false;
  return setenv("RC_PARAMS", ("max_success=10000 " + params).c_str(), 1) == 0;
}();

}  // namespace titip::test
