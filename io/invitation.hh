#pragma once

// What a hub hands to a new device, as a titip:// link or its QR code: where the hub is, how to
// know it, and the key that admits the device once.

#include <string>
#include <string_view>

#include "core/refusal.hh"
#include "core/types.hh"
#include "io/keys.hh"

namespace titip {

struct Invitation {
  std::string endpoint;  // tcp://host:port
  CurveKey hub_key{};    // the hub's CURVE key
  std::array<std::uint8_t, 32> hub_signing_key{};
  CurveKey seed{};  // secret: the invitation's key pair comes from it
  TimeMs expires_at = 0;
  FacilityKind kind = FacilityKind::posyandu;
  std::string facility;
  std::string name;
};

// titip://HOST:PORT/BASE64URL. The blob, in this order: format 1 (u8), hub key 32, signing key 32,
// seed 32, expires_at in seconds (u64 big-endian), kind u8, facility (u8 length, bytes), name (u8
// length, bytes), 4 bytes of BLAKE2b over "HOST:PORT" and all before, so that a typing error is
// told from an old invitation.
std::string print_invitation(const Invitation& invitation);

// bad_invitation for anything that print_invitation does not make. Does not look at the clock.
Result<Invitation> parse_invitation(std::string_view link);

}  // namespace titip
