#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace titip {

enum class QrStyle : std::uint8_t {
  terminal,  // sets black on white, so that a camera reads it under any colour theme
  plain,     // no escape sequences: dark modules are the drawn ones
};

// A QR code, two rows of modules to a line by half blocks, with the quiet zone that scanners need.
// nullopt: too long for one (2,953 bytes at most).
std::optional<std::string> qr_code(std::string_view text, QrStyle style);

}  // namespace titip
