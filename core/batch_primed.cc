#include "core/batch_primed.hh"

#include "core/batch_coding.hh"
#include "core/check.hh"

namespace titip {

namespace {

// A dictionary is its number of events, two bytes, little-endian, and their code.
constexpr std::size_t count_bytes = 2;

PrimedModel read_dictionary(std::string_view dictionary) {
  PrimedModel primed;
  primed.model.start(nullptr);
  if (dictionary.empty()) return primed;
  check(dictionary.size() > count_bytes, "the dictionary is cut off");
  const auto count = static_cast<std::size_t>(static_cast<unsigned char>(dictionary[0])) |
                     static_cast<std::size_t>(static_cast<unsigned char>(dictionary[1])) << 8;
  const auto events =
      read_events(count, dictionary.substr(count_bytes), {}, primed.model, {}, &primed.types);
  check(events.has_value(), "the dictionary is not one of this format");
  return primed;
}

}  // namespace

const PrimedModel& primed_model() {
  static const PrimedModel primed = read_dictionary(batch_dictionary);
  return primed;
}

std::string make_dictionary(std::span<const BatchEvent> events) {
  SymbolModel model;
  model.start(nullptr);
  const CodedEvents coded = code_events(events, model, {}, false);
  check(coded.raw.empty(), "an event of the dictionary would travel raw");
  const std::size_t count = events.size();
  return std::string{static_cast<char>(count & 0xff), static_cast<char>(count >> 8)} + coded.code;
}

}  // namespace titip
