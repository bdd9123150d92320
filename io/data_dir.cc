#include "io/data_dir.hh"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/descriptor.hh"
#include "io/keys.hh"
#include "io/os_error.hh"

namespace titip {

namespace fs = std::filesystem;

namespace {

void write_all(const Descriptor& file, const fs::path& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw OsError("write", path.string(), errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) throw OsError("fsync", path.string(), errno);
}

}  // namespace

std::optional<WriterLock> WriterLock::try_take(const fs::path& directory) {
  const fs::path file = directory / "lock";
  Descriptor opened(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  int result = 0;
  do {
    result = ::flock(opened.number(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    throw OsError("flock", file.string(), errno);
  }
  return WriterLock(opened.release());
}

WriterLock::WriterLock(int descriptor) : descriptor_(descriptor) {}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

// The file stays: removing it would let a third process lock a new file of the same name.
WriterLock::~WriterLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void make_data_dir(const fs::path& directory) {
  const fs::path parent = fs::absolute(directory).lexically_normal().parent_path();
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) throw OsError("mkdir", parent.string(), error.value());

  if (::mkdir(directory.c_str(), 0700) == 0) {
    sync_directory(parent);
  } else if (errno != EEXIST) {
    throw OsError("mkdir", directory.string(), errno);
  }
  struct stat found {};
  if (::stat(directory.c_str(), &found) != 0) throw OsError("stat", directory.string(), errno);
  if (!S_ISDIR(found.st_mode)) throw OsError("mkdir", directory.string(), ENOTDIR);
  if ((found.st_mode & 07777) != 0700 && ::chmod(directory.c_str(), 0700) != 0) {
    throw OsError("chmod", directory.string(), errno);
  }
}

void sync_directory(const fs::path& directory) {
  const Descriptor opened(directory, O_RDONLY | O_DIRECTORY);
  if (::fsync(opened.number()) != 0) throw OsError("fsync", directory.string(), errno);
}

void rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno != EINVAL) throw OsError("renameat2", to.string(), errno);
  // Some file systems of memory sticks and networks do not know that flag.
  struct stat found {};
  if (::lstat(to.c_str(), &found) == 0) throw OsError("rename", to.string(), EEXIST);
  if (::rename(from.c_str(), to.c_str()) != 0) throw OsError("rename", to.string(), errno);
}

void write_new_file(const fs::path& file, std::string_view text) {
  // A name of its own, so that what a killed process left behind is in nobody's way.
  fs::path fresh = file;
  fresh += "." + std::to_string(random_u64());
  try {
    const Descriptor opened(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    write_all(opened, fresh, text);
    rename_new(fresh, file);
  } catch (...) {
    ::unlink(fresh.c_str());
    throw;
  }
  sync_directory(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

}  // namespace titip
