#pragma once

// The commands of titip-agent (design section 9). Each works whether or not a daemon runs, and
// returns its exit code.

#include <string>

#include "io/command_context.hh"

namespace titip {

int agent_join(const CommandContext& command, const std::string& link);
int agent_put(const CommandContext& command, const std::string& file);
int agent_get(const CommandContext& command, const std::string& type, const std::string& id);
int agent_list(const CommandContext& command, const std::string& type);
int agent_status(const CommandContext& command);

}  // namespace titip
