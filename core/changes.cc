#include "core/changes.hh"

namespace titip {

std::optional<Change> decode_change(std::string_view) { return std::nullopt; }

}  // namespace titip
