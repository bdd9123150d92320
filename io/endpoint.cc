#include "io/endpoint.hh"

#include <algorithm>
#include <charconv>
#include <optional>

namespace titip {

namespace {

struct Parts {
  std::string_view host;
  std::string_view port;
};

std::optional<Parts> split(std::string_view endpoint) {
  constexpr std::string_view transport = "tcp://";
  if (!endpoint.starts_with(transport)) return std::nullopt;
  endpoint.remove_prefix(transport.size());
  const auto colon = endpoint.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return Parts{endpoint.substr(0, colon), endpoint.substr(colon + 1)};
}

bool valid_host(std::string_view host) {
  constexpr std::size_t name_bytes_max = 253;  // of a DNS name
  if (host.size() > name_bytes_max) return false;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  return std::all_of(host.begin(), host.end(), [&](char c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return digit || letter || c == '.' || c == '-' || c == '_' || (bracketed && c == ':');
  });
}

std::optional<unsigned> port_number(std::string_view port) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  constexpr unsigned port_max = 65535;
  if (error != std::errc() || end != port.data() + port.size() || number > port_max)
    return std::nullopt;
  return number;
}

}  // namespace

bool valid_dial_endpoint(std::string_view endpoint) {
  const auto parts = split(endpoint);
  if (!parts || !valid_host(parts->host)) return false;
  if (parts->host == "0.0.0.0" || parts->host == "[::]") return false;
  return port_number(parts->port).value_or(0) != 0;
}

bool valid_listen_endpoint(std::string_view endpoint) {
  const auto parts = split(endpoint);
  if (!parts || (parts->host != "*" && !valid_host(parts->host))) return false;
  return parts->port == "*" || port_number(parts->port).has_value();
}

}  // namespace titip
