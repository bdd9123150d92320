#include "io/notify.hh"

#include <systemd/sd-daemon.h>

#include <utility>

namespace titip {

namespace {

constexpr int keep_environment = 0;

// A supervisor that cannot be told is not ours to mend: it notices by itself that nothing came.
void tell(const char* state) { static_cast<void>(::sd_notify(keep_environment, state)); }

}  // namespace

void notify_ready() { tell("READY=1"); }

void notify_stopping() { tell("STOPPING=1"); }

void notify_alive() { tell("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_period() {
  std::uint64_t allowed_us = 0;
  if (::sd_watchdog_enabled(keep_environment, &allowed_us) <= 0) return std::nullopt;
  return std::chrono::microseconds(allowed_us / 2);
}

bool WriterProgress::goes_on(std::size_t waiting, std::uint64_t finished) {
  const auto waited = std::exchange(waiting_, waiting);
  const auto before = std::exchange(finished_, finished);
  return waiting == 0 || waited == 0 || finished != before;
}

}  // namespace titip
