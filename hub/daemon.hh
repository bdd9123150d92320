#pragma once

#include <filesystem>

#include "io/config.hh"

namespace titip {

// `titip-hub run`: one loop, one writer thread, one listening socket, one HTTP API; until SIGTERM.
// Returns the exit code. Throws RefusalError, OsError or StoreDamaged.
int run_hub(const std::filesystem::path& data, const Config& config);

}  // namespace titip
