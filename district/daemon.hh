#pragma once

// `titip-district run`: one loop, one writer thread, a link to each hub, one HTTP API; until
// SIGTERM.

#include <filesystem>

#include "district/links.hh"
#include "io/config.hh"

namespace titip {

inline constexpr int enrol_patience_ms = 15'000;

// A join that waits for its hub has the data directory for as long as it is patient, and another
// may come before this one.
inline constexpr int lock_patience_ms = 2 * enrol_patience_ms;

// Returns the exit code. Throws RefusalError, OsError or StoreDamaged.
int run_district(const std::filesystem::path& data, const Config& config);

// Accepts an invitation without a daemon, and tries for a while to be enrolled with it.
Result<DistrictLinks::JoinOutcome> join_now(const std::filesystem::path& data, const Config& config,
                                            const DistrictLinks::Asked& asked);

}  // namespace titip
