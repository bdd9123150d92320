#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "io/os_error.hh"

namespace titip {

// Owns one file descriptor.
class Descriptor {
 public:
  // Adds O_CLOEXEC. Throws OsError.
  Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (number_ < 0) throw OsError("open", path.string(), errno);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  // For the call that can itself fail late; the destructor then does nothing.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

}  // namespace titip
