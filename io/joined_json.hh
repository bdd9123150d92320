#pragma once

// What `join --json` prints, at agents and districts alike.

#include <optional>
#include <string>

#include "core/link_messages.hh"

namespace titip {

// {"hub","facility","name","node","enrolled"}: whom the invitation is for, or as whom the hub has
// enrolled it. The hub's facility code and the node are null until it has.
std::string joined_json(const std::string& facility, const std::string& name,
                        const std::optional<Certificate>& certificate);

}  // namespace titip
