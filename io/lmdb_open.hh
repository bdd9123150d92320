#pragma once

// Opens an LMDB environment as a store: finds or makes its tables and settles its format.

#include "io/lmdb_txn.hh"
#include "io/store.hh"

namespace titip {

// Throws as Store::open does; then nothing stays open. The caller closes `env`.
LmdbEnvironment open_lmdb(const std::filesystem::path& directory, const StoreOptions& options);

}  // namespace titip
