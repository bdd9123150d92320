#include "io/store.hh"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "core/check.hh"
#include "io/lmdb_error.hh"
#include "io/lmdb_open.hh"
#include "io/lmdb_txn.hh"
#include "io/os_error.hh"

namespace titip {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t verified_per_snapshot =
    4096;  // a long one would keep freed pages from reuse

// LMDB's file locks break when one process opens an environment twice: a second opening is a bug.
class OnlyOpening {
 public:
  explicit OnlyOpening(const fs::path& directory)
      : name_(fs::weakly_canonical(directory).string()) {
    const std::lock_guard lock(mutex());
    check(names().insert(name_).second, "a store is opened twice in one process");
  }
  OnlyOpening(const OnlyOpening&) = delete;
  OnlyOpening& operator=(const OnlyOpening&) = delete;
  ~OnlyOpening() {
    const std::lock_guard lock(mutex());
    names().erase(name_);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex held;
    return held;
  }
  static std::set<std::string>& names() {
    static std::set<std::string> held;
    return held;
  }

  std::string name_;
};

class LmdbStore final : public Store {
 public:
  LmdbStore(const fs::path& directory, const StoreOptions& options)
      : only_(directory),
        environment_(open_lmdb(directory, options)),
        read_only_(options.read_only) {}
  ~LmdbStore() override;

  std::unique_ptr<ReadTxn> read() override;
  void write(const std::function<void(WriteTxn&)>& work) override;
  StoreUsage usage() const override;
  void check_readers() override;
  std::uint64_t verify() override;
  void copy_to(int descriptor) override;

 private:
  MDB_txn* begin(unsigned flags) const;

  OnlyOpening only_;
  LmdbEnvironment environment_;
  bool read_only_;
  pid_t process_ = ::getpid();  // a forked child must leave the environment alone, even at its end
};

LmdbStore::~LmdbStore() {
  if (process_ == ::getpid()) mdb_env_close(environment_.env);
}

MDB_txn* LmdbStore::begin(unsigned flags) const {
  check(process_ == ::getpid(), "a store is used in a forked process");
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(environment_.env, nullptr, flags, &txn);
  if (code == MDB_READERS_FULL) {
    int dead = 0;
    require_lmdb("mdb_reader_check", environment_.directory,
                 mdb_reader_check(environment_.env, &dead));
    code = mdb_txn_begin(environment_.env, nullptr, flags, &txn);
  }
  require_lmdb("mdb_txn_begin", environment_.directory, code);
  return txn;
}

std::unique_ptr<ReadTxn> LmdbStore::read() {
  return std::make_unique<LmdbReadTxn>(environment_, begin(MDB_RDONLY));
}

void LmdbStore::write(const std::function<void(WriteTxn&)>& work) {
  check(!read_only_, "a write to a store that was opened for reading");
  LmdbWriteTxn txn(environment_, begin(0));
  work(txn);
  txn.commit();
}

StoreUsage LmdbStore::usage() const {
  MDB_txn* const txn = begin(MDB_RDONLY);
  const LmdbReadTxn ends_it(environment_, txn);
  // Pages in use, not the file's length: what was erased is room again, though the file never
  // shrinks. Handle 0 is the list of free pages and 1 the list of tables.
  std::size_t pages = 2;
  std::size_t page_bytes = 0;
  const auto add = [&](MDB_dbi handle) {
    MDB_stat stat{};
    require_lmdb("mdb_stat", environment_.directory, mdb_stat(txn, handle, &stat));
    pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    page_bytes = stat.ms_psize;
  };
  add(0);
  add(1);
  for (const MDB_dbi handle : environment_.tables) add(handle);

  MDB_envinfo info{};
  require_lmdb("mdb_env_info", environment_.directory, mdb_env_info(environment_.env, &info));
  struct statvfs disk {};
  if (::statvfs(environment_.directory.c_str(), &disk) != 0) {
    throw OsError("statvfs", environment_.directory.string(), errno);
  }
  return {.map_bytes = info.me_mapsize,
          .used_bytes = pages * page_bytes,
          .free_disk_bytes = static_cast<std::size_t>(disk.f_bavail) * disk.f_frsize};
}

void LmdbStore::check_readers() {
  int dead = 0;
  require_lmdb("mdb_reader_check", environment_.directory,
               mdb_reader_check(environment_.env, &dead));
}

std::uint64_t LmdbStore::verify() {
  std::uint64_t values = 0;
  for (std::size_t i = 0; i < table_count; ++i) {
    std::string next;  // the first key of the next snapshot; empty: this table is done
    do {
      std::uint64_t left = verified_per_snapshot;
      std::string from = std::exchange(next, {});
      read()->scan(static_cast<Table>(i), from, [&](const Entry& entry) {
        if (left-- == 0) {
          next.assign(entry.key);
          return false;
        }
        ++values;
        return true;
      });
    } while (!next.empty());
  }
  return values;
}

void LmdbStore::copy_to(int descriptor) {
  check(process_ == ::getpid(), "a store is used in a forked process");
  const off_t begin = ::lseek(descriptor, 0, SEEK_CUR);
  int code = mdb_env_copyfd2(environment_.env, descriptor, MDB_CP_COMPACT);
  if (code == MDB_INCOMPATIBLE) {
    // It found pages that are neither in use nor free. They do no harm, but only a plain copy has
    // them.
    if (::ftruncate(descriptor, begin) != 0 || ::lseek(descriptor, begin, SEEK_SET) < 0) {
      throw OsError("ftruncate", "a copy", errno);
    }
    code = mdb_env_copyfd2(environment_.env, descriptor, 0);
  }
  require_lmdb("mdb_env_copyfd2", environment_.directory, code);
}

}  // namespace

std::unique_ptr<Store> Store::open(const fs::path& directory, StoreOptions options) {
  return std::make_unique<LmdbStore>(directory, options);
}

bool StoreUsage::gets_short() const {
  return used_bytes / 100 * 100 >= map_bytes / 100 * limits::map_short_percent ||
         free_disk_bytes < limits::disk_short_bytes;
}

bool StoreUsage::accepts_new_work() const {
  return used_bytes / 100 * 100 < map_bytes / 100 * limits::map_used_percent_max &&
         free_disk_bytes >= limits::disk_free_bytes_min;
}

}  // namespace titip
