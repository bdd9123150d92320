#include "core/chain.hh"

#include <sodium.h>

#include <array>
#include <cstring>

#include "core/check.hh"

namespace titip {

namespace {

Hash as_hash(const std::array<unsigned char, 16>& bytes) {
  Hash hash;
  for (std::size_t i = 0; i < 8; ++i) {
    hash.low |= std::uint64_t{bytes[i]} << (8 * i);
    hash.high |= std::uint64_t{bytes[8 + i]} << (8 * i);
  }
  return hash;
}

std::array<unsigned char, 16> as_bytes(const Hash& hash) {
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(hash.low >> (8 * i));
    bytes[8 + i] = static_cast<unsigned char>(hash.high >> (8 * i));
  }
  return bytes;
}

class Blake2b {
 public:
  Blake2b() {
    check(crypto_generichash_init(&state_, nullptr, 0, size_) == 0, "BLAKE2b cannot start");
  }
  Blake2b& add(const void* bytes, std::size_t size) {
    crypto_generichash_update(&state_, static_cast<const unsigned char*>(bytes), size);
    return *this;
  }
  Hash finish() {
    std::array<unsigned char, size_> out{};
    crypto_generichash_final(&state_, out.data(), out.size());
    return as_hash(out);
  }

 private:
  static constexpr std::size_t size_ = 16;
  crypto_generichash_state state_{};
};

}  // namespace

Hash keyed_blake2b(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, 16> hash{};
  const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* secret = reinterpret_cast<const unsigned char*>(key.data());
  check(crypto_generichash(hash.data(), hash.size(), in, bytes.size(), secret, key.size()) == 0,
        "BLAKE2b cannot take the key");
  return as_hash(hash);
}

Hash blake2b(std::string_view domain, std::string_view bytes) {
  const auto domain_size = static_cast<unsigned char>(domain.size());
  return Blake2b()
      .add(&domain_size, 1)
      .add(domain.data(), domain.size())
      .add(bytes.data(), bytes.size())
      .finish();
}

Hash chain_start(Incarnation incarnation, Lane lane) {
  std::array<char, 9> name{};
  for (std::size_t i = 0; i < 8; ++i) name[i] = static_cast<char>(incarnation >> (8 * i));
  name[8] = static_cast<char>(lane);
  return blake2b("titip lane", {name.data(), name.size()});
}

Hash chain_next(const Hash& before, std::string_view event_bytes) {
  const auto prefix = as_bytes(before);
  return Blake2b()
      .add(prefix.data(), prefix.size())
      .add(event_bytes.data(), event_bytes.size())
      .finish();
}

}  // namespace titip
