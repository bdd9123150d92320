#pragma once

// The commands of titip-hub (design section 9). Each works whether or not a daemon runs, and
// returns its exit code.

#include <string>

#include "hub/hub_node.hh"
#include "hub/invite.hh"
#include "io/command_context.hh"

namespace titip {

int hub_init(const CommandContext& command, const HubSetup& setup, const std::string& keys);
int hub_invite(const CommandContext& command, const InviteRequest& request, bool qr);
int hub_put(const CommandContext& command, const std::string& file);
int hub_get(const CommandContext& command, const std::string& type, const std::string& id);
int hub_list(const CommandContext& command, const std::string& type);
int hub_stock(const CommandContext& command, const std::string& facility);
int hub_revoke(const CommandContext& command, const std::string& name);
int hub_nodes(const CommandContext& command);
int hub_status(const CommandContext& command);
int hub_verify(const CommandContext& command);

}  // namespace titip
