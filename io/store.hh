#pragma once

// LMDB as the store behind core/kv.hh: default sync flags, MDB_NOTLS, a checksum on every value,
// one environment per process and data directory.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>

#include "core/check.hh"
#include "core/kv.hh"
#include "core/limits.hh"

namespace titip {

// A full map or disk: nothing of the transaction was kept. Not an error of the process.
struct StoreFull {
  enum class What { map, disk } what = What::map;
};

// An I/O error or a failed checksum. The process must end with this message; a supervisor then
// restarts it.
class StoreDamaged : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct StoreOptions {
  std::size_t map_bytes = limits::map_bytes_default;
  bool read_only = false;
  bool create = false;  // else a missing store is an error
  // What is opened is one file that copy_to() wrote, read only; no lock: nobody else may change it.
  bool one_file = false;
};

struct StoreUsage {
  std::size_t map_bytes = 0;
  std::size_t used_bytes = 0;
  std::size_t free_disk_bytes = 0;
  // New work is refused at 80 % of the map or below 64 MiB of free disk; syncing out goes on.
  bool accepts_new_work() const;
  bool gets_short() const;  // soon it will be
};

class Store {
 public:
  // Throws OsError (io/os_error.hh) naming the call, StoreDamaged, or RefusalError
  // (io/refusal_error.hh): newer_format, no_store, disk_full, map_full. A directory is opened once
  // in a process.
  static std::unique_ptr<Store> open(const std::filesystem::path& directory, StoreOptions options);
  virtual ~Store() = default;

  // A snapshot; keep it under a second, and never longer than the store. Any thread.
  virtual std::unique_ptr<ReadTxn> read() = 0;

  // Runs `work` in a write transaction and commits with a sync. An exception from `work` rolls back
  // and is passed on. Throws StoreFull by value when the map or disk is full, with nothing kept,
  // even if `work` caught it before.
  virtual void write(const std::function<void(WriteTxn&)>& work) = 0;

  virtual StoreUsage usage() const = 0;  // of the last commit; any thread
  virtual void check_readers() = 0;      // frees the slots of readers that died; call each minute
  // Reads every value of every table and its checksum; returns how many. Throws StoreDamaged.
  virtual std::uint64_t verify() = 0;

  // Writes a snapshot of everything into an empty file, from its descriptor's place on; not synced.
  // Others go on writing meanwhile, but pages that they free stay in use until it is done. Throws
  // StoreFull when that file's disk is full.
  virtual void copy_to(int descriptor);  // only of a store that is kept in a file
};

// Here, so that tests of core/ over a store in memory need nothing of io/.
inline void Store::copy_to(int) { check(false, "this store is not kept in a file"); }

}  // namespace titip
