#include "io/clock.hh"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "io/log.hh"
#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

constexpr TimeMs october_2024 = 1'728'950'400'000;
constexpr TimeMs july_2024 = 1'720'000'000'000;
constexpr TimeMs january_2024 = 1'705'000'000'000;
constexpr TimeMs year_2100 = 4'102'444'800'000;

TEST(ClockTest, TimeDoesNotGoBack) {
  const ClockReading first = read_clock();
  const TimeMs steady = steady_now();
  const ClockReading second = read_clock();
  EXPECT_GE(second.uptime, first.uptime);
  EXPECT_GE(steady_now(), steady);
  EXPECT_GT(first.wall, october_2024);
}

TEST(ClockTest, OneBootHasOneName) {
  EXPECT_NE(read_clock().boot, 0U);
  EXPECT_EQ(read_clock().boot, read_clock().boot);
}

TEST(ZoneTest, IndonesiasZonesAreKnown) {
  EXPECT_EQ(zone_minutes("Asia/Jakarta", october_2024), 420);
  EXPECT_EQ(zone_minutes("Asia/Pontianak", october_2024), 420);
  EXPECT_EQ(zone_minutes("Asia/Makassar", october_2024), 480);
  EXPECT_EQ(zone_minutes("Asia/Jayapura", october_2024), 540);
  EXPECT_EQ(zone_minutes("Asia/Jayapura", year_2100), 540);
  EXPECT_EQ(zone_minutes("UTC", october_2024), 0);
}

TEST(ZoneTest, OffsetIsThatOfTheMoment) {
  EXPECT_EQ(zone_minutes("Asia/Pontianak", 500'000'000'000), 480);  // WITA until 1988
  EXPECT_EQ(zone_minutes("Europe/Amsterdam", july_2024), 120);
  EXPECT_EQ(zone_minutes("Europe/Amsterdam", january_2024), 60);
  EXPECT_EQ(zone_minutes("America/St_Johns", january_2024), -210);
}

TEST(ZoneTest, SummerTimeBeyondTheFilesTableIsNotGuessed) {
  EXPECT_EQ(zone_minutes("Europe/Amsterdam", year_2100), std::nullopt);
}

TEST(ZoneTest, WhatIsNoZoneIsRefused) {
  for (const char* name : {"", "Asia", "Asia/Atlantis", "WIB", "/usr/share/zoneinfo/Asia/Jakarta",
                           "../zoneinfo/Asia/Jakarta", "Asia/../Asia/Jakarta", "Asia/Jakarta ",
                           "zone.tab", "tzdata.zi"}) {
    EXPECT_EQ(zone_minutes(name, october_2024), std::nullopt) << name;
  }
}

TEST(ZoneTest, WithoutTzdataIndonesiasZonesAreStillKnown) {
  const TempDir temp;
  const auto nowhere = temp.path() / "zoneinfo";
  EXPECT_EQ(zone_minutes_in(nowhere, "Asia/Jakarta", october_2024), 420);
  EXPECT_EQ(zone_minutes_in(nowhere, "Asia/Makassar", october_2024), 480);
  EXPECT_EQ(zone_minutes_in(nowhere, "Asia/Jayapura", october_2024), 540);
  EXPECT_EQ(zone_minutes_in(nowhere, "Europe/Amsterdam", october_2024), std::nullopt);
}

TEST(ZoneTest, FileCutShortAnywhereIsNoZone) {
  const TempDir temp;
  std::ifstream in("/usr/share/zoneinfo/Asia/Jakarta", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  if (whole.empty()) GTEST_SKIP() << "no tzdata here";
  const std::size_t footer = whole.rfind('\n', whole.size() - 2);
  for (std::size_t length = 0; length < footer; ++length) {
    std::ofstream(temp.path() / "Cut", std::ios::binary) << whole.substr(0, length);
    EXPECT_EQ(zone_minutes_in(temp.path(), "Cut", october_2024), std::nullopt) << length;
  }
  std::ofstream(temp.path() / "Cut", std::ios::binary) << whole;
  EXPECT_EQ(zone_minutes_in(temp.path(), "Cut", october_2024), 420);
}

TEST(LogTest, LevelsHaveTheNamesPeopleType) {
  EXPECT_EQ(parse_log_level("warning"), LogLevel::warning);
  EXPECT_EQ(parse_log_level("off"), LogLevel::off);
  EXPECT_EQ(parse_log_level("Warning"), std::nullopt);
  EXPECT_EQ(parse_log_level(""), std::nullopt);
}

TEST(LogTest, LineHasTimeWithOffsetLevelAndPart) {
  testing::internal::CaptureStderr();
  start_log(LogLevel::info);
  log_info("link", "connected\nas if another line");
  log_debug("link", "not shown");
  const std::string shown = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(testing::internal::RE::FullMatch(
      shown,
      "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+[+-][0-9]+:[0-9]+ info    link      "
      "connected as if another line\n"))
      << shown;
}

TEST(LogTest, OffIsSilent) {
  testing::internal::CaptureStderr();
  start_log(LogLevel::off);
  log_error("store", "not shown");
  EXPECT_FALSE(log_enabled(LogLevel::error));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  start_log(LogLevel::info);
}

}  // namespace
}  // namespace titip
