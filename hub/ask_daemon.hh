#pragma once

// How a command of titip-hub asks the daemon of its data directory, if one runs.

#include <optional>
#include <string>

#include "io/command_context.hh"
#include "io/http_server.hh"

namespace titip {

// nullopt when none runs. Throws RefusalError for what it refuses, and where `command.data` is not
// a hub's.
std::optional<HttpResponse> ask_daemon(const CommandContext& command, const std::string& method,
                                       const std::string& target);

// The part of a target that says in which language and form to answer.
std::string form(const CommandContext& command);

}  // namespace titip
