#pragma once

// What a supervisor is told, by systemd's notify protocol (libsystemd). Without NOTIFY_SOCKET in
// the environment nobody asks and nothing happens.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace titip {

void notify_ready();     // it listens
void notify_stopping();  // it was asked to end and finishes what it has
void notify_alive();     // the watchdog's food

// Half of what the supervisor's watchdog allows; nullopt: there is none.
std::optional<std::chrono::microseconds> watchdog_period();

// Whether a writer gets anywhere, asked once a period: it is stuck only if something waited a whole
// period and nothing was finished in it.
class WriterProgress {
 public:
  bool goes_on(std::size_t waiting, std::uint64_t finished);

 private:
  std::size_t waiting_ = 0;  // when last asked
  std::uint64_t finished_ = 0;
};

}  // namespace titip
