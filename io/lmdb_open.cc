#include "io/lmdb_open.hh"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "core/check.hh"
#include "io/data_dir.hh"
#include "io/lmdb_error.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view format_key = "format";  // in the table meta, 8 bytes big-endian
constexpr unsigned readers_max = 512;              // snapshots at once, over all processes
constexpr std::size_t map_bytes_min = 64 * limits::mib;

RefusalError refused(Code code, std::vector<std::string> details) {
  return RefusalError({.code = code, .field = {}, .details = std::move(details)});
}

bool has_data(const fs::path& directory, const StoreOptions& options) {
  const auto file = options.one_file ? directory : directory / "data.mdb";
  struct stat data {};
  if (::stat(file.c_str(), &data) == 0) return data.st_size > 0;
  if (errno == ENOENT) return false;
  throw OsError("stat", file.string(), errno);
}

std::size_t whole_pages(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

// `map_bytes` 0: as the store was last opened for writing. Returns LMDB's code; `env` is null
// unless 0.
int try_open(const fs::path& directory, const StoreOptions& options, std::size_t map_bytes,
             MDB_env*& env) {
  MDB_env* opened = nullptr;
  int code = mdb_env_create(&opened);
  if (code == 0) code = mdb_env_set_maxdbs(opened, table_count);
  if (code == 0) code = mdb_env_set_maxreaders(opened, readers_max);
  if (code == 0 && map_bytes != 0) code = mdb_env_set_mapsize(opened, whole_pages(map_bytes));
  const unsigned flags = MDB_NOTLS | (options.read_only ? MDB_RDONLY : 0U) |
                         (options.one_file ? MDB_NOSUBDIR | MDB_NOLOCK : 0U);
  if (code == 0) code = mdb_env_open(opened, directory.c_str(), flags, 0600);
  if (code == 0) {
    env = opened;
  } else if (opened != nullptr) {
    mdb_env_close(opened);
  }
  return code;
}

// The map only reserves addresses, but a limit on them (RLIMIT_AS) can refuse 16 GiB: then less
// must do.
MDB_env* open_environment(const fs::path& directory, const StoreOptions& options) {
  MDB_env* env = nullptr;
  int code = try_open(directory, options, options.read_only ? 0 : options.map_bytes, env);
  for (std::size_t map = options.map_bytes / 2; code == ENOMEM && map >= map_bytes_min; map /= 2) {
    code = try_open(directory, options, map, env);
  }
  require_lmdb("mdb_env_open", directory, code);
  return env;
}

// One transaction that opens table handles; they last only when it commits.
class TableOpener {
 public:
  TableOpener(LmdbEnvironment& environment, bool read_only) : environment_(environment) {
    require("mdb_txn_begin",
            mdb_txn_begin(environment.env, nullptr, read_only ? MDB_RDONLY : 0U, &txn_));
  }
  TableOpener(const TableOpener&) = delete;
  TableOpener& operator=(const TableOpener&) = delete;
  ~TableOpener() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
  }

  // False: there is no such table.
  bool open(Table table, unsigned flags) {
    const std::string name(table_name(table));
    MDB_dbi& handle = environment_.tables.at(static_cast<std::size_t>(table));
    const int code = mdb_dbi_open(txn_, name.c_str(), flags, &handle);
    if (code == MDB_NOTFOUND) return false;
    require("mdb_dbi_open", code);
    return true;
  }

  // Ends this opener. The transactions of io/lmdb_txn.hh finish it.
  MDB_txn* release() { return std::exchange(txn_, nullptr); }

  void commit() { require("mdb_txn_commit", mdb_txn_commit(release())); }

 private:
  void require(const char* call, int code) { require_lmdb(call, environment_.directory, code); }

  LmdbEnvironment& environment_;
  MDB_txn* txn_ = nullptr;
};

void make_tables(LmdbEnvironment& environment) {
  TableOpener opener(environment, false);
  for (std::size_t i = 0; i < table_count; ++i) opener.open(static_cast<Table>(i), MDB_CREATE);
  LmdbWriteTxn txn(environment, opener.release());
  txn.put(Table::meta, format_key, Key().u64(limits::store_format));
  txn.commit();
  sync_directory(environment.directory);
}

void settle_format(const LmdbEnvironment& environment) {
  MDB_txn* raw = nullptr;
  require_lmdb("mdb_txn_begin", environment.directory,
               mdb_txn_begin(environment.env, nullptr, MDB_RDONLY, &raw));
  const LmdbReadTxn txn(environment, raw);
  const auto stored = txn.get(Table::meta, format_key);
  const std::uint64_t format = stored && stored->size() == 8 ? key_u64(*stored, 0) : 0;
  if (format > limits::store_format) {
    throw refused(Code::newer_format,
                  {std::to_string(format), std::to_string(limits::store_format)});
  }
  // Format 1 is the first. The migration of an older one goes here, before its tables are opened.
  static_assert(limits::store_format == 1);
  if (format != limits::store_format) {
    throw StoreDamaged("the store in " + environment.directory.string() +
                       " is damaged: it has no format");
  }
}

// False: the store was killed before its first commit.
bool open_meta(LmdbEnvironment& environment) {
  TableOpener opener(environment, true);
  if (!opener.open(Table::meta, 0)) return false;
  opener.commit();
  return true;
}

void open_tables(LmdbEnvironment& environment, const StoreOptions& options) {
  if (!open_meta(environment)) {
    if (!options.create) throw refused(Code::no_store, {environment.directory.string()});
    make_tables(environment);
    return;
  }
  settle_format(environment);
  TableOpener opener(environment, true);
  for (std::size_t i = 0; i < table_count; ++i) {
    if (opener.open(static_cast<Table>(i), 0)) continue;
    throw StoreDamaged("the store in " + environment.directory.string() + " is damaged: table " +
                       std::string(table_name(static_cast<Table>(i))) + " is missing");
  }
  opener.commit();
}

}  // namespace

LmdbEnvironment open_lmdb(const fs::path& directory, const StoreOptions& options) {
  check(!(options.read_only && options.create), "a store is created by its writer");
  check(options.read_only || !options.one_file, "a copy of a store is only read");
  if (!has_data(directory, options)) {
    if (!options.create) throw refused(Code::no_store, {directory.string()});
    make_data_dir(directory);
  }
  LmdbEnvironment environment;
  environment.directory = directory;
  try {
    environment.env = open_environment(directory, options);
    int dead = 0;
    require_lmdb("mdb_reader_check", directory, mdb_reader_check(environment.env, &dead));
    open_tables(environment, options);
  } catch (const StoreFull& full) {
    if (environment.env != nullptr) mdb_env_close(environment.env);
    throw refused(full.what == StoreFull::What::disk ? Code::disk_full : Code::map_full,
                  {directory.string()});
  } catch (...) {
    if (environment.env != nullptr) mdb_env_close(environment.env);
    throw;
  }
  return environment;
}

}  // namespace titip
