#pragma once

// Keys and randomness, over libsodium. Secret keys never leave their file but by `keys export`.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace titip {

using CurveKey = std::array<std::uint8_t, 32>;  // X25519, as ZeroMQ CURVE uses it

struct CurvePair {
  CurveKey public_key{};
  CurveKey secret_key{};
};

struct SigningPair {  // Ed25519
  std::array<std::uint8_t, 32> public_key{};
  std::array<std::uint8_t, 64> secret_key{};
};

// A node's identity, in DIR/keys.toml, mode 0600.
struct NodeKeys {
  CurvePair curve;
  SigningPair signing;  // hubs sign certificates with it
};

std::uint64_t random_u64();  // never 0
CurvePair make_curve_pair();
CurvePair curve_pair_of_seed(const CurveKey& seed);
SigningPair make_signing_pair();
std::string sign(const SigningPair& pair, std::string_view message);  // 64 bytes
bool signature_holds(const std::array<std::uint8_t, 32>& public_key, std::string_view message,
                     std::string_view signature);

// base64url without padding.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

// The text of a keys file; whoever reads it can speak as this node. The caller wipes it (wipe()).
std::string print_keys(const NodeKeys& keys);
std::optional<NodeKeys> parse_keys(std::string_view text);

void wipe(std::string& secret);  // overwrites and empties it

// Durable when it returns. Throws OsError, with EEXIST rather than overwrite.
void save_keys(const std::filesystem::path& file, const NodeKeys& keys);
// Makes new ones there, unless there are some already. Throws as save_keys.
void ensure_keys(const std::filesystem::path& file);
// Throws OsError, or RefusalError bad_config for what save_keys did not write.
NodeKeys load_keys(const std::filesystem::path& file);

// No core dump of this process, so that no NIK and no key ends up in one. Call first in main.
// Throws OsError.
void forbid_core_dumps();

}  // namespace titip
