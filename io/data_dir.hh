#pragma once

// A node's data directory (0700): keys.toml, config.toml, the store, `lock`, and the daemon's
// `titip.sock`.

#include <filesystem>
#include <optional>
#include <string_view>

namespace titip {

// Held by the one process that may write; released by the kernel when the process ends.
class WriterLock {
 public:
  // nullopt: another process holds it. Throws OsError.
  static std::optional<WriterLock> try_take(const std::filesystem::path& directory);
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();

 private:
  explicit WriterLock(int descriptor);
  int descriptor_ = -1;
};

// Makes it with mode 0700, or tightens the mode of one that is there. Throws OsError.
void make_data_dir(const std::filesystem::path& directory);

// Makes the names in it durable: a new file's own fsync does not. Throws OsError.
void sync_directory(const std::filesystem::path& directory);

// As rename(2), but never over something that is there: then OsError with EEXIST.
void rename_new(const std::filesystem::path& from, const std::filesystem::path& to);

// Writes a whole file of mode 0600, durably or not at all; never over one that is there. Throws
// OsError.
void write_new_file(const std::filesystem::path& file, std::string_view text);

inline std::filesystem::path keys_file(const std::filesystem::path& d) { return d / "keys.toml"; }
inline std::filesystem::path config_file(const std::filesystem::path& d) {
  return d / "config.toml";
}
inline std::filesystem::path store_dir(const std::filesystem::path& d) { return d / "store"; }
inline std::filesystem::path socket_file(const std::filesystem::path& d) {
  return d / "titip.sock";
}

}  // namespace titip
