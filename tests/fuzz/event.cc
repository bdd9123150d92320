// An event from outside, and every field that this build's schema would read from it.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.hh"
#include "core/event.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto event = titip::EventReader::open(bytes);
  if (!event) return 0;
  titip::check(event->bytes() == bytes, "an event's bytes changed");
  for (const titip::RecordType& type : titip::Registry::ilp().types()) {
    for (const titip::FieldRules& field : type.fields) titip::read_field(field, event->payload());
  }
  return 0;
}
