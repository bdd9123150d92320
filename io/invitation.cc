#include "io/invitation.hh"

#include <algorithm>
#include <cstring>

#include "core/chain.hh"
#include "core/kv.hh"
#include "core/limits.hh"
#include "core/text_check.hh"
#include "io/endpoint.hh"

namespace titip {

namespace {

constexpr std::string_view scheme = "titip://";
constexpr std::string_view transport = "tcp://";
constexpr std::uint8_t format_now = 1;
constexpr std::size_t check_bytes = 4;
constexpr std::uint64_t seconds_max = 1ull << 40;  // whose milliseconds still count

std::string check_word(std::string_view host, std::string_view blob) {
  const auto hash = blake2b("titip invitation", std::string(host) + "/" + std::string(blob));
  return std::string(std::string_view(Key().u64(hash.low)).substr(0, check_bytes));
}

template <typename Bytes>
std::string_view view(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Takes fields off the front; `ok` turns false where there are too few bytes.
struct BlobReader {
  std::string_view rest;
  bool ok = true;

  std::string_view take(std::size_t count) {
    if (count > rest.size()) {
      ok = false;
      return {};
    }
    const auto bytes = rest.substr(0, count);
    rest.remove_prefix(count);
    return bytes;
  }
  template <typename Bytes>
  void into(Bytes& out) {
    const auto bytes = take(out.size());
    if (ok) std::memcpy(out.data(), bytes.data(), bytes.size());
  }
  std::string text() {
    const auto size = take(1);
    return ok ? std::string(take(static_cast<unsigned char>(size[0]))) : std::string();
  }
};

}  // namespace

std::string print_invitation(const Invitation& invitation) {
  const auto host = std::string_view(invitation.endpoint).substr(transport.size());
  Key blob;
  blob.u8(format_now)
      .bytes(view(invitation.hub_key))
      .bytes(view(invitation.hub_signing_key))
      .bytes(view(invitation.seed))
      .u64(static_cast<std::uint64_t>(invitation.expires_at / 1000))
      .u8(static_cast<std::uint8_t>(invitation.kind))
      .u8(static_cast<std::uint8_t>(invitation.facility.size()))
      .bytes(invitation.facility)
      .u8(static_cast<std::uint8_t>(invitation.name.size()))
      .bytes(invitation.name);
  const std::string body(static_cast<std::string_view>(blob));
  return std::string(scheme) + std::string(host) + "/" +
         to_base64url(body + check_word(host, body));
}

Result<Invitation> parse_invitation(std::string_view link) {
  const Refusal bad{Code::bad_invitation, {}, {}};
  constexpr std::string_view space = " \t\r\n";
  link.remove_prefix(std::min(link.find_first_not_of(space), link.size()));
  link = link.substr(0, link.find_last_not_of(space) + 1);
  if (!link.starts_with(scheme)) return bad;
  link.remove_prefix(scheme.size());
  const auto slash = link.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash > 300) return bad;
  const auto host = link.substr(0, slash);
  const auto blob = from_base64url(link.substr(slash + 1));
  if (!blob || blob->size() <= check_bytes) return bad;
  const std::string_view body(blob->data(), blob->size() - check_bytes);
  if (check_word(host, body) != std::string_view(*blob).substr(body.size())) return bad;

  BlobReader in{body};
  Invitation invitation;
  const auto format = in.take(1);
  if (!in.ok || format[0] != static_cast<char>(format_now)) return bad;
  invitation.endpoint = std::string(transport) + std::string(host);
  if (!valid_dial_endpoint(invitation.endpoint)) return bad;
  in.into(invitation.hub_key);
  in.into(invitation.hub_signing_key);
  in.into(invitation.seed);
  const auto expires = in.take(8);
  if (!in.ok) return bad;
  if (key_u64(expires, 0) > seconds_max) return bad;
  invitation.expires_at = static_cast<TimeMs>(key_u64(expires, 0)) * 1000;
  const auto kind = in.take(1);
  if (!in.ok || kind[0] < 1 || kind[0] > 4) return bad;
  invitation.kind = static_cast<FacilityKind>(kind[0]);
  invitation.facility = in.text();
  invitation.name = in.text();
  if (!in.ok || !in.rest.empty() || invitation.facility.empty()) return bad;
  // Logs and status show them. No hub gives such an invitation.
  for (const auto shown :
       {host, std::string_view(invitation.facility), std::string_view(invitation.name)}) {
    if (has_nik_digits(shown)) return bad;
  }
  return invitation;
}

}  // namespace titip
