#pragma once

// `proceed` and `confirm`: what an administrator says while a hub gathers what it lost.

#include <string>
#include <vector>

#include "core/nodes.hh"
#include "core/rebuilding.hh"
#include "core/refusal.hh"
#include "io/command_context.hh"

namespace titip {

std::string proceeded_json(const Proceeded& ended);
std::string proceeded_text(const Proceeded& ended, Language language);
std::string confirmed_json(const std::vector<NodeState>& nodes);
std::string confirmed_text(const std::vector<NodeState>& nodes, Language language);

int hub_proceed(const CommandContext& command);
// `node` empty: all that are pending.
int hub_confirm(const CommandContext& command, const std::string& node, bool all);

}  // namespace titip
