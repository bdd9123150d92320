#include "io/keys.hh"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "core/check.hh"
#include "io/os_error.hh"

namespace titip {

static_assert(sizeof(CurveKey) == crypto_box_SECRETKEYBYTES);
static_assert(sizeof(SigningPair::public_key) == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(SigningPair::secret_key) == crypto_sign_SECRETKEYBYTES);

namespace {

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  check(started, "libsodium does not start");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::uint64_t random_u64() {
  start_sodium();
  std::uint64_t value = 0;
  while (value == 0) randombytes_buf(&value, sizeof value);
  return value;
}

CurvePair make_curve_pair() {
  start_sodium();
  CurvePair pair;
  crypto_box_keypair(pair.public_key.data(), pair.secret_key.data());
  return pair;
}

CurvePair curve_pair_of_seed(const CurveKey& seed) {
  start_sodium();
  CurvePair pair;
  crypto_box_seed_keypair(pair.public_key.data(), pair.secret_key.data(), seed.data());
  return pair;
}

SigningPair make_signing_pair() {
  start_sodium();
  SigningPair pair;
  crypto_sign_keypair(pair.public_key.data(), pair.secret_key.data());
  return pair;
}

std::string sign(const SigningPair& pair, std::string_view message) {
  start_sodium();
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes_of(message), message.size(),
                       pair.secret_key.data());
  return {signature.begin(), signature.end()};
}

bool signature_holds(const std::array<std::uint8_t, 32>& public_key, std::string_view message,
                     std::string_view signature) {
  start_sodium();
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                     public_key.data()) == 0;
}

std::string to_base64url(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), variant);
  text.pop_back();  // its terminating zero
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &length, &end,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      end != text.data() + text.size()) {
    wipe(bytes);
    return std::nullopt;
  }
  bytes.resize(length);
  return bytes;
}

void wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

void forbid_core_dumps() {
  // Both: the limit is ignored where the kernel pipes dumps to a program.
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) throw OsError("prctl", "PR_SET_DUMPABLE", errno);
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) throw OsError("setrlimit", "RLIMIT_CORE", errno);
}

}  // namespace titip
