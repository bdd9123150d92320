#include "core/refusal.hh"

#include <gtest/gtest.h>

#include <set>

#include "core/refusal_sentences.hh"

namespace titip {
namespace {

std::vector<Code> all_codes() {
  std::vector<Code> codes;
  for (std::size_t i = 0; i < code_count; ++i) codes.push_back(static_cast<Code>(i));
  return codes;
}

TEST(Refusals, HaveStableDistinctNames) {
  std::set<std::string_view> names;
  for (const Code code : all_codes()) {
    const std::string_view name = code_name(code);
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string_view::npos);
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(code_name(Code::not_json), "not_json");
  EXPECT_EQ(code_name(Code::bad_nik), "bad_nik");
  EXPECT_EQ(code_name(Code::daemon_unreachable), "daemon_unreachable");
}

TEST(Refusals, ReadWellInBothLanguagesWhateverIsKnown) {
  for (const Code code : all_codes()) {
    for (const Language language : {Language::indonesian, Language::english}) {
      for (const Refusal& refusal : {Refusal{code, {}, {}}, Refusal{code, "weightGrams", {}},
                                     Refusal{code, {}, {"500", "40000"}},
                                     Refusal{code, "weightGrams", {"500", "40000", "92000"}}}) {
        const std::string text = sentence(refusal, language);
        EXPECT_GE(text.size(), 30u) << code_name(code);
        EXPECT_TRUE(text.ends_with('.')) << text;
        EXPECT_FALSE(text.front() >= 'a' && text.front() <= 'z') << text;
        EXPECT_EQ(text.find("  "), std::string::npos) << text;
        EXPECT_EQ(text.find_first_of("[]{}"), std::string::npos) << text;
      }
    }
  }
}

TEST(Refusals, AreSaidDifferentlyInTheTwoLanguages) {
  for (const Code code : all_codes()) {
    EXPECT_NE(indonesian_sentence(code), english_sentence(code)) << code_name(code);
  }
}

TEST(Refusals, ShowFieldLimitsAndValue) {
  const Refusal refusal{Code::out_of_range, "weightGrams", {"500", "40000", "92000"}};
  EXPECT_EQ(sentence(refusal, Language::indonesian),
            "Isi \"weightGrams\" harus antara 500 dan 40000, bukan 92000: periksa satuannya lalu "
            "ketik lagi.");
  EXPECT_EQ(sentence(refusal, Language::english),
            "\"weightGrams\" must be between 500 and 40000, not 92000: check the unit and type it "
            "again.");
}

TEST(Refusals, LeaveOutThePartWhoseValueIsMissing) {
  EXPECT_EQ(sentence({Code::out_of_range, "weightGrams", {"500", "40000"}}, Language::english),
            "\"weightGrams\" must be between 500 and 40000: check the unit and type it again.");
  EXPECT_EQ(sentence({Code::unknown_key, {}, {}}, Language::english),
            "There is an unknown key: remove it or correct its spelling.");
}

TEST(Refusals, NeverExpandWhatADetailHolds) {
  EXPECT_EQ(sentence({Code::address_in_use, {}, {"[{1}] {field}", "secret"}}, Language::english),
            "The address [{1}] {field} is already in use: stop the other program or choose another "
            "address.");
}

TEST(Refusals, NeverShowANikThatADetailHolds) {
  EXPECT_EQ(sentence({Code::no_file, {}, {"/data/9404015708950001.ndjson"}}, Language::english),
            "There is no file /data/….ndjson: check its name and folder.");
  const auto longer = sentence({Code::no_file, {}, {"12345678901234567"}}, Language::indonesian);
  EXPECT_EQ(longer.find("1234"), std::string::npos) << longer;
  const auto shorter = sentence({Code::no_file, {}, {"123456789012345"}}, Language::english);
  EXPECT_NE(shorter.find("123456789012345"), std::string::npos) << shorter;
}

TEST(Refusals, EndACommandWithOneOfFourExitCodes) {
  for (const Code code : all_codes()) {
    EXPECT_GE(exit_code(code), 1) << code_name(code);
    EXPECT_LE(exit_code(code), 4) << code_name(code);
  }
  EXPECT_EQ(exit_code(Code::out_of_range), 1);
  EXPECT_EQ(exit_code(Code::bad_option), 2);
  EXPECT_EQ(exit_code(Code::disk_full), 3);
  EXPECT_EQ(exit_code(Code::newer_format), 3);
  EXPECT_EQ(exit_code(Code::not_enrolled), 4);
  EXPECT_EQ(exit_code(Code::revoked), 4);
}

TEST(Refusals, AnswerARequestWithAStatusThatIsAnError) {
  for (const Code code : all_codes()) {
    EXPECT_GE(http_status(code), 400) << code_name(code);
    EXPECT_LE(http_status(code), 507) << code_name(code);
  }
  EXPECT_EQ(http_status(Code::bad_nik), 422);
  EXPECT_EQ(http_status(Code::ref_reused), 409);
  EXPECT_EQ(http_status(Code::disk_full), 507);
  EXPECT_EQ(http_status(Code::map_full), 507);
  EXPECT_EQ(http_status(Code::http_forbidden), 403);
  EXPECT_EQ(http_status(Code::http_wrong_content_type), 415);
  EXPECT_EQ(http_status(Code::http_too_large), 413);
}

}  // namespace
}  // namespace titip
