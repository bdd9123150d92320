#include "io/wait_for_lock.hh"

#include <chrono>
#include <thread>

#include "io/refusal_error.hh"

namespace titip {

void wait_for_lock(int patience_ms, const std::function<void()>& attempt,
                   const std::function<bool()>& hopeless) {
  constexpr int poll_ms = 50;  // the lock is a file's: nobody tells when it is free
  for (int left = patience_ms / poll_ms;; --left) {
    try {
      return attempt();
    } catch (const RefusalError& error) {
      if (error.refusal().code != Code::locked || left <= 0 || hopeless()) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(poll_ms));
  }
}

}  // namespace titip
