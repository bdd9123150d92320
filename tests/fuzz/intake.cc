// A line as a person or program may post it.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/intake_json.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto draft = titip::parse_event(line, titip::Registry::ilp());
  if (draft) {
    titip::draft_content(*draft);
  } else {
    titip::sentence(draft.refusal(), titip::Language::indonesian);
    titip::sentence(draft.refusal(), titip::Language::english);
  }
  return 0;
}
