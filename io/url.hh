#pragma once

#include <string>
#include <string_view>

namespace titip {

// Percent-encodes everything but unreserved characters, for a value in a query.
std::string url_encode(std::string_view text);

}  // namespace titip
