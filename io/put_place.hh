#pragma once

// Who saves what `put` has read: the daemon that is running, or this process.

#include <functional>
#include <vector>

#include "io/command_context.hh"
#include "io/intake.hh"
#include "io/put_command.hh"

namespace titip {

// Saves a group in this process, which holds the lock.
using SaveLines = std::function<std::vector<LineResult>(const std::vector<IntakeLine>& lines)>;

// `open` takes the data directory's lock. Another `put`, or a daemon that is just starting, holds
// it for a moment: that is waited for, rather than refuse a health worker's data. The caller has
// seen to it that the directory, and so the daemon, is of its own kind. Throws what `open` throws.
SaveGroup find_place_to_save(const CommandContext& command, const std::function<SaveLines()>& open);

}  // namespace titip
