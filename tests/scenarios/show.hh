#pragma once

// How things stand, as lines of a story.

#include <string>
#include <vector>

#include "tests/scenarios/field.hh"

namespace titip {

// A record as the hub and every node that is on shows it.
std::vector<std::string> show_record(Field& field, const RecordKey& record);
// What every store holds, and whether anything that was ever saved is missing.
std::vector<std::string> show_stores(Field& field);

}  // namespace titip
