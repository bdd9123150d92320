#pragma once

#include <cstdint>

namespace titip {

// Why a dialled connection is no more.
enum class LinkEnd : std::uint8_t {
  unanswered,    // nobody answered the dial
  not_this_hub,  // the server answered, but does not hold the key we expect, or refused ours
  lost,          // an established connection broke
};

}  // namespace titip
