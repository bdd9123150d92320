#include <gtest/gtest.h>

#include "core/resolve_conflict.hh"
#include "event_samples.hh"

namespace titip {
namespace {

const RecordType& person() { return samples::type("Person"); }

std::string refused(std::string_view json) {
  const auto decision = parse_decision(json, person());
  if (decision) return "accepted";
  const auto& refusal = decision.refusal();
  return std::string(code_name(refusal.code)) + " " + refusal.field;
}

TEST(ParseDecision, TakesANumberOrANumberForEachField) {
  const auto one = parse_decision(R"({"take":2,"seen":"00000000000000e1:7+0"})", person()).value();
  ASSERT_EQ(one.take.size(), 1u);
  EXPECT_EQ(one.take[0].first, "");
  EXPECT_EQ(one.take[0].second, 2u);
  EXPECT_EQ(one.seen, (Version{{0xe1, 7}, 0}));
  const auto several =
      parse_decision(R"({"take":{"birthDate":1,"alive":2},"set":{"sex":"male","phone":null},)"
                     R"("seen":"00000000000000e1:7+0","note":"akta","by":"bidan-1"})",
                     person())
          .value();
  EXPECT_EQ(several.take.size(), 2u);
  ASSERT_EQ(several.set.size(), 1u);
  EXPECT_EQ(several.set[0].first->name, "sex");
  EXPECT_EQ(several.cleared, samples::field("Person", "phone").bit());
  EXPECT_EQ(several.note, "akta");
  EXPECT_EQ(several.by, "bidan-1");
}

TEST(ParseDecision, RefusesWhatIsMissingTwiceOrUnknown) {
  EXPECT_EQ(refused("{"), "not_json ");
  EXPECT_EQ(refused("[]"), "wrong_json_type ");
  EXPECT_EQ(refused(R"({"seen":"00000000000000e1:7+0"})"), "missing_key take");
  EXPECT_EQ(refused(R"({"take":{},"seen":"00000000000000e1:7+0"})"), "missing_key take");
  EXPECT_EQ(refused(R"({"take":1})"), "missing_key seen");
  EXPECT_EQ(refused(R"({"take":1,"seen":"what I saw"})"), "bad_version seen");
  EXPECT_EQ(refused(R"({"take":1,"seen":7})"), "bad_version seen");
  EXPECT_EQ(refused(R"({"take":1,"take":1})"), "duplicate_key take");
  EXPECT_EQ(refused(R"({"take":1,"why":"x"})"), "unknown_key why");
  EXPECT_EQ(refused(R"({"take":{"birthDay":1}})"), "unknown_field birthDay");
  EXPECT_EQ(refused(R"({"take":{"sex":1,"sex":1}})"), "duplicate_key sex");
  EXPECT_EQ(refused(R"({"take":{"sex":1},"set":{"sex":"male"}})"), "duplicate_key sex");
}

TEST(ParseDecision, RefusesNumbersThatAreNone) {
  EXPECT_EQ(refused(R"({"take":"2"})"), "wrong_json_type take");
  EXPECT_EQ(refused(R"({"take":-1})"), "no_such_choice take");
  EXPECT_EQ(refused(R"({"take":1.5})"), "no_such_choice take");
  EXPECT_EQ(refused(R"({"take":{"sex":1e2}})"), "no_such_choice sex");
  EXPECT_EQ(refused(R"({"take":99999999999999999999})"), "no_such_choice take");
  EXPECT_EQ(refused(R"({"take":{"sex":"1"}})"), "wrong_json_type sex");
}

TEST(ParseDecision, ValuesAndWordsAreReadAsAtIntake) {
  EXPECT_EQ(refused(R"({"set":{"birthDate":"2024-02-30"}})"), "bad_date birthDate");
  EXPECT_EQ(refused(R"({"set":{"nik":"1234567890123456"}})"), "bad_nik nik");
  EXPECT_EQ(refused(R"({"set":{"9404015708950001":1}})"), "unknown_field ");
  EXPECT_EQ(refused(R"({"take":{"9404015708950001":1}})"), "unknown_field ");
  const std::string long_note(501, 'x');
  EXPECT_EQ(refused(R"({"take":1,"seen":"00000000000000e1:7+0","note":")" + long_note + "\"}"),
            "text_too_long note");
  EXPECT_EQ(refused(R"({"take":1,"seen":"00000000000000e1:7+0","by":"a\u0007"})"), "bad_text by");
}

}  // namespace
}  // namespace titip
