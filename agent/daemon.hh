#pragma once

// `titip-agent run`: one loop, one writer thread, one link, one HTTP API; until SIGTERM.

#include <filesystem>

#include "io/config.hh"

namespace titip {

// Returns the exit code. Throws RefusalError, OsError or StoreDamaged.
int run_agent(const std::filesystem::path& data, const Config& config);

// Tries for at most `patience_ms` to be enrolled with the hub of the invitation that was accepted.
enum class JoinOutcome { enrolled, hub_silent, refused, not_this_hub };
JoinOutcome try_to_enrol(const std::filesystem::path& data, const Config& config, int patience_ms);

}  // namespace titip
