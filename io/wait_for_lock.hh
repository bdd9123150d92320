#pragma once

// Commands that write wait while another process has the data directory: a daemon that is starting,
// another `put`, a join that is waiting for its hub. It blocks: a daemon calls it only before its
// loop runs.

#include <functional>

namespace titip {

// Calls `attempt` until it does not throw a RefusalError `locked`, for about `patience_ms`, unless
// that is `hopeless`; then that error goes on.
void wait_for_lock(
    int patience_ms, const std::function<void()>& attempt,
    const std::function<bool()>& hopeless = [] { return false; });

}  // namespace titip
