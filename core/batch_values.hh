#pragma once

// Numbers and texts as symbols. Each function is written once for both directions: given the value
// when encoding and anything when decoding, it returns the value. `Coder` is SymbolEncoder or
// SymbolDecoder.
//
// Three contexts come with every value, from narrow to wide: what is most like it, its column, and
// something else of its event.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/batch_symbols.hh"

namespace titip {

using Contexts = std::array<ContextHash, 3>;

// One for each kind of decision, so that how far each context is believed is learnt apart.
enum class Mixer : std::uint8_t {
  flag,
  choice,
  number_width,
  number_bits,
  quantity_digits,
  quantity,
  mode,
  text_high,
  text_low,
  digit
};

// For a column that is so rare or so regular that nothing but itself says anything of it.
inline Contexts column(ContextHash hash) { return {mix(hash, 1), mix(hash, 2), mix(hash, 3)}; }
inline Contexts column(ContextHash hash, std::uint64_t narrow, std::uint64_t other) {
  return {mix(mix(hash, 1), narrow), mix(hash, 2), mix(mix(hash, 3), other)};
}

inline Contexts narrowed(const Contexts& contexts, std::uint64_t by) {
  return {mix(contexts[0], by), mix(contexts[1], by), mix(contexts[2], by)};
}

constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return difference << 1 ^ static_cast<std::uint64_t>(static_cast<std::int64_t>(difference) >> 63);
}
constexpr std::uint64_t unzigzag(std::uint64_t value) { return value >> 1 ^ (~(value & 1) + 1); }

template <typename Coder>
unsigned code_symbol(Coder& coder, unsigned value, unsigned bits, const Contexts& contexts,
                     Mixer mixer) {
  return coder.symbol(value, bits, contexts, static_cast<unsigned>(mixer));
}

template <typename Coder>
bool code_flag(Coder& coder, bool value, const Contexts& contexts) {
  return code_symbol(coder, value ? 1 : 0, 1, contexts, Mixer::flag) != 0;
}

// A number of any size: its width in bits first, then what follows the leading 1.
template <typename Coder>
std::uint64_t code_number(Coder& coder, std::uint64_t value, const Contexts& contexts) {
  constexpr unsigned more = 15;
  const auto width_in = static_cast<unsigned>(std::bit_width(value));
  unsigned width = 0;
  for (unsigned part = more; part == more;) {
    part = code_symbol(coder, std::min(width_in - width, more), 4, narrowed(contexts, 100 + width),
                       Mixer::number_width);
    width += part;
    if (width > 64) {
      coder.fail();
      return 0;
    }
  }
  if (width == 0) return 0;
  std::uint64_t out = 1;
  for (unsigned left = width - 1; left > 0;) {
    const unsigned take = std::min(left, 4u);
    left -= take;
    const auto part = static_cast<unsigned>(value >> left & ((1u << take) - 1));
    const unsigned told = width - 1 - left - take;  // bits of this loop before these
    if (told >= 8) {
      out = out << take | coder.plain_bits(part, take);
      continue;
    }
    const std::uint64_t place = std::uint64_t{width} << 32;
    const std::uint64_t prefix = told == 0 ? 0 : out;
    const Contexts at{mix(contexts[0], place | prefix), mix(contexts[1], place | prefix),
                      mix(contexts[2], place | told << 20)};
    out = out << take | code_symbol(coder, part, take, at, Mixer::number_bits);
  }
  return out;
}

// A difference from what was foretold: mostly none.
template <typename Coder>
std::uint64_t code_surprise(Coder& coder, std::uint64_t difference, const Contexts& contexts) {
  if (!code_flag(coder, difference != 0, contexts)) return 0;
  return unzigzag(code_number(coder, zigzag(difference) - 1, contexts) + 1);
}

template <typename Coder>
std::uint64_t code_signed(Coder& coder, std::uint64_t difference, const Contexts& contexts) {
  return unzigzag(code_number(coder, zigzag(difference), contexts));
}

// One of a few.
template <typename Coder>
std::uint64_t code_choice(Coder& coder, std::uint64_t value, const Contexts& contexts) {
  constexpr unsigned more = 15;
  const unsigned small =
      code_symbol(coder, static_cast<unsigned>(std::min<std::uint64_t>(value, more)), 4, contexts,
                  Mixer::choice);
  if (small < more) return small;
  return more + code_number(coder, value - more, narrowed(contexts, 99));
}

// A small number that is told nowhere else: record types.
template <typename Coder>
std::uint64_t code_small(Coder& coder, std::uint64_t value, const Contexts& contexts) {
  constexpr std::uint64_t small = 16;
  if (code_flag(coder, value >= small, contexts)) {
    return small + code_number(coder, value - small, narrowed(contexts, 97));
  }
  return code_symbol(coder, static_cast<unsigned>(value), 4, narrowed(contexts, 96), Mixer::choice);
}

// What people read off a scale: they round in tens and fives, so it is told in decimal digits.
template <typename Coder>
std::uint64_t code_quantity(Coder& coder, std::uint64_t value, const Contexts& contexts) {
  constexpr unsigned longer = 15;
  unsigned digits_in = 0;
  for (std::uint64_t rest = value; rest > 0 && digits_in < longer; rest /= 10) ++digits_in;
  const unsigned digits = code_symbol(coder, digits_in, 4, contexts, Mixer::quantity_digits);
  if (digits == longer) return code_number(coder, value, narrowed(contexts, 98));
  std::uint64_t power = 1;
  for (unsigned i = 1; i < digits; ++i) power *= 10;
  std::uint64_t out = 0;
  for (unsigned at = digits; at > 0; --at, power /= 10) {
    const std::uint64_t place = std::uint64_t{digits} << 58 | std::uint64_t{at} << 54;
    const bool leading = at + 2 > digits;
    const Contexts at_digit{mix(contexts[0], place | (leading ? out : 0)),
                            mix(contexts[1], place | out),
                            mix(contexts[2], place | (leading ? out : out % 10 + 100))};
    const auto digit = static_cast<unsigned>(value / power % 10);
    out = out * 10 + coder.symbol(digit, 4, at_digit, static_cast<unsigned>(Mixer::quantity));
  }
  return out;
}

inline bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Characters up to a terminator. `like` is the text it may resemble from the left, such as the
// column's last one. Texts of all columns share the contexts that begin with nothing but their own
// letters.
template <typename Coder>
void code_letters(Coder& coder, std::string& text, ContextHash column_hash, std::string_view like,
                  std::size_t bytes_max) {
  std::string out;
  bool alike = true;
  std::uint32_t before = 0;  // the last four characters
  ContextHash word = 0;
  for (std::size_t at = 0;; ++at) {
    if (at > bytes_max) return coder.fail();
    if (!coder.ok()) return;
    const auto in = at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    const unsigned liked = at < like.size() ? static_cast<unsigned char>(like[at]) : 0u;
    const std::array<ContextHash, 5> contexts{
        mix(column_hash, before & 0xff), mix(11, before & 0xffff), mix(12, before & 0xffffff),
        mix(13, word),
        mix(column_hash, 1u << 20 | liked << 9 |
                             (alike ? 256u : std::min<unsigned>(static_cast<unsigned>(at), 255u)))};
    const unsigned high =
        coder.symbol(in >> 4, 4, contexts, static_cast<unsigned>(Mixer::text_high));
    std::array<ContextHash, 5> low_contexts = contexts;
    for (ContextHash& context : low_contexts) context = mix(context, 16 + high);
    const unsigned low =
        coder.symbol(in & 15u, 4, low_contexts, static_cast<unsigned>(Mixer::text_low));
    const unsigned character = high << 4 | low;
    if (character == 0) break;
    alike = alike && character == liked;
    before = before << 8 | character;
    word = character == ' ' ? 0 : mix(word, character);
    if constexpr (!Coder::encoding) out.push_back(static_cast<char>(character));
  }
  if constexpr (!Coder::encoding) text = std::move(out);
}

// Digits only. `like` may say a digit for some places, anything else for none; `hint` is whatever
// else may decide, such as the sex that a NIK adds 40 days for.
template <typename Coder>
void code_digits(Coder& coder, std::string& text, ContextHash column_hash, std::string_view like,
                 std::uint64_t hint, std::size_t bytes_max) {
  const std::uint64_t size = code_number(coder, text.size(), column(mix(column_hash, 5)));
  if (size > bytes_max) return coder.fail();
  if constexpr (!Coder::encoding) text.assign(size, '0');
  bool alike = true;
  std::uint64_t before = 0;
  for (std::size_t at = 0; at < size && coder.ok(); ++at) {
    const auto in = static_cast<unsigned>(text[at] - '0');
    const unsigned liked = at < like.size() ? static_cast<unsigned char>(like[at]) : 0u;
    const std::uint64_t place = std::min<std::uint64_t>(at, 255) << 32;
    const std::array<ContextHash, 4> contexts{
        mix(column_hash, place | 1), mix(column_hash, place | liked << 8 | (alike ? 2 : 3)),
        mix(column_hash, place | hint << 40 | liked << 8 | 4),
        mix(column_hash, place | (before & 0xff) << 8 | 5)};
    const unsigned digit = coder.symbol(in, 4, contexts, static_cast<unsigned>(Mixer::digit));
    if (digit > 9) return coder.fail();
    // A column's own digits may differ by what `hint` explains: only the first six say where it is
    // from.
    alike = alike && digit + '0' == liked;
    before = before << 4 | digit;
    if constexpr (!Coder::encoding) text[at] = static_cast<char>('0' + digit);
  }
}

template <typename Coder>
void code_text(Coder& coder, std::string& text, ContextHash column_hash, std::string_view like,
               std::uint64_t hint, std::size_t bytes_max) {
  const bool digits =
      code_flag(coder, !text.empty() && is_digits(text), column(mix(column_hash, 4)));
  if (digits) {
    code_digits(coder, text, mix(column_hash, 6), like, hint, bytes_max);
  } else {
    code_letters(coder, text, mix(column_hash, 7), like, bytes_max);
  }
}

}  // namespace titip
