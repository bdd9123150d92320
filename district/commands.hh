#pragma once

// The commands of titip-district (design section 9). Each works whether or not a daemon runs, and
// returns its exit code.

#include <optional>
#include <string>

#include "io/command_context.hh"

namespace titip {

// `replaces`: the facility code or id of the hub that is gone for good, empty if there is only one.
int district_join(const CommandContext& command, const std::string& link,
                  const std::optional<std::string>& replaces);
int district_status(const CommandContext& command);
// `hub` is a facility's code; empty: the only hub.
int district_get(const CommandContext& command, const std::string& hub, const std::string& type,
                 const std::string& id);
int district_list(const CommandContext& command, const std::string& hub, const std::string& type);
int district_stock(const CommandContext& command, const std::string& hub,
                   const std::string& facility);

}  // namespace titip
