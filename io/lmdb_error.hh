#pragma once

// What LMDB's return codes mean to Titip.

#include <filesystem>

namespace titip {

// Throws StoreFull for a full map or disk, StoreDamaged for what only damage explains, else
// OsError.
[[noreturn]] void throw_lmdb(const char* call, const std::filesystem::path& directory, int code);

inline void require_lmdb(const char* call, const std::filesystem::path& directory, int code) {
  if (code != 0) throw_lmdb(call, directory, code);
}

// LMDB answers EIO both when the disk fails and when a write stopped half-way because it is full.
// Says which: ENOSPC when the data file could not grow now, else the code itself.
int tell_full_from_broken(int code, const std::filesystem::path& directory);

}  // namespace titip
