#pragma once

// A backup: one file (0600) that holds a snapshot of a hub's store, and after it a seal of 80
// bytes:
//   the snapshot's length u64, when it was made u64, the hub's public key, 32 bytes,
//   XXH3-128 of everything before, "titip backup 1\r\n"
// The seal is there so that one changed byte is noticed before LMDB, which trusts its pages, reads
// any.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/types.hh"
#include "io/keys.hh"
#include "io/store.hh"

namespace titip {

struct BackupSeal {
  std::uint64_t store_bytes = 0;
  TimeMs made_at = 0;
  CurveKey hub{};  // its public key

  friend bool operator==(const BackupSeal&, const BackupSeal&) = default;
};

// Copies `store` to `file`, which appears under that name only once it is durable and was read back
// and `verify`, given the copy, has returned; until then it is FILE.part. Throws RefusalError:
// file_exists, no_file for a directory that is not there, disk_full; OsError; what `verify` throws.
BackupSeal write_backup(Store& store, const std::filesystem::path& file, TimeMs made_at,
                        const CurveKey& hub, const std::function<void(Store&)>& verify);

// Reads the whole file. Throws RefusalError: no_file, bad_backup; OsError.
BackupSeal check_backup(const std::filesystem::path& file);

// The store in a file that check_backup() has found whole, to read.
std::unique_ptr<Store> open_backup(const std::filesystem::path& file);

// Checks `backup`, copies the store in it to the new file `data`, and reads that back; durable when
// it returns. On an error `data` may be there in part. Throws as check_backup(), or RefusalError
// disk_full.
BackupSeal unpack_backup(const std::filesystem::path& backup, const std::filesystem::path& data);

}  // namespace titip
