#pragma once

// The commands of titip-district (design section 9). Each works whether or not a daemon runs, and
// returns its exit code.

#include <string>

#include "io/command_context.hh"

namespace titip {

int district_join(const CommandContext& command, const std::string& link);
int district_status(const CommandContext& command);
// `hub` is a facility's code; empty: the only hub.
int district_get(const CommandContext& command, const std::string& hub, const std::string& type,
                 const std::string& id);
int district_list(const CommandContext& command, const std::string& hub, const std::string& type);

}  // namespace titip
