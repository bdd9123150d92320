#pragma once

// `put`: reads NDJSON, hands it on in groups, prints one result a line, shows progress on a
// terminal.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/intake_lines.hh"
#include "core/refusal.hh"

namespace titip {

// Saves a group durably and returns its result lines as result_json prints them, in order.
using SaveGroup = std::function<std::vector<std::string>(const std::vector<RawLine>&)>;

// `file`: a path, or "-" or "" for standard input. Exit code 0, or 1 when any line was refused.
// Throws OsError when the file cannot be read.
int put_lines(const std::string& file, Language language, const SaveGroup& save);

}  // namespace titip
