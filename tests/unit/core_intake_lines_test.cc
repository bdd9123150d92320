#include "core/intake_lines.hh"

#include "replication_fixture.hh"

namespace titip {
namespace {

std::vector<RawLine> split(const std::vector<std::string>& pieces, std::uint64_t first = 1) {
  LineSplitter splitter(first);
  std::vector<RawLine> lines;
  for (const auto& piece : pieces) splitter.feed(piece, lines);
  splitter.finish(lines);
  return lines;
}

std::string as_text(const std::vector<RawLine>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += std::to_string(line.number) + (line.too_long ? "!" : ":") + line.text + "|";
  }
  return text;
}

TEST(LineSplitter, CutsAtLineEndsHoweverTheBytesCome) {
  EXPECT_EQ(as_text(split({"a\nbb\nccc\n"})), "1:a|2:bb|3:ccc|");
  EXPECT_EQ(as_text(split({"a", "\nb", "b\n", "", "ccc\n"})), "1:a|2:bb|3:ccc|");
}

TEST(LineSplitter, ALastLineWithoutAnEndCounts) { EXPECT_EQ(as_text(split({"a\nb"})), "1:a|2:b|"); }

TEST(LineSplitter, BlankLinesCountButAreNotKept) {
  EXPECT_EQ(as_text(split({"\n  \t\r\na\n\n"}, 10)), "12:a|");
}

TEST(LineSplitter, OfALineThatIsTooLongOnlyItsNumberIsKept) {
  const std::string longest(limits::event_json_bytes_max, 'x');
  EXPECT_FALSE(split({longest + "\n"}).at(0).too_long);
  EXPECT_EQ(as_text(split({longest + "y\nz\n"})), "1!|2:z|");
  EXPECT_EQ(as_text(split({longest, longest, "\nz"})), "1!|2:z|");
  EXPECT_EQ(as_text(split({longest, "y"})), "1!|");
}

class IntakeLines : public testing::Test {
 protected:
  std::vector<std::string> put(const std::string& text) {
    std::vector<IntakeLine> lines;
    for (const auto& line : split({text})) lines.push_back(parse_line(line, Registry::ilp()));
    std::vector<std::string> printed;
    store_.store.write([&](WriteTxn& txn) {
      IntakeContext context{Registry::ilp(),        store_.ids, store_.clock, 540,
                            FacilityKind::posyandu, 7,          "PSY-1"};
      const auto save = [&](WriteTxn& within, const EventDraft& draft) {
        return save_draft(within, draft, context);
      };
      for (const auto& result : save_lines(txn, lines, save)) {
        printed.push_back(result_json(result, Registry::ilp(), Language::english));
      }
    });
    return printed;
  }

  test::AgentStore store_;
};

TEST_F(IntakeLines, ABadLineRefusesItselfAndNoOther) {
  const std::string good = R"({"type":"Person","ref":"p","set":{"name":"Contoh","sex":"female"}})";
  const auto results =
      put("{\n" + good + "\n" + R"({"type":"Nothing","set":{}})" + "\n" + good + "\n");
  ASSERT_EQ(results.size(), 4u);
  EXPECT_THAT(results[0], testing::HasSubstr(R"("line":1,"code":)"));
  EXPECT_EQ(results[1], R"({"line":2,"ref":"p","id":"0000000000000001"})");
  EXPECT_THAT(results[2], testing::HasSubstr(R"("code":"unknown_type")"));
  EXPECT_EQ(results[3], R"({"line":4,"ref":"p","id":"0000000000000001","again":true})");
  EXPECT_EQ(store_.head(Lane::routine).seq, 1u);
}

TEST_F(IntakeLines, ALineThatIsTooLongIsRefusedByNumber) {
  const auto results = put(std::string(limits::event_json_bytes_max + 1, 'x'));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_THAT(results[0], testing::HasSubstr(R"("line":1,"code":"too_long")"));
}

TEST_F(IntakeLines, WhatAPersonShouldLookAtIsNamed) {
  const auto results = put(R"({"type":"GrowthMeasurement","set":{"person":"00000000000000aa",)"
                           R"("date":"2024-10-15","weightGrams":39000}})");
  ASSERT_EQ(results.size(), 1u);
  EXPECT_THAT(results[0], testing::HasSubstr(R"("unusual":["weightGrams"],"notHeld":["person"])"));
}

TEST_F(IntakeLines, ALaterLineMayReferToAnEarlierOne) {
  const auto results = put(R"({"type":"Person","ref":"p","set":{"name":"Contoh","sex":"female"}})"
                           "\n"
                           R"({"type":"GrowthMeasurement","set":{"person":{"ref":"p"},)"
                           R"("date":"2024-10-15","weightGrams":9000}})");
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1], R"({"line":2,"id":"0000000000000002"})");
}

TEST_F(IntakeLines, ARefusedLineKeepsItsRefWhereItCanBeRead) {
  EXPECT_EQ(parse_line({1, R"({"type":"Nope","ref":"a-1"})", false}, Registry::ilp()).ref, "a-1");
  EXPECT_EQ(parse_line({2, R"({"ref":7,"type":"Nope"})", false}, Registry::ilp()).ref, "");
  EXPECT_EQ(parse_line({3, "no JSON", false}, Registry::ilp()).ref, "");
}

}  // namespace
}  // namespace titip
