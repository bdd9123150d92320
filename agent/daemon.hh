#pragma once

// `titip-agent run`: one loop, one writer thread, one link, one HTTP API; until SIGTERM.

#include <filesystem>
#include <optional>

#include "core/refusal.hh"
#include "io/config.hh"

namespace titip {

// Returns the exit code. Throws RefusalError, OsError or StoreDamaged.
int run_agent(const std::filesystem::path& data, const Config& config);

// Tries for at most `patience_ms` to be enrolled with the hub of the invitation that was accepted.
struct JoinOutcome {
  bool enrolled = false;
  std::optional<Code>
      refused;  // why the hub, or whoever answered, did not; neither: nobody answered
};
JoinOutcome try_to_enrol(const std::filesystem::path& data, const Config& config, int patience_ms);

}  // namespace titip
