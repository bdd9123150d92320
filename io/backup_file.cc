#include "io/backup_file.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "core/check.hh"
#include "core/kv.hh"
#include "io/data_dir.hh"
#include "io/descriptor.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = "titip backup 1\r\n";  // \r\n: a copy in text mode breaks it
constexpr std::size_t facts_bytes = 8 + 8 + 32;
constexpr std::size_t sum_bytes = 16;
constexpr std::size_t seal_bytes = facts_bytes + sum_bytes + mark.size();
constexpr std::size_t part_bytes = 1024 * 1024;

RefusalError bad_backup(const fs::path& file) {
  return RefusalError({Code::bad_backup, {}, {file.string()}});
}

class Sum {
 public:
  Sum() : state_(XXH3_createState(), &XXH3_freeState) {
    check(state_ != nullptr && XXH3_128bits_reset(state_.get()) == XXH_OK, "no memory for a sum");
  }
  void add(std::string_view bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  std::string result() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    return {reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest};
  }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

std::string facts_of(const BackupSeal& seal) {
  return std::string(std::string_view(
      Key()
          .u64(seal.store_bytes)
          .u64(static_cast<std::uint64_t>(seal.made_at))
          .bytes({reinterpret_cast<const char*>(seal.hub.data()), seal.hub.size()})));
}

// Calls `take` with the first `bytes` of the file. Throws bad_backup when it is shorter.
void read_parts(const Descriptor& file, const fs::path& path, std::uint64_t bytes,
                const std::function<void(std::string_view)>& take) {
  std::vector<char> part(part_bytes);
  for (std::uint64_t at = 0; at < bytes;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), bytes - at));
    const ssize_t got = ::pread(file.number(), part.data(), wanted, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw OsError("read", path.string(), errno);
    if (got == 0) throw bad_backup(path);
    take({part.data(), static_cast<std::size_t>(got)});
    at += static_cast<std::uint64_t>(got);
  }
}

void write_whole(const Descriptor& file, const fs::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
      throw RefusalError({Code::disk_full, {}, {path.string()}});
    }
    if (written < 0) throw OsError("write", path.string(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Durable, and read from the disk the next time rather than from memory.
void sync_and_forget(const Descriptor& file, const fs::path& path) {
  if (::fsync(file.number()) != 0) throw OsError("fsync", path.string(), errno);
  ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);  // advice only
}

std::uint64_t size_of(const Descriptor& file, const fs::path& path) {
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) throw OsError("fstat", path.string(), errno);
  return static_cast<std::uint64_t>(found.st_size);
}

Descriptor open_to_read(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      throw RefusalError({Code::no_file, {}, {file.string()}});
    }
    throw OsError("stat", file.string(), errno);
  }
  if (!S_ISREG(found.st_mode)) throw bad_backup(file);
  return {file, O_RDONLY};
}

struct Sealed {
  BackupSeal seal;
  std::string sum;
};

Sealed read_seal(const Descriptor& file, const fs::path& path) {
  const auto size = size_of(file, path);
  std::array<char, seal_bytes> bytes{};
  if (size < bytes.size()) throw bad_backup(path);
  const ssize_t got =
      ::pread(file.number(), bytes.data(), bytes.size(), static_cast<off_t>(size - bytes.size()));
  if (got < 0) throw OsError("read", path.string(), errno);
  const std::string_view text(bytes.data(), bytes.size());
  if (static_cast<std::size_t>(got) != bytes.size() || !text.ends_with(mark)) {
    throw bad_backup(path);
  }
  Sealed sealed;
  sealed.seal.store_bytes = key_u64(text, 0);
  sealed.seal.made_at = static_cast<TimeMs>(key_u64(text, 8));
  std::memcpy(sealed.seal.hub.data(), text.data() + 16, sealed.seal.hub.size());
  sealed.sum = text.substr(facts_bytes, sum_bytes);
  if (sealed.seal.store_bytes != size - seal_bytes) throw bad_backup(path);
  return sealed;
}

// Reads the store's part of `file`, whole, handing it on, and compares the sum.
void compare(const Descriptor& file, const fs::path& path, const Sealed& sealed,
             const std::function<void(std::string_view)>& take) {
  Sum sum;
  read_parts(file, path, sealed.seal.store_bytes, [&](std::string_view part) {
    sum.add(part);
    take(part);
  });
  sum.add(facts_of(sealed.seal));
  if (sum.result() != sealed.sum) throw bad_backup(path);
}

void take_nothing(std::string_view) {}

// FILE.part: this process's alone, and removed again unless it was given its name.
class PartFile {
 public:
  explicit PartFile(const fs::path& file)
      : path_(file.string() + ".part"), file_(open(file, path_)) {
    struct stat here {};
    struct stat opened {};
    const bool busy = ::flock(file_.number(), LOCK_EX | LOCK_NB) != 0 ||
                      ::fstat(file_.number(), &opened) != 0 || ::lstat(path_.c_str(), &here) != 0 ||
                      here.st_ino != opened.st_ino || here.st_dev != opened.st_dev;
    // Else it is what a backup that was killed left behind.
    if (busy) throw RefusalError({Code::file_exists, {}, {path_.string()}});
    mine_ = true;
    if (::ftruncate(file_.number(), 0) != 0) throw OsError("ftruncate", path_.string(), errno);
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    if (mine_) ::unlink(path_.c_str());
  }

  const fs::path& path() const { return path_; }
  const Descriptor& file() const { return file_; }

  void give_name(const fs::path& file) {
    rename_new(path_, file);
    mine_ = false;
    sync_directory(fs::absolute(file).parent_path());
  }

 private:
  static Descriptor open(const fs::path& file, const fs::path& part) {
    const auto directory = fs::absolute(file).parent_path();
    struct stat found {};
    if (::stat(directory.c_str(), &found) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
      throw RefusalError({Code::no_file, {}, {directory.string()}});
    }
    if (::lstat(file.c_str(), &found) == 0) {
      throw RefusalError({Code::file_exists, {}, {file.string()}});
    }
    return {part, O_RDWR | O_CREAT | O_NOFOLLOW, 0600};
  }

  fs::path path_;
  Descriptor file_;
  bool mine_ = false;
};

void seal_file(const PartFile& part, BackupSeal& seal) {
  seal.store_bytes = size_of(part.file(), part.path());
  Sum sum;
  read_parts(part.file(), part.path(), seal.store_bytes,
             [&](std::string_view bytes) { sum.add(bytes); });
  const auto facts = facts_of(seal);
  sum.add(facts);
  if (::lseek(part.file().number(), 0, SEEK_END) < 0) {
    throw OsError("lseek", part.path().string(), errno);
  }
  write_whole(part.file(), part.path(), facts + sum.result() + std::string(mark));
  sync_and_forget(part.file(), part.path());
}

}  // namespace

BackupSeal write_backup(Store& store, const fs::path& file, TimeMs made_at, const CurveKey& hub,
                        const std::function<void(Store&)>& verify) {
  PartFile part(file);
  BackupSeal seal{0, made_at, hub};
  try {
    store.copy_to(part.file().number());
  } catch (const StoreFull&) {
    throw RefusalError({Code::disk_full, {}, {part.path().string()}});
  }
  seal_file(part, seal);
  check_backup(part.path());
  verify(*open_backup(part.path()));
  try {
    part.give_name(file);
  } catch (const OsError& error) {
    if (error.error_number() != EEXIST) throw;
    throw RefusalError({Code::file_exists, {}, {file.string()}});
  }
  return seal;
}

BackupSeal check_backup(const fs::path& file) {
  const auto opened = open_to_read(file);
  const auto sealed = read_seal(opened, file);
  compare(opened, file, sealed, take_nothing);
  return sealed.seal;
}

std::unique_ptr<Store> open_backup(const fs::path& file) {
  return Store::open(file, {.read_only = true, .one_file = true});
}

BackupSeal unpack_backup(const fs::path& backup, const fs::path& data) {
  const auto from = open_to_read(backup);
  const auto sealed = read_seal(from, backup);
  const Descriptor to(data, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  compare(from, backup, sealed, [&](std::string_view part) { write_whole(to, data, part); });
  sync_and_forget(to, data);
  compare(to, data, sealed, take_nothing);
  return sealed.seal;
}

}  // namespace titip
