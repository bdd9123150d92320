#pragma once

// A hub's keys outside its data directory: `keys export`, and what `init --keys` and
// `restore --keys` are given.

#include <filesystem>

#include "io/command_context.hh"
#include "io/keys.hh"

namespace titip {

// Throws RefusalError: no_file, or bad_keys for what is not a keys file; OsError.
NodeKeys read_keys(const std::filesystem::path& file);

// Makes `keys`, which were read from `file`, those of the data directory. True: the file was
// written. Throws RefusalError other_keys when others are there.
bool place_keys(const std::filesystem::path& data, const NodeKeys& keys,
                const std::filesystem::path& file);

int hub_export_keys(const CommandContext& command, const std::string& file);

}  // namespace titip
