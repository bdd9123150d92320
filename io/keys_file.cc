// DIR/keys.toml: four lines of `name = "base64url"`, a subset of TOML that needs no TOML library.

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "io/data_dir.hh"
#include "io/descriptor.hh"
#include "io/keys.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_bytes_max = 4096;

template <std::size_t size>
std::string_view view_of(const std::array<std::uint8_t, size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

template <std::size_t size>
bool decode_into(std::array<std::uint8_t, size>& out, std::string_view text) {
  std::optional<std::string> bytes = from_base64url(text);
  if (!bytes) return false;
  const bool fits = bytes->size() == size;
  if (fits) std::memcpy(out.data(), bytes->data(), size);
  wipe(*bytes);
  return fits;
}

struct Line {
  std::string_view name;
  std::string_view value;
};

std::optional<Line> parse_line(std::string_view line) {
  constexpr std::string_view between = " = \"";
  const std::size_t at = line.find(between);
  if (at == std::string_view::npos || line.back() != '"') return std::nullopt;
  const std::size_t value = at + between.size();
  if (value >= line.size()) return std::nullopt;
  return Line{line.substr(0, at), line.substr(value, line.size() - value - 1)};
}

// Which of the four keys a line sets, or nullopt for anything else.
std::optional<std::size_t> set_key(NodeKeys& keys, const Line& line) {
  const auto set = [&](std::size_t which, auto& out) {
    return decode_into(out, line.value) ? std::optional(which) : std::nullopt;
  };
  if (line.name == "curve_public") return set(0, keys.curve.public_key);
  if (line.name == "curve_secret") return set(1, keys.curve.secret_key);
  if (line.name == "signing_public") return set(2, keys.signing.public_key);
  if (line.name == "signing_secret") return set(3, keys.signing.secret_key);
  return std::nullopt;
}

// A public key that is not its secret's would be found out only by every peer refusing it.
bool halves_belong(const NodeKeys& keys) {
  CurveKey curve{};
  std::array<std::uint8_t, 32> signing{};
  crypto_scalarmult_base(curve.data(), keys.curve.secret_key.data());
  crypto_sign_ed25519_sk_to_pk(signing.data(), keys.signing.secret_key.data());
  return curve == keys.curve.public_key && signing == keys.signing.public_key;
}

// Up to one byte more than a keys file may have.
std::string read_some(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  std::string text(file_bytes_max + 1, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::read(file.number(), text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int number = errno;
      wipe(text);
      throw OsError("read", path.string(), number);
    }
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

}  // namespace

std::string print_keys(const NodeKeys& keys) {
  std::string text = "# The keys of this Titip node. Whoever has them can speak as this node.\n";
  text.reserve(file_bytes_max);  // else growing leaves copies of secrets in freed memory
  const auto add = [&](std::string_view name, std::string_view key) {
    std::string encoded = to_base64url(key);
    text.append(name).append(" = \"").append(encoded).append("\"\n");
    wipe(encoded);
  };
  add("curve_public", view_of(keys.curve.public_key));
  add("curve_secret", view_of(keys.curve.secret_key));
  add("signing_public", view_of(keys.signing.public_key));
  add("signing_secret", view_of(keys.signing.secret_key));
  return text;
}

std::optional<NodeKeys> parse_keys(std::string_view text) {
  if (text.size() > file_bytes_max) return std::nullopt;
  NodeKeys keys;
  std::array<bool, 4> seen{};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::optional<Line> parsed = parse_line(line);
    const std::optional<std::size_t> which = parsed ? set_key(keys, *parsed) : std::nullopt;
    if (!which || seen.at(*which)) return std::nullopt;
    seen.at(*which) = true;
  }
  const bool all = std::all_of(seen.begin(), seen.end(), [](bool one) { return one; });
  if (!all || !halves_belong(keys)) return std::nullopt;
  return keys;
}

void save_keys(const fs::path& file, const NodeKeys& keys) {
  std::string text = print_keys(keys);
  try {
    write_new_file(file, text);
  } catch (...) {
    wipe(text);
    throw;
  }
  wipe(text);
}

void ensure_keys(const fs::path& file) {
  if (fs::exists(file)) return;
  NodeKeys keys;
  keys.curve = make_curve_pair();
  keys.signing = make_signing_pair();
  save_keys(file, keys);
}

NodeKeys load_keys(const fs::path& file) {
  std::string text = read_some(file);
  const std::optional<NodeKeys> keys = parse_keys(text);
  wipe(text);
  if (!keys)
    throw RefusalError({.code = Code::bad_config, .field = {}, .details = {file.string()}});
  return *keys;
}

}  // namespace titip
