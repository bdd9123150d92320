// A batch's body from outside. What it reads as must travel again and come back the same.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/batch_codec.hh"
#include "core/check.hh"
#include "core/limits.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto events = titip::decode_batch(body);
  if (events) {
    const auto again = titip::decode_batch(titip::encode_batch(*events));
    titip::check(again == events, "a batch does not come back");
  }
  // The same bytes as if they were an event: mostly carried as they are, sometimes foretold.
  if (size % 8 == 0 && size <= titip::limits::event_bytes_max) {
    const titip::BatchEvent event{std::string(body), {}};
    const auto carried = titip::decode_batch(titip::encode_batch({&event, 1}));
    titip::check(carried && carried->front() == event, "an event does not come back");
  }
  return 0;
}
