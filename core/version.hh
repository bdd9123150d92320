#pragma once

#include <string_view>

namespace titip {

// Of the software; sent in Hello and Welcome, printed by --version.
inline constexpr std::string_view software_version = "titip 0.1.0";

}  // namespace titip
