#pragma once

// The commands of titip-hub (design section 9). Each works whether or not a daemon runs, and
// returns its exit code.

#include <cstdint>
#include <optional>
#include <string>

#include "hub/hub_node.hh"
#include "hub/invite.hh"
#include "io/command_context.hh"

namespace titip {

int hub_init(const CommandContext& command, const HubSetup& setup);
int hub_invite(const CommandContext& command, const InviteRequest& request, bool qr);
int hub_put(const CommandContext& command, const std::string& file);
int hub_get(const CommandContext& command, const std::string& type, const std::string& id);
int hub_list(const CommandContext& command, const std::string& type);
int hub_revoke(const CommandContext& command, const std::string& name);
int hub_nodes(const CommandContext& command);
int hub_status(const CommandContext& command);
int hub_events(const CommandContext& command, std::uint64_t after,
               std::optional<std::uint64_t> limit);
// Each event as soon as it is durable, until `limit` of them or an interruption. Only a running hub
// can tell.
int hub_follow_events(const CommandContext& command, std::uint64_t after,
                      std::optional<std::uint64_t> limit);
int hub_verify(const CommandContext& command);

}  // namespace titip
