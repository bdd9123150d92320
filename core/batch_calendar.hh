#pragma once

// What a date foretells: the day of a visit is mostly today, and a NIK holds its owner's date of
// birth.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace titip {

// Days since 1970 at `at` (ms) where the clocks show `zone` minutes more than UTC; both as on the
// wire.
std::uint64_t day_of(std::uint64_t at, std::uint16_t zone);

// How a NIK may begin: the six digits of where its owner was registered, taken from the one before,
// then day, month and year of birth. '?' for what nothing tells; a woman's day is 40 more.
std::string nik_like(std::string_view last, std::optional<std::int64_t> birth_days);

}  // namespace titip
