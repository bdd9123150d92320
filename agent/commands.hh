#pragma once

// The commands of titip-agent (design section 9). Each works whether or not a daemon runs, and
// returns its exit code.

#include <string>

#include "io/command_context.hh"

namespace titip {

// `replace`: the hub that this device had is gone for good.
int agent_join(const CommandContext& command, const std::string& link, bool replace);
int agent_put(const CommandContext& command, const std::string& file);
int agent_get(const CommandContext& command, const std::string& type, const std::string& id);
int agent_list(const CommandContext& command, const std::string& type);
int agent_stock(const CommandContext& command, const std::string& facility);
int agent_status(const CommandContext& command);

}  // namespace titip
