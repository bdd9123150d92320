#pragma once

#include <unistd.h>

#include <utility>

namespace titip {

// Owns one socket.
class SocketHandle {
 public:
  explicit SocketHandle(int number = -1) : number_(number) {}
  SocketHandle(SocketHandle&& other) noexcept : number_(other.release()) {}
  SocketHandle& operator=(SocketHandle&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.release();
    }
    return *this;
  }
  ~SocketHandle() { close(); }

  bool open() const { return number_ >= 0; }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

}  // namespace titip
