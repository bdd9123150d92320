// The values of `set`, by the kind of their field.

#include <gtest/gtest.h>

#include "core/intake_json.hh"

namespace titip {
namespace {

Result<EventDraft> parse_set(std::string_view type, std::string_view members) {
  const std::string json = R"({"type":")" + std::string(type) +
                           R"(","id":"00000000000000aa","set":{)" + std::string(members) + "}}";
  return parse_event(json, Registry::ilp());
}

// The only field's value.
FieldValue value_of(std::string_view type, std::string_view members) {
  auto result = parse_set(type, members);
  EXPECT_TRUE(result.ok()) << members;
  return result.ok() ? std::move(result)->set.at(0).second : FieldValue{};
}

std::string refused(std::string_view type, std::string_view members) {
  const auto result = parse_set(type, members);
  if (result.ok()) return "accepted";
  return std::string(code_name(result.refusal().code)) + " " + result.refusal().field;
}

std::vector<std::string> details(std::string_view type, std::string_view members) {
  const auto result = parse_set(type, members);
  return result.ok() ? std::vector<std::string>{"accepted"} : result.refusal().details;
}

constexpr std::string_view growth = "GrowthMeasurement";
constexpr std::string_view person = "Person";
constexpr std::string_view stock = "StockMovement";

TEST(IntakeIntegers, WithinTheHardRangeAreAccepted) {
  EXPECT_EQ(std::get<std::int64_t>(value_of(growth, R"("weightGrams":500)")), 500);
  EXPECT_EQ(std::get<std::int64_t>(value_of(growth, R"("weightGrams":40000)")), 40'000);
  EXPECT_EQ(std::get<std::int64_t>(value_of(stock, R"("quantity":-100000)")), -100'000);
  EXPECT_EQ(std::get<std::int64_t>(value_of(stock, R"("quantity":-0)")), 0);
}

TEST(IntakeIntegers, OutsideTheHardRangeAreRefusedWithLimitsAndValue) {
  EXPECT_EQ(refused(growth, R"("weightGrams":499)"), "out_of_range weightGrams");
  EXPECT_EQ(details(growth, R"("weightGrams":499)"),
            (std::vector<std::string>{"500", "40000", "499"}));
  EXPECT_EQ(details(growth, R"("weightGrams":-1)"),
            (std::vector<std::string>{"500", "40000", "-1"}));
  EXPECT_EQ(refused(stock, R"("quantity":-100001)"), "out_of_range quantity");
}

TEST(IntakeIntegers, BeyondTheMachinesOwnAreOutOfRange) {
  for (const char* number :
       {"4294967796", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "-9223372036854775809", "99999999999999999999999999"}) {
    EXPECT_EQ(refused(growth, "\"weightGrams\":" + std::string(number)),
              "out_of_range weightGrams");
  }
}

TEST(IntakeIntegers, ANumberAsLongAsANikIsNotRepeated) {
  EXPECT_EQ(details(growth, R"("weightGrams":9404010101900001)"),
            (std::vector<std::string>{"500", "40000"}));
}

TEST(IntakeIntegers, DecimalsAndExponentsAreRefused) {
  for (const char* number : {"9.2", "9200.0", "92e2", "9E3", "1e400", "1e-400", "-0.0"}) {
    EXPECT_EQ(refused(growth, "\"weightGrams\":" + std::string(number)),
              "not_an_integer weightGrams");
  }
}

TEST(IntakeIntegers, OfAnotherJsonTypeAreRefused) {
  for (const char* value : {"\"9200\"", "true", "[9200]", "{}"}) {
    EXPECT_EQ(refused(growth, "\"weightGrams\":" + std::string(value)),
              "wrong_json_type weightGrams");
  }
}

TEST(IntakeIntegers, OutsideTheUsualRangeAreAcceptedAndFlagged) {
  const auto unusual = [](std::string_view members) {
    auto result = parse_set(growth, members);
    EXPECT_TRUE(result.ok());
    return result.ok() ? result->unusual : 0;
  };
  const RecordType& type = *Registry::ilp().find(growth);
  EXPECT_EQ(unusual(R"("weightGrams":5500,"lengthMillimetres":1094)"), 0u);
  EXPECT_EQ(unusual(R"("weightGrams":5499)"), type.field("weightGrams")->bit());
  EXPECT_EQ(unusual(R"("weightGrams":18401,"lengthMillimetres":1095)"),
            type.field("weightGrams")->bit() | type.field("lengthMillimetres")->bit());
  EXPECT_EQ(unusual(R"("headMillimetres":200)"), 0u);
}

TEST(IntakeBooleans, AreTrueOrFalse) {
  EXPECT_TRUE(std::get<bool>(value_of(growth, R"("oedema":true)")));
  EXPECT_FALSE(std::get<bool>(value_of(growth, R"("oedema":false)")));
  for (const char* value : {"1", "\"true\"", "[]"}) {
    EXPECT_EQ(refused(growth, "\"oedema\":" + std::string(value)), "wrong_json_type oedema");
  }
}

TEST(IntakeEnumerations, AreGivenByName) {
  EXPECT_EQ(std::get<std::int64_t>(value_of(growth, R"("posture":"standing")")), 1);
  EXPECT_EQ(refused(growth, R"("posture":"Standing")"), "unknown_enumerant posture");
  EXPECT_EQ(refused(growth, R"("posture":"")"), "unknown_enumerant posture");
  EXPECT_EQ(refused(growth, R"("posture":1)"), "wrong_json_type posture");
  EXPECT_EQ(details(growth, R"("posture":"upright")"),
            (std::vector<std::string>{"lying, standing"}));
}

TEST(IntakeDates, ExistAndAreOfOurTime) {
  EXPECT_EQ(std::get<std::int64_t>(value_of(person, R"("birthDate":"1938-02-28")")), -11'630);
  EXPECT_EQ(std::get<std::int64_t>(value_of(person, R"("birthDate":"2024-02-29")")), 19'782);
  EXPECT_EQ(refused(person, R"("birthDate":"1900-01-01")"), "accepted");
  EXPECT_EQ(refused(person, R"("birthDate":"2200-12-31")"), "accepted");
  for (const char* date :
       {"\"2023-02-29\"", "\"29/02/2024\"", "\"\"", "\"1899-12-31\"", "\"2201-01-01\""}) {
    EXPECT_EQ(refused(person, "\"birthDate\":" + std::string(date)), "bad_date birthDate") << date;
  }
  EXPECT_EQ(refused(person, R"("birthDate":20240229)"), "wrong_json_type birthDate");
}

TEST(IntakeTimes, HaveAnOffset) {
  EXPECT_EQ(
      std::get<std::int64_t>(value_of("Referral", R"("arrivedAt":"2024-10-15T09:12:00+09:00")")),
      1'728'951'120'000);
  EXPECT_EQ(refused("Referral", R"("arrivedAt":"2024-10-15T09:12:00")"), "bad_time arrivedAt");
  EXPECT_EQ(refused("Referral", R"("arrivedAt":"2024-10-15")"), "bad_time arrivedAt");
}

TEST(IntakeTexts, HoldNoControlCharactersAndHaveALimit) {
  EXPECT_EQ(std::get<std::string>(value_of(person, R"("name":"Ny. A'isyah é")")), "Ny. A'isyah é");
  for (const char* text : {"\"a\\nb\"", "\"a\\tb\"", "\"\\u007f\"", "\"\\u0085\"", "\"\\u0000\""}) {
    EXPECT_EQ(refused(person, "\"name\":" + std::string(text)), "bad_text name") << text;
  }
  EXPECT_EQ(refused(person, "\"name\":\"" + std::string(128, 'a') + "\""), "accepted");
  EXPECT_EQ(refused(person, "\"name\":\"" + std::string(129, 'a') + "\""), "text_too_long name");
  EXPECT_EQ(details(person, "\"name\":\"" + std::string(129, 'a') + "\""),
            (std::vector<std::string>{"128"}));
  EXPECT_EQ(refused(person, "\"address\":\"" + std::string(256, 'a') + "\""), "accepted");
  EXPECT_EQ(refused(person, "\"address\":\"" + std::string(257, 'a') + "\""),
            "text_too_long address");
  EXPECT_EQ(refused(person, R"("name":42)"), "wrong_json_type name");
}

TEST(IntakeTexts, WithAFormatAreChecked) {
  EXPECT_EQ(refused(person, R"("nik":"9404014101900001")"), "accepted");
  EXPECT_EQ(refused(person, R"("nik":"9404013201900001")"), "bad_nik nik");
  EXPECT_EQ(refused(person, R"("nik":9404014101900001)"), "wrong_json_type nik");
  EXPECT_EQ(refused(person, R"("motherNik":"9404014101900000")"), "bad_nik motherNik");
  EXPECT_EQ(refused(person, R"("area":"94.04.01.2003")"), "accepted");
  EXPECT_EQ(refused(person, R"("area":"94.04.1")"), "bad_area area");
  EXPECT_EQ(refused(person, R"("phone":"+6281234567890")"), "accepted");
  EXPECT_EQ(refused(person, R"("phone":"0812-3456")"), "bad_phone phone");
  EXPECT_EQ(refused(person, R"("facility":"PSY-0042")"), "accepted");
  EXPECT_EQ(refused(person, R"("facility":"")"), "bad_text facility");
  EXPECT_EQ(refused(person, "\"facility\":\"" + std::string(65, 'f') + "\""),
            "text_too_long facility");
}

TEST(IntakeReferences, AreAnIdOrARef) {
  EXPECT_EQ(std::get<RecordReference>(value_of(person, R"("mother":"00000000000000bb")")).id,
            0xbbu);
  EXPECT_EQ(std::get<RecordReference>(value_of(person, R"("mother":{"ref":"r1"})")).ref, "r1");
  for (const char* value : {"\"bb\"", "\"0000000000000000\"", "187", "{}", "[]", "true"}) {
    EXPECT_EQ(refused(person, "\"mother\":" + std::string(value)), "bad_id mother") << value;
  }
  EXPECT_EQ(refused(person, R"("mother":{"ref":"r1","x":1})"), "unknown_key mother");
  EXPECT_EQ(refused(person, R"("mother":{"ref":""})"), "bad_text mother");
  EXPECT_EQ(refused(person, R"("mother":{"ref":1})"), "wrong_json_type mother");
}

TEST(IntakeClearing, IsByNullForEveryKind) {
  auto result = parse_set(
      person, R"("nik":null,"sex":null,"birthDate":null,"mother":null,"birthOrder":null)");
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->set.empty());
  FieldMask expected = 0;
  for (const char* name : {"nik", "sex", "birthDate", "mother", "birthOrder"}) {
    expected |= result->type->field(name)->bit();
  }
  EXPECT_EQ(result->cleared, expected);
}

TEST(IntakeRefusals, NeverRepeatWhatIdentifiesAPerson) {
  constexpr std::string_view secret = "9404013201900001";
  const std::string quoted = "\"" + std::string(secret) + "\"";
  for (const FieldRules& field : Registry::ilp().find(person)->fields) {
    for (const std::string& typed :
         {quoted, std::string(secret), "{" + quoted + ":1}", "[" + quoted + "]"}) {
      const auto result = parse_set(person, "\"" + field.name + "\":" + typed);
      if (result.ok()) continue;
      for (const Language language : {Language::indonesian, Language::english}) {
        EXPECT_EQ(sentence(result.refusal(), language).find(secret), std::string::npos)
            << field.name;
      }
    }
  }
}

}  // namespace
}  // namespace titip
