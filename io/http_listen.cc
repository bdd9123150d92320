#include "io/http_listen.hh"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

constexpr int listen_queue = 64;

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

struct LoopbackAddress {
  SocketAddress address{};
  socklen_t size = 0;
};

std::optional<LoopbackAddress> parse_loopback(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;

  LoopbackAddress result;
  if (host == "127.0.0.1" || host == "localhost") {
    result.address.v4 = {};
    result.address.v4.sin_family = AF_INET;
    result.address.v4.sin_port = htons(port);
    result.address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result.size = sizeof(sockaddr_in);
  } else if (host == "[::1]") {
    result.address.v6 = {};
    result.address.v6.sin6_family = AF_INET6;
    result.address.v6.sin6_port = htons(port);
    result.address.v6.sin6_addr = in6addr_loopback;
    result.size = sizeof(sockaddr_in6);
  } else {
    return std::nullopt;
  }
  return result;
}

[[noreturn]] void fail(const char* call, const std::string& subject) {
  throw OsError(call, subject, errno);
}

SocketHandle new_socket(int family, int flags, const std::string& subject) {
  SocketHandle descriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (!descriptor.open()) fail("socket", subject);
  return descriptor;
}

RefusalError in_use(const std::string& address) {
  return RefusalError(Refusal{Code::address_in_use, {}, {address}});
}

// Where a Unix socket is, in at most the 107 bytes that the kernel takes. A longer path goes
// through /proc/self/fd, so that the process need not change its working directory.
class UnixPlace {
 public:
  explicit UnixPlace(const std::filesystem::path& socket) : subject_(socket.string()) {
    auto path = subject_;
    if (path.size() >= sizeof(address_.sun_path)) {
      const auto directory = socket.parent_path();
      directory_ = SocketHandle(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!directory_.open()) fail("open", directory.string());
      path = "/proc/self/fd/" + std::to_string(directory_.get()) + "/" + socket.filename().string();
    }
    if (path.size() >= sizeof(address_.sun_path)) throw OsError("bind", subject_, ENAMETOOLONG);
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
  }

  bool bind(int descriptor) const { return ::bind(descriptor, address(), sizeof(address_)) == 0; }
  bool connect(int descriptor) const {
    return ::connect(descriptor, address(), sizeof(address_)) == 0;
  }
  const char* path() const { return address_.sun_path; }
  const std::string& subject() const { return subject_; }

 private:
  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }

  std::string subject_;
  SocketHandle directory_;
  sockaddr_un address_{};
};

void remove_stale_socket(const UnixPlace& place) {
  struct stat status {};
  if (::lstat(place.path(), &status) != 0) {
    if (errno == ENOENT) return;
    fail("stat", place.subject());
  }
  if (!S_ISSOCK(status.st_mode)) throw in_use(place.subject());
  // Non-blocking: a listener whose queue is full answers EAGAIN, and is alive.
  const auto probe = new_socket(AF_UNIX, SOCK_NONBLOCK, place.subject());
  if (place.connect(probe.get()) || errno != ECONNREFUSED) throw in_use(place.subject());
  if (::unlink(place.path()) != 0 && errno != ENOENT) fail("unlink", place.subject());
}

}  // namespace

SocketHandle listen_loopback(const std::string& address) {
  const auto place = parse_loopback(address);
  if (!place)
    throw RefusalError(Refusal{Code::bad_option, "--http", {address + " (127.0.0.1, [::1])"}});
  auto descriptor = new_socket(place->address.any.sa_family, SOCK_NONBLOCK, address);
  const int on = 1;  // else a restart waits for the old connections' TIME_WAIT
  if (::setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) {
    fail("setsockopt", address);
  }
  if (::bind(descriptor.get(), &place->address.any, place->size) != 0) {
    if (errno == EADDRINUSE) throw in_use(address);
    fail("bind", address);
  }
  if (::listen(descriptor.get(), listen_queue) != 0) {
    if (errno == EADDRINUSE) throw in_use(address);
    fail("listen", address);
  }
  return descriptor;
}

SocketHandle listen_unix_socket(const std::filesystem::path& socket) {
  const UnixPlace place(socket);
  auto descriptor = new_socket(AF_UNIX, SOCK_NONBLOCK, place.subject());
  remove_stale_socket(place);
  if (!place.bind(descriptor.get())) {
    if (errno == EADDRINUSE) throw in_use(place.subject());
    fail("bind", place.subject());
  }
  // Before listen() every connect is refused, so nobody slips in under the umask's mode.
  if (::chmod(place.path(), S_IRUSR | S_IWUSR) != 0) fail("chmod", place.subject());
  if (::listen(descriptor.get(), listen_queue) != 0) fail("listen", place.subject());
  return descriptor;
}

std::optional<SocketHandle> connect_unix_socket(const std::filesystem::path& socket,
                                                long wait_seconds) {
  const auto directory = socket.parent_path();
  if (!directory.empty() && !std::filesystem::exists(directory)) return std::nullopt;
  const UnixPlace place(socket);
  auto descriptor = new_socket(AF_UNIX, 0, place.subject());
  const timeval wait{wait_seconds, 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    if (::setsockopt(descriptor.get(), SOL_SOCKET, option, &wait, sizeof(wait)) != 0) {
      fail("setsockopt", place.subject());
    }
  }
  if (!place.connect(descriptor.get())) {
    if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
    fail("connect", place.subject());
  }
  return descriptor;
}

std::string loopback_address(int descriptor) {
  SocketAddress address{};
  socklen_t size = sizeof(address);
  if (::getsockname(descriptor, &address.any, &size) != 0) fail("getsockname", "http");
  if (address.any.sa_family == AF_INET6)
    return "[::1]:" + std::to_string(ntohs(address.v6.sin6_port));
  return "127.0.0.1:" + std::to_string(ntohs(address.v4.sin_port));
}

bool peer_is_owner(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace titip
