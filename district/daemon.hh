#pragma once

// `titip-district run`: one loop, one writer thread, a link to each hub, one HTTP API; until
// SIGTERM.

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "district/links.hh"
#include "io/config.hh"
#include "io/refusal_error.hh"

namespace titip {

inline constexpr int enrol_patience_ms = 15'000;

// Tries again while another process writes in the data directory: a join that waits for its hub
// holds it for as long as it is patient, and another may come before this one. Not where that is
// `hopeless`.
template <typename Attempt>
auto when_unlocked(Attempt attempt, const std::function<bool()>& hopeless) {
  constexpr int poll_ms = 50;
  for (int left = 2 * enrol_patience_ms / poll_ms;; --left) {
    try {
      return attempt();
    } catch (const RefusalError& error) {
      if (error.refusal().code != Code::locked || left == 0 || hopeless()) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(poll_ms));
  }
}

// Returns the exit code. Throws RefusalError, OsError or StoreDamaged.
int run_district(const std::filesystem::path& data, const Config& config);

// Accepts an invitation without a daemon, and tries for a while to be enrolled with it.
Result<DistrictLinks::JoinOutcome> join_now(const std::filesystem::path& data, const Config& config,
                                            const Invitation& invitation);

}  // namespace titip
