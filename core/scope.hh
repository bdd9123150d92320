#pragma once

// What a subscriber may have, as its invitation says.

#include <string>
#include <vector>

#include "core/types.hh"

namespace titip {

struct Scope {
  std::vector<TypeNumber> types;   // empty: all
  std::vector<std::string> areas;  // Kemendagri codes, each with all that lies in it; empty: all
  bool withhold_identifying = false;

  // Only who has everything can be a custodian.
  bool everything() const { return types.empty() && areas.empty() && !withhold_identifying; }
  bool operator==(const Scope&) const = default;
};

}  // namespace titip
