#include "io/qr_code.hh"

#include <qrencode.h>

#include <cerrno>
#include <memory>

#include "core/check.hh"

namespace titip {

namespace {

constexpr int quiet_zone = 4;  // modules, by ISO/IEC 18004

struct FreeQr {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

std::optional<std::string> qr_code(std::string_view text, QrStyle style) {
  const std::unique_ptr<QRcode, FreeQr> code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (code == nullptr) {
    check(errno == ERANGE, "QR encoding failed for another reason than its length");
    return std::nullopt;
  }
  const int width = code->width;
  const auto dark = [&](int row, int column) {
    if (row < 0 || column < 0 || row >= width || column >= width) return false;
    return (code->data[row * width + column] & 1) != 0;
  };
  std::string drawing;
  for (int row = -quiet_zone; row < width + quiet_zone; row += 2) {
    if (style == QrStyle::terminal) drawing += "\x1b[30;107m";
    for (int column = -quiet_zone; column < width + quiet_zone; ++column) {
      const bool upper = dark(row, column);
      const bool lower = dark(row + 1, column);
      drawing += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    if (style == QrStyle::terminal) drawing += "\x1b[0m";
    drawing += '\n';
  }
  return drawing;
}

}  // namespace titip
