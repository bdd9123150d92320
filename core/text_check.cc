#include "core/text_check.hh"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace titip {

namespace {

constexpr std::size_t nik_digits = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// How many digits `text` begins with.
std::size_t leading_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

int two_digits(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool continues(unsigned byte) { return (byte & 0xc0) == 0x80; }

// Bytes of the sequence of two or more that starts at `at`; 0 if it is not valid (Unicode table
// 3-7).
std::size_t sequence_size(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const unsigned second = byte_at(text, at + 1);
  if (first >= 0xc2 && first <= 0xdf) return continues(second) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && continues(byte_at(text, at + 2)) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high && continues(byte_at(text, at + 2)) &&
                   continues(byte_at(text, at + 3))
               ? 4
               : 0;
  }
  return 0;
}

}  // namespace

bool valid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    if (byte_at(text, at) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t size = sequence_size(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

bool has_control_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned byte = byte_at(text, at);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && byte_at(text, at + 1) < 0xa0) return true;  // U+0080 to U+009F
  }
  return false;
}

bool valid_nik(std::string_view text) {
  if (text.size() != nik_digits || !all_digits(text)) return false;
  const int day = two_digits(text, 6);
  const int month = two_digits(text, 8);
  return ((day >= 1 && day <= 31) || (day >= 41 && day <= 71)) && month >= 1 && month <= 12 &&
         text.substr(12) != "0000";
}

bool has_nik_digits(std::string_view text) { return without_nik_digits(text) != text; }

std::string without_nik_digits(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t digits = leading_digits(text);
    const std::size_t taken = std::max<std::size_t>(digits, 1);
    out += digits < nik_digits ? text.substr(0, taken) : "…";
    text.remove_prefix(taken);
  }
  return out;
}

std::string with_nik_digits_masked(std::string_view text) {
  constexpr std::size_t first = 6;
  constexpr std::size_t last = 2;
  std::string out;
  while (!text.empty()) {
    const std::size_t digits = leading_digits(text);
    const std::size_t taken = std::max<std::size_t>(digits, 1);
    const auto begin = out.size();
    out += text.substr(0, taken);
    if (digits >= nik_digits)
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(begin + first), out.end() - last, '*');
    text.remove_prefix(taken);
  }
  return out;
}

bool valid_area(std::string_view text) {
  constexpr std::array<std::size_t, 4> part_sizes{2, 2, 2, 4};
  std::size_t at = 0;
  for (const std::size_t size : part_sizes) {
    if (at + size > text.size() || !all_digits(text.substr(at, size))) return false;
    at += size;
    if (at == text.size()) return true;
    if (text[at] != '.') return false;
    ++at;
  }
  return false;
}

bool valid_phone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.size() >= 3 && text.size() <= 15 && all_digits(text);
}

bool plain_text(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && valid_utf8(text) &&
         !has_control_character(text);
}

bool plain_name(std::string_view text, std::size_t bytes_max) {
  return plain_text(text, bytes_max) && !has_nik_digits(text);
}

}  // namespace titip
