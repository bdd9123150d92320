#include "io/clock.hh"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>

#include "io/keys.hh"
#include "io/os_error.hh"

namespace titip {

namespace {

std::int64_t milliseconds(clockid_t clock, const char* name) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) throw OsError("clock_gettime", name, errno);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// Where the kernel does not tell, this process counts as a boot of its own: then its clock readings
// are comparable with fewer others, never with wrong ones.
std::uint32_t read_boot() {
  std::array<char, 36> id{};  // a UUID
  const int file = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  const ssize_t got = file < 0 ? -1 : ::read(file, id.data(), id.size());
  if (file >= 0) ::close(file);
  const std::uint32_t boot = got == static_cast<ssize_t>(id.size())
                                 ? XXH32(id.data(), id.size(), 0)
                                 : static_cast<std::uint32_t>(random_u64());
  return boot != 0 ? boot : 1;
}

}  // namespace

ClockReading read_clock() {
  static const std::uint32_t boot = read_boot();
  return {.wall = milliseconds(CLOCK_REALTIME, "CLOCK_REALTIME"),
          .uptime = static_cast<UptimeMs>(milliseconds(CLOCK_BOOTTIME, "CLOCK_BOOTTIME")),
          .boot = boot};
}

// Counts sleep: a tablet that wakes up redials at once instead of finishing an old wait.
TimeMs steady_now() { return milliseconds(CLOCK_BOOTTIME, "CLOCK_BOOTTIME"); }

}  // namespace titip
