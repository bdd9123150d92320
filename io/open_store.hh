#pragma once

// How agents, hubs and districts open what is in their data directory.

#include <filesystem>

#include "core/refusal.hh"
#include "io/config.hh"
#include "io/data_dir.hh"
#include "io/store.hh"

namespace titip {

enum class Access : std::uint8_t { read, write, create };

// Throws RefusalError: locked, when another process writes there.
WriterLock take_lock(const std::filesystem::path& data);

// The store of `data`, as large as the configuration allows.
std::unique_ptr<Store> open_store(const std::filesystem::path& data, Access access,
                                  const Config& config);

// Throws RefusalError no_store unless init or join has been there.
void require_node(const std::filesystem::path& data);

// What a program says of a store that is not of its kind: other_kind with the program that it
// belongs to, or no_store when it is nobody's yet.
Refusal not_ours(const ReadTxn& txn, const std::filesystem::path& data);

}  // namespace titip
