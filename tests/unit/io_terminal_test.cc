#include <gtest/gtest.h>

#include <algorithm>

#include "io/progress.hh"
#include "io/qr_code.hh"

namespace titip {
namespace {

TEST(Progress, DrawsAtMostTenTimesASecond) {
  std::vector<std::string> drawn;
  Progress progress("saved", Language::english, 1000, [&](auto text) { drawn.emplace_back(text); });
  for (TimeMs now = 1000; now <= 2000; ++now) progress.update(now, 1, 0);
  EXPECT_EQ(drawn.size(), 10U);
}

TEST(Progress, SaysCountRateAndWhatWasRefused) {
  std::string drawn;
  Progress progress("tersimpan", Language::indonesian, 0, [&](auto text) { drawn += text; });
  progress.finish(2000, 1'234'567, 2);
  EXPECT_EQ(drawn, "\r  1.234.567 tersimpan, 617.283/dtk, 2 ditolak\x1b[K\n");
}

TEST(Progress, InstantWorkHasARate) {
  std::string drawn;
  Progress progress("saved", Language::english, 5, [&](auto text) { drawn += text; });
  progress.finish(5, 3, 0);
  EXPECT_EQ(drawn, "\r  3 saved, 3,000/s\x1b[K\n");
}

TEST(Progress, NobodyWatchingIsShownNothing) {
  Progress progress("saved", Language::english, 0, Progress::Print());
  progress.update(500, 1, 0);
  progress.finish(1000, 2, 0);
}

TEST(QrCode, HasItsFinderPatternWithinTheQuietZone) {
  const auto drawing = qr_code("titip://hub", QrStyle::plain);
  ASSERT_TRUE(drawing.has_value());
  // 21 + 8 modules a side; two rows to a line; two empty lines are the quiet zone.
  EXPECT_EQ(std::ranges::count(*drawing, '\n'), 15);
  const std::string empty_line = std::string(29, ' ') + "\n";
  EXPECT_TRUE(drawing->starts_with(empty_line + empty_line + "    █▀▀▀▀▀█ "));
}

TEST(QrCode, TerminalStyleSetsAndResetsItsColours) {
  const auto drawing = qr_code("titip://hub", QrStyle::terminal);
  EXPECT_TRUE(drawing->starts_with("\x1b[30;107m"));
  EXPECT_TRUE(drawing->ends_with("\x1b[0m\n"));
}

TEST(QrCode, TooLongATextHasNone) {
  EXPECT_TRUE(qr_code(std::string(2953, 'x'), QrStyle::plain).has_value());
  EXPECT_FALSE(qr_code(std::string(2954, 'x'), QrStyle::plain).has_value());
}

}  // namespace
}  // namespace titip
