// Loaded into a program with LD_PRELOAD, it makes the clock on the wall wrong by
// TITIP_TEST_CLOCK_DAYS days: what a device with an empty battery shows. The clocks that count from
// the boot stay as they are, as on such a device. (Debian's faketime also bends those, and then
// timers never fire.)

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

extern "C" int clock_gettime(clockid_t clock, timespec* now) {
  constexpr time_t seconds_per_day = 86'400;
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (result == 0 && clock == CLOCK_REALTIME) {
    const char* const days = std::getenv("TITIP_TEST_CLOCK_DAYS");
    if (days != nullptr) now->tv_sec += std::atol(days) * seconds_per_day;
  }
  return result;
}
