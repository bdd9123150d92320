#pragma once

#include <string>

namespace titip {

// Two texts line by line: "- " what was expected, "+ " what happened, with a few lines around.
std::string difference(const std::string& expected, const std::string& actual);

}  // namespace titip
