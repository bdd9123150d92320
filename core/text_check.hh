#pragma once

// What a text must look like before it is let in.

#include <string>
#include <string_view>

namespace titip {

// Shortest forms only, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);

// Whether a valid UTF-8 text holds a C0 or C1 control character or DEL.
bool has_control_character(std::string_view text);

// 16 digits: six of the place of first registration, day (plus 40 for women), month, year, serial
// from 0001. There is no checksum, and new provinces appear: the place is not restricted.
bool valid_nik(std::string_view text);

// Whether 16 digits or more stand in a row: for all that anyone can tell, somebody's NIK.
bool has_nik_digits(std::string_view text);

// `text` with each such row of digits left out, as "…".
std::string without_nik_digits(std::string_view text);

// `text` with all but the first six and last two digits of each such row as "*": enough to tell two
// apart.
std::string with_nik_digits_masked(std::string_view text);

// Kemendagri code PP.KK.CC.VVVV or any prefix of it.
bool valid_area(std::string_view text);

// 3 to 15 digits with an optional leading +.
bool valid_phone(std::string_view text);

// A name or code that a person typed as an option: not empty, not too long, valid UTF-8, nothing
// that could steer a terminal.
bool plain_text(std::string_view text, std::size_t bytes_max);

// The name or code of a facility or device: logs and status show it, so it holds no NIK either.
bool plain_name(std::string_view text, std::size_t bytes_max);

}  // namespace titip
