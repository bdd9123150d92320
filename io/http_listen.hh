#pragma once

// The sockets behind HTTP, without HTTP: a loopback port, and the data directory's Unix socket.

#include <filesystem>
#include <optional>
#include <string>

#include "io/socket_handle.hh"

namespace titip {

// "127.0.0.1:7410", "localhost:7410" or "[::1]:7410"; port 0 chooses one. Any other address is a
// RefusalError: Titip has no TLS of its own, so HTTP never leaves the machine by itself.
// Non-blocking.
SocketHandle listen_loopback(const std::string& address);

// Mode 0600 before anybody can connect. Replaces a socket file that nobody listens on; RefusalError
// when somebody does. Paths longer than sun_path are reached through their directory. Non-blocking.
SocketHandle listen_unix_socket(const std::filesystem::path& socket);

// nullopt: nobody listens there. Blocking; each read and write waits at most `wait_seconds`.
std::optional<SocketHandle> connect_unix_socket(const std::filesystem::path& socket,
                                                long wait_seconds);

// "127.0.0.1:7410" of a bound loopback socket.
std::string loopback_address(int descriptor);

// Whether the process at the other end of a Unix socket runs as our user or as root.
bool peer_is_owner(int descriptor);

}  // namespace titip
