#include "io/lmdb_error.hh"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "core/limits.hh"
#include "io/os_error.hh"
#include "io/store.hh"

namespace titip {

namespace {

bool means_full_disk(int code) { return code == ENOSPC || code == EDQUOT || code == EFBIG; }

}  // namespace

void throw_lmdb(const char* call, const std::filesystem::path& directory, int code) {
  if (code == MDB_MAP_FULL || code == MDB_TXN_FULL) throw StoreFull{StoreFull::What::map};
  if (means_full_disk(code)) throw StoreFull{StoreFull::What::disk};
  switch (code) {
    case EIO:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      throw StoreDamaged("the store in " + directory.string() + " is damaged: " + call + ": " +
                         mdb_strerror(code));
    default: throw OsError(call, directory.string(), code);
  }
}

int tell_full_from_broken(int code, const std::filesystem::path& directory) {
  if (code != EIO) return code;
  struct stat data {};
  if (::stat((directory / "data.mdb").c_str(), &data) != 0) return code;
  // A file without a name, as far out as the data file ends, so that quotas and file size limits
  // count too.
  const int probe = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (probe < 0) return means_full_disk(errno) ? ENOSPC : code;
  const int grown = ::posix_fallocate(probe, data.st_size, static_cast<off_t>(limits::mib));
  ::close(probe);
  return means_full_disk(grown) ? ENOSPC : code;
}

}  // namespace titip
