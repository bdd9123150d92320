#pragma once

// What two nodes say to each other, as a line of a story.

#include <string>
#include <string_view>

#include "tests/scenarios/names.hh"

namespace titip {

// "Batch", "Ack", …
std::string frame_kind(std::string_view bytes);
std::string frame_words(std::string_view bytes, Names& names);

inline std::string lane_word(Lane lane) { return lane == Lane::urgent ? "urgent" : "routine"; }

}  // namespace titip
