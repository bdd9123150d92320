#pragma once

#include <string_view>

namespace titip {

// "tcp://HOST:PORT" that a device can dial: a name, an IPv4 address or an IPv6 address in brackets,
// no wildcard, a port from 1 to 65535.
bool valid_dial_endpoint(std::string_view endpoint);

// As above, or to listen on: the host may be "*" or a wildcard address, the port 0 or "*" for any.
bool valid_listen_endpoint(std::string_view endpoint);

}  // namespace titip
