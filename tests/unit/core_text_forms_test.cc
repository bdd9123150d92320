#include <gtest/gtest.h>

#include "core/intake_json.hh"
#include "core/text_check.hh"

namespace titip {
namespace {

TEST(Dates, CountDaysFrom1970) {
  EXPECT_EQ(parse_date("1970-01-01"), 0);
  EXPECT_EQ(parse_date("2024-10-15"), 20011);
  EXPECT_EQ(parse_date("1969-12-31"), -1);
  EXPECT_EQ(parse_date("1938-02-28"), -11630);
}

TEST(Dates, EveryDayOfTwoCenturiesReadsBackAsItself) {
  for (std::int32_t day = -36'600; day < 47'500; ++day) {
    ASSERT_EQ(parse_date(format_date(day)), day) << format_date(day);
  }
}

TEST(Dates, LeapDaysExistOnlyInLeapYears) {
  EXPECT_TRUE(parse_date("2024-02-29"));
  EXPECT_TRUE(parse_date("2000-02-29"));
  EXPECT_FALSE(parse_date("2023-02-29"));
  EXPECT_FALSE(parse_date("1900-02-29"));
}

TEST(Dates, OtherFormsAreRefused) {
  for (const char* text : {"", "2024-1-15", "2024-13-01", "2024-00-10", "2024-04-31", "2024-10-00",
                           "15-10-2024", "2024/10/15", "2024-10-15 ", " 2024-10-15", "20241015",
                           "+024-10-15", "2024-10-1x", "2024-10-15T00:00:00Z"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(Dates, ANumberThatIsNoDateOfFourDigitYearsPrintsAsSomethingThatIsRefused) {
  EXPECT_EQ(format_date(*parse_date("9999-12-31")), "9999-12-31");
  EXPECT_EQ(format_date(*parse_date("0000-01-01")), "0000-01-01");
  for (const std::int64_t day :
       {std::int64_t{2'932'897}, std::int64_t{-719'529}, INT64_MAX, INT64_MIN}) {
    EXPECT_FALSE(parse_date(format_date(day))) << format_date(day);
  }
}

TEST(Times, AreReadInEveryIndonesianZone) {
  const auto papua = parse_time("2024-10-15T09:12:00+09:00");
  const auto bali = parse_time("2024-10-15T08:12:00+08:00");
  const auto java = parse_time("2024-10-15T07:12:00+07:00");
  const auto utc = parse_time("2024-10-15T00:12:00Z");
  ASSERT_TRUE(papua && bali && java && utc);
  EXPECT_EQ(papua->ms, 1'728'951'120'000);
  EXPECT_EQ(bali->ms, papua->ms);
  EXPECT_EQ(java->ms, papua->ms);
  EXPECT_EQ(utc->ms, papua->ms);
  EXPECT_EQ(papua->zone_minutes, 540);
  EXPECT_EQ(bali->zone_minutes, 480);
  EXPECT_EQ(java->zone_minutes, 420);
  EXPECT_EQ(utc->zone_minutes, 0);
}

TEST(Times, PrintAsTheyWereWritten) {
  for (const char* text :
       {"2024-10-15T09:12:00+09:00", "2024-02-29T23:59:59+07:00", "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999Z", "1938-06-01T00:30:00+09:00", "2024-12-31T23:30:00-03:30",
        "2024-01-01T00:00:00.050+08:00", "2000-03-01T05:00:00+14:00",
        "1999-12-31T12:00:00-12:00"}) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(format_time(*time), text);
  }
}

TEST(Times, FractionsAreCutToMilliseconds) {
  const TimeMs whole = parse_time("2024-10-15T09:12:00Z")->ms;
  EXPECT_EQ(parse_time("2024-10-15T09:12:00.5Z")->ms, whole + 500);
  EXPECT_EQ(parse_time("2024-10-15T09:12:00.05Z")->ms, whole + 50);
  EXPECT_EQ(parse_time("2024-10-15T09:12:00.123999Z")->ms, whole + 123);
  EXPECT_EQ(parse_time("2024-10-15T09:12:00.000Z")->ms, whole);
}

TEST(Times, WithoutOffsetOrImpossibleAreRefused) {
  for (const char* text : {"",
                           "2024-10-15",
                           "2024-10-15T09:12:00",
                           "2024-10-15T09:12+09:00",
                           "2024-10-15T24:00:00Z",
                           "2024-10-15T09:60:00Z",
                           "2024-10-15T09:12:60Z",
                           "2024-10-15 09:12:00Z",
                           "2024-10-15t09:12:00Z",
                           "2024-10-15T09:12:00z",
                           "2024-10-15T09:12:00+0900",
                           "2024-10-15T09:12:00+09",
                           "2024-10-15T09:12:00+15:00",
                           "2024-10-15T09:12:00+09:60",
                           "2024-10-15T09:12:00.Z",
                           "2024-10-15T09:12:00,5Z",
                           "2024-10-15T09:12:00Z ",
                           "2023-02-29T09:12:00Z",
                           "2024-10-15T09:12:00.1234567890Z",
                           "2024-10-15T-9:12:00Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Times, AnyNumberFromAPeerPrintsWithoutHarm) {
  EXPECT_EQ(format_time({0, 32'767}), "1970-01-01T00:00:00Z");
  EXPECT_FALSE(parse_time(format_time({INT64_MAX, 540})));
  EXPECT_FALSE(parse_time(format_time({INT64_MIN, -540})));
}

TEST(HexIds, AreSixteenLowerCaseDigitsAndNotZero) {
  EXPECT_EQ(parse_hex_id("00000000000000ff"), 255u);
  EXPECT_EQ(parse_hex_id("ffffffffffffffff"), UINT64_MAX);
  EXPECT_EQ(format_hex_id(0x9f3a), "0000000000009f3a");
  EXPECT_EQ(parse_hex_id(format_hex_id(0x8123456789abcdef)), 0x8123456789abcdef);
  for (const char* text : {"", "ff", "0000000000000000", "00000000000000FF", "00000000000000fg",
                           "0x000000000000ff", "+00000000000000f", "000000000000000ff"}) {
    EXPECT_FALSE(parse_hex_id(text)) << text;
  }
}

TEST(Versions, ReadBackAsThemselves) {
  for (const Version& version : {Version{}, Version{{0, 0}, 7}, Version{{0xfeed, 12}, 0},
                                 Version{{1, UINT64_MAX}, UINT64_MAX}}) {
    EXPECT_EQ(parse_version(format_version(version)), version);
  }
  EXPECT_EQ(format_version({{0xfeed, 12}, 3}), "000000000000feed:12+3");
}

TEST(Versions, OfOtherFormsAreRefused) {
  for (const char* text :
       {"", ":", "000000000000feed", "000000000000feed:12", "000000000000feed:+3",
        "000000000000feed:12+", "000000000000feed:012+3", "000000000000feed:12+ 3", "feed:12+3",
        "000000000000FEED:12+3", "000000000000feed:-1+3", "0000000000000000:5+3",
        "000000000000feed:18446744073709551616+3", "000000000000feed:1+2+3"}) {
    EXPECT_FALSE(parse_version(text)) << text;
  }
}

TEST(EventIds, PrintTheHashInTheOrderOfItsBytes) {
  const EventId id{0xabc, 0x1f, Hash{0x0807060504030201, 0x100f0e0d0c0b0a09}, Lane::urgent};
  EXPECT_EQ(format_event_id(id), "0000000000000abc-1-1f-0102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(parse_event_id(format_event_id(id)), id);
  const EventId last{UINT64_MAX, UINT64_MAX, Hash{}, Lane::routine};
  EXPECT_EQ(parse_event_id(format_event_id(last)), last);
}

TEST(EventIds, OfOtherFormsAreRefused) {
  const std::string hash = "0102030405060708090a0b0c0d0e0f10";
  for (const std::string& text :
       {std::string(), hash, "0000000000000abc-1-" + hash, "0000000000000abc-1--" + hash,
        "0000000000000abc-2-1f-" + hash, "0000000000000abc-1-0-" + hash,
        "0000000000000abc-1-01-" + hash, "0000000000000000-1-1-" + hash,
        "0000000000000abc-1-1-" + hash + "0", "0000000000000abc-1-10000000000000000-" + hash,
        "0000000000000abc_1-1-" + hash, "0000000000000abc-1-1F-" + hash}) {
    EXPECT_FALSE(parse_event_id(text)) << text;
  }
}

TEST(Utf8, ShortestFormsOfCharactersAreValid) {
  for (const char* text :
       {"", "a", "Siti Nurhaliza", "é", "ß日本", "🙂", "\u007f\u0080\u07ff\u0800\ud7ff\ue000",
        "\U0010ffff", "twelve bytes and é at the end é"}) {
    EXPECT_TRUE(valid_utf8(text)) << text;
  }
}

TEST(Utf8, OverlongSurrogateTruncatedAndTooHighAreNot) {
  for (const char* text :
       {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xff", "a\xc3",
        "eight by\xe2\x82", "\xf0\x9f\x99", "\xc3(", "12345678\xfe"}) {
    EXPECT_FALSE(valid_utf8(text)) << text;
  }
}

TEST(ControlCharacters, OfBothSetsAreFound) {
  using std::string_view_literals::operator""sv;
  for (const auto text : {"a\nb"sv, "\t"sv, "\0"sv, "\x7f"sv, "\xc2\x85"sv, "\xc2\x9f"sv}) {
    EXPECT_TRUE(has_control_character(text));
  }
  for (const auto text : {""sv, "Ny. A'isyah"sv, "\xc2\xa0"sv, "é"sv}) {
    EXPECT_FALSE(has_control_character(text));
  }
}

TEST(Niks, AreCheckedAsDukcapilMakesThem) {
  for (const char* nik : {"9404010101900001", "9109017112990001", "3201314112129999"}) {
    EXPECT_TRUE(valid_nik(nik)) << nik;
  }
  for (const char* nik :
       {"9404010001900001", "9404013201900001", "9404014001900001", "9404017201900001",
        "9404010100900001", "9404010113900001", "9404010101900000", "940401010190001",
        "94040101019000011", "94040101O1900001", "", "9404 0101 0190 0001"}) {
    EXPECT_FALSE(valid_nik(nik)) << nik;
  }
}

TEST(Areas, AreAnyPrefixOfWholeParts) {
  for (const char* area : {"94", "94.04", "94.04.01", "94.04.01.2003"}) {
    EXPECT_TRUE(valid_area(area)) << area;
  }
  for (const char* area : {"", "9", "940", "94.", "94.4", "94.04.01.203", "94.04.01.20031",
                           "94.04.01.2003.", "9404012003", "94-04", "a4"}) {
    EXPECT_FALSE(valid_area(area)) << area;
  }
}

TEST(Phones, AreDigitsWithAPlusAtMost) {
  for (const char* phone : {"081234567890", "+6281234567890", "112"}) {
    EXPECT_TRUE(valid_phone(phone)) << phone;
  }
  for (const char* phone :
       {"", "+", "12", "0812-345", "0812 345", "++62812", "0812345678901234", "62+812"}) {
    EXPECT_FALSE(valid_phone(phone)) << phone;
  }
}

TEST(NikDigits, AreSixteenOrMoreInARowWhereverTheyStand) {
  EXPECT_EQ(without_nik_digits("9404015708950001"), "…");
  EXPECT_EQ(with_nik_digits_masked("NIK 9404015708950001."), "NIK 940401********01.");
  EXPECT_EQ(with_nik_digits_masked("940401570895000"), "940401570895000");
  EXPECT_EQ(without_nik_digits("a94040157089500012b 1234567890123456"), "a…b …");
  for (const auto* text : {"", "Posyandu Melati 12", "940401570895000", "94.04.01.2003",
                           "9404 0157 0895 0001", "Mawar-940401570895000-1"}) {
    EXPECT_EQ(without_nik_digits(text), text);
    EXPECT_FALSE(has_nik_digits(text)) << text;
  }
  EXPECT_TRUE(has_nik_digits("Posyandu 9404015708950001"));
  EXPECT_TRUE(plain_name("Posyandu Melati", 128));
  EXPECT_FALSE(plain_name("Posyandu 9404015708950001", 128));
  EXPECT_FALSE(plain_name("", 128));
}

}  // namespace
}  // namespace titip
