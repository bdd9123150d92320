#pragma once

// The sentences of core/refusal.cc, one for each code and language.

#include <array>
#include <cstddef>
#include <string_view>

#include "core/refusal.hh"

namespace titip {

inline constexpr std::size_t code_count = static_cast<std::size_t>(Code::store_in_the_way) + 1;

struct Sentence {
  Code code = Code::not_json;
  std::string_view text;
};
using SentenceTable = std::array<Sentence, code_count>;

// A code without a row, or out of its place, does not compile.
constexpr bool in_order_of_code(const SentenceTable& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].code) != i || table[i].text.empty()) return false;
  }
  return true;
}

std::string_view indonesian_sentence(Code code);
std::string_view english_sentence(Code code);

}  // namespace titip
