// A message of the link. What it reads as must be sayable again.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.hh"
#include "core/link_messages.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto frame = titip::decode_frame(bytes)) {
    const auto again = titip::decode_frame(titip::encode_frame(*frame));
    titip::check(again.has_value(), "a frame does not come back");
  }
  titip::decode_certificate(bytes);
  return 0;
}
