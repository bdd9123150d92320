// The event as a whole: its JSON, its keys, its op. The values of `set`:
// core_intake_fields_test.cc.

#include "core/intake_json.hh"

#include <gtest/gtest.h>

#include "core/limits.hh"

namespace titip {
namespace {

Result<EventDraft> parse(std::string_view json) { return parse_event(json, Registry::ilp()); }

EventDraft accepted(std::string_view json) {
  auto result = parse(json);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : code_name(result.refusal().code)) << " " << json;
  return result.ok() ? std::move(result).value() : EventDraft{};
}

// "code" or "code field" of the refusal; "accepted" if there is none.
std::string refused(std::string_view json) {
  const auto result = parse(json);
  if (result.ok()) return "accepted";
  const Refusal& refusal = result.refusal();
  return std::string(code_name(refusal.code)) + (refusal.field.empty() ? "" : " " + refusal.field);
}

constexpr std::string_view event_word = "0000000000000abc-1-1f-0102030405060708090a0b0c0d0e0f10";

std::string on_person(std::string_view more) {
  return R"({"type":"Person","id":"00000000000000aa",)" + std::string(more) + "}";
}

TEST(IntakeJson, TheEventOfTheDesignIsRead) {
  const EventDraft draft =
      accepted(R"({"type":"GrowthMeasurement","ref":"my-app-8731","by":"kader-03",)"
               R"("at":"2024-10-15T09:12:00+09:00",)"
               R"( "set":{"person":{"ref":"my-app-8700"},"date":"2024-10-15","weightGrams":9200,)"
               R"("lengthMillimetres":731,"posture":"lying"}})");
  ASSERT_NE(draft.type, nullptr);
  EXPECT_EQ(draft.type->name, "GrowthMeasurement");
  EXPECT_EQ(draft.op, Op::create);
  EXPECT_EQ(draft.ref, "my-app-8731");
  EXPECT_EQ(draft.by, "kader-03");
  EXPECT_EQ(draft.at, 1'728'951'120'000);
  EXPECT_EQ(draft.zone_minutes, 540);
  EXPECT_EQ(draft.record.id, 0u);
  EXPECT_FALSE(draft.version);
  EXPECT_EQ(draft.unusual, 0u);
  ASSERT_EQ(draft.set.size(), 5u);
  EXPECT_EQ(std::get<RecordReference>(draft.set[0].second).ref, "my-app-8700");
  EXPECT_EQ(std::get<std::int64_t>(draft.set[1].second), 20011);
  EXPECT_EQ(std::get<std::int64_t>(draft.set[2].second), 9200);
  EXPECT_EQ(draft.set[3].first->name, "lengthMillimetres");
  EXPECT_EQ(std::get<std::int64_t>(draft.set[4].second), 0);
}

TEST(IntakeJson, KeysMayStandInAnyOrder) {
  const EventDraft draft =
      accepted(R"( { "set" : {"name":"Siti"} , "ref":"a", "type":"Person" } )");
  EXPECT_EQ(draft.type->name, "Person");
  EXPECT_EQ(draft.set.size(), 1u);
}

TEST(IntakeJson, WhatBoostsReadyParserLetsThroughIsRefused) {
  const std::string growth = R"({"type":"GrowthMeasurement","id":"00000000000000aa","set":{)";
  EXPECT_EQ(refused(growth + R"("weightGrams":9200,"weightGrams":9300}})"),
            "duplicate_key weightGrams");
  EXPECT_EQ(refused(growth + R"("weightGrams":1e400}})"), "not_an_integer weightGrams");
  EXPECT_EQ(refused(growth + R"("weightGrams":18446744073709551616}})"),
            "out_of_range weightGrams");
  EXPECT_EQ(refused(on_person(R"("set":{"name":"a\u0000b"})")), "bad_text name");
}

TEST(IntakeJson, DuplicateKeysAreRefusedAtEveryLevel) {
  EXPECT_EQ(refused(R"({"type":"Person","type":"Person","set":{"name":"a"}})"),
            "duplicate_key type");
  EXPECT_EQ(refused(on_person(R"("set":{"phone":null,"phone":"112"})")), "duplicate_key phone");
  EXPECT_EQ(refused(on_person(R"("set":{"name":"a","\u006eame":"b"})")), "duplicate_key name");
  EXPECT_EQ(refused(on_person(R"("set":{"mother":{"ref":"a","ref":"b"}})")),
            "duplicate_key mother");
}

TEST(IntakeJson, WhatIsNotOneJsonObjectIsRefused) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "{}x",
                           "{} {}",
                           "{\"type\":\"Person\",}",
                           "{'type':1}",
                           "{type:1}",
                           "nul",
                           "{\"type\":\"Person\" /* */}",
                           "\xef\xbb\xbf{}",
                           "{\"a\":01}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":NaN}",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\\udc00\"}",
                           "{\"a\":\"\\ud800\\u0041\"}",
                           "{\"\\ud800\":1}",
                           "{\"a\":1"}) {
    EXPECT_EQ(refused(text), "not_json") << text;
  }
  for (const char* text : {"[]", "1", "\"text\"", "null", "true"}) {
    EXPECT_EQ(refused(text), "wrong_json_type") << text;
  }
  EXPECT_EQ(refused("{}"), "missing_key type");
  EXPECT_EQ(refused(std::string_view("{}\0", 3)), "not_json");
}

TEST(IntakeJson, BadUtf8IsRefusedInValuesAndKeys) {
  EXPECT_EQ(refused(on_person("\"set\":{\"name\":\"\xc3(\"}")), "not_utf8");
  EXPECT_EQ(refused("{\"type\xff\":1}"), "not_utf8");
  EXPECT_EQ(refused("{\"a\":\"\xed\xa0\x80\"}"), "not_utf8");
  EXPECT_EQ(refused("{}\xff"), "not_utf8");
}

TEST(IntakeJson, EscapesAreReadAsWhatTheyMean) {
  const EventDraft draft = accepted(
      R"({"type":"Person","ref":"\u0061\/\"\\","set":{"n\u0061me":"\ud83d\ude42 \u00e9é"}})");
  EXPECT_EQ(draft.ref, "a/\"\\");
  EXPECT_EQ(std::get<std::string>(draft.set.at(0).second), "🙂 éé");
}

TEST(IntakeJson, EscapesInLongTextsSurviveTheParsersOwnBuffer) {
  std::string typed;
  std::string meant;
  for (int i = 0; i < 250; ++i) {
    typed += i % 3 == 0 ? R"(\u0061\"xyz)" : R"(bc\ud83d\ude42)";
    meant += i % 3 == 0 ? "a\"xyz" : "bc🙂";
  }
  const EventDraft draft =
      accepted(R"({"type":"Message","set":{"toFacility":"\u0050KM-1","text":")" + typed +
               R"(","topic":null}})");
  ASSERT_EQ(draft.set.size(), 2u);
  EXPECT_EQ(std::get<std::string>(draft.set[0].second), "PKM-1");
  EXPECT_EQ(std::get<std::string>(draft.set[1].second), meant);
}

TEST(IntakeJson, SizeAndDepthAreBounded) {
  const std::string event = R"({"type":"Person","set":{"name":"a"}})";
  EXPECT_EQ(refused(event + std::string(limits::event_json_bytes_max - event.size(), ' ')),
            "accepted");
  EXPECT_EQ(refused(event + std::string(limits::event_json_bytes_max - event.size() + 1, ' ')),
            "too_long");
  const auto nested = [](std::size_t depth) {  // the event's own object is the first level
    return R"({"settles":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(refused(nested(limits::json_depth_max)), "missing_key type");
  EXPECT_EQ(refused(nested(limits::json_depth_max + 1)), "too_deep");
  EXPECT_EQ(refused(std::string(60'000, '[')), "too_deep");
}

TEST(IntakeJson, UnknownNamesAreRefusedAndRepeatedOnlyIfTheyLookLikeNames) {
  EXPECT_EQ(refused(R"({"type":"Person","extra":1})"), "unknown_key extra");
  EXPECT_EQ(refused(R"({"type":"Person","3201010101010001":1})"), "unknown_key");
  EXPECT_EQ(refused(R"({"type":"Person","nik3201010101010001":1})"), "unknown_key");
  EXPECT_EQ(refused(R"({"type":"Person","set":{"weight":1}})"), "unknown_field weight");
  EXPECT_EQ(refused(R"({"type":"Person","set":{"Siti Aminah":1}})"), "unknown_field");
  EXPECT_EQ(refused(R"({"type":"person"})"), "unknown_type type");
  EXPECT_EQ(refused(R"({"type":3})"), "wrong_json_type type");
  EXPECT_EQ(refused(R"({"type":null})"), "wrong_json_type type");
  EXPECT_EQ(refused(R"({"type":"Person","op":"delete"})"), "unknown_op op");
  EXPECT_EQ(refused(R"({"type":"Node","set":{"name":"a"}})"), "system_type type");
}

TEST(IntakeJson, TheOpIsNewWithoutIdElseSet) {
  EXPECT_EQ(accepted(R"({"type":"Person","set":{"name":"a"}})").op, Op::create);
  EXPECT_EQ(accepted(R"({"type":"Person","op":"new","set":{"name":"a"}})").op, Op::create);
  const EventDraft draft =
      accepted(on_person(R"("set":{"phone":null},"version":"000000000000feed:12+3")"));
  EXPECT_EQ(draft.op, Op::set);
  EXPECT_EQ(draft.record.id, 0xaau);
  EXPECT_TRUE(draft.set.empty());
  EXPECT_EQ(draft.cleared, draft.type->field("phone")->bit());
  EXPECT_EQ(draft.version, (Version{{0xfeed, 12}, 3}));
  EXPECT_EQ(refused(R"({"type":"Person","op":"set","set":{"name":"a"}})"), "missing_key id");
  EXPECT_EQ(refused(on_person(R"("op":"new","set":{"name":"a"})")), "not_allowed_here id");
}

TEST(IntakeJson, ARecordMayBeNamedByTheRefOfAnEarlierEvent) {
  const EventDraft draft = accepted(R"({"type":"Person","id":{"ref":"first"},"set":{"name":"a"}})");
  EXPECT_EQ(draft.op, Op::set);
  EXPECT_EQ(draft.record.id, 0u);
  EXPECT_EQ(draft.record.ref, "first");
}

TEST(IntakeJson, AnEventThatSaysNothingIsRefused) {
  EXPECT_EQ(refused(on_person(R"("set":{})")), "nothing_set set");
  EXPECT_EQ(refused(on_person(R"("by":"kader")")), "nothing_set set");
}

TEST(IntakeJson, ANewRecordNeedsItsRequiredFields) {
  EXPECT_EQ(refused(R"({"type":"Person"})"), "missing_field name");
  EXPECT_EQ(refused(R"({"type":"Person","set":{"phone":"112"}})"), "missing_field name");
  EXPECT_EQ(refused(R"({"type":"Person","set":{"name":null}})"), "missing_field name");
  EXPECT_EQ(refused(R"({"type":"Person","set":{"name":""}})"), "missing_field name");
  EXPECT_EQ(refused(R"({"type":"GrowthMeasurement","set":{"person":"00000000000000aa"}})"),
            "missing_field date");
  EXPECT_EQ(refused(on_person(R"("set":{"phone":"112"})")), "accepted");
}

TEST(IntakeJson, ARetractionSetsNothing) {
  EXPECT_EQ(accepted(on_person(R"("op":"retract")")).op, Op::retract);
  EXPECT_EQ(refused(on_person(R"("op":"retract","set":{})")), "not_allowed_here set");
  EXPECT_EQ(refused(R"({"type":"Person","op":"retract"})"), "missing_key id");
}

TEST(IntakeJson, TwoThatMayBeOneAreLinkedAndUnlinked) {
  const EventDraft link = accepted(on_person(R"("op":"link","other":"00000000000000bb")"));
  EXPECT_EQ(link.op, Op::link);
  EXPECT_EQ(link.record.id, 0xaau);
  EXPECT_EQ(link.other.id, 0xbbu);
  const EventDraft unlink = accepted(on_person(R"("op":"unlink","other":{"ref":"baby"})"));
  EXPECT_EQ(unlink.op, Op::unlink);
  EXPECT_EQ(unlink.other.ref, "baby");
  EXPECT_EQ(refused(on_person(R"("op":"link")")), "missing_key other");
  EXPECT_EQ(refused(on_person(R"("op":"link","other":"00000000000000aa")")),
            "linked_to_itself other");
  EXPECT_EQ(refused(on_person(R"("op":"link","other":"bb")")), "bad_id other");
  EXPECT_EQ(refused(on_person(R"("op":"link","other":"00000000000000bb","set":{"name":"a"})")),
            "not_allowed_here set");
  EXPECT_EQ(refused(on_person(R"("other":"00000000000000bb","set":{"name":"a"})")),
            "not_allowed_here other");
  EXPECT_EQ(
      refused(
          R"({"type":"Message","op":"link","id":"00000000000000aa","other":"00000000000000bb"})"),
      "not_allowed_here op");
}

TEST(IntakeJson, AResolutionNamesTheEventsItSettles) {
  const std::string words = "[\"" + std::string(event_word) + "\"]";
  const EventDraft draft =
      accepted(on_person(R"("op":"resolve","set":{"name":"a"},"settles":)" + words));
  EXPECT_EQ(draft.op, Op::resolve);
  ASSERT_EQ(draft.settles.size(), 1u);
  EXPECT_EQ(format_event_id(draft.settles[0]), event_word);
  EXPECT_TRUE(accepted(on_person(R"("op":"resolve","settles":)" + words)).set.empty());
  EXPECT_EQ(refused(on_person(R"("op":"resolve","set":{"name":"a"})")), "missing_key settles");
  EXPECT_EQ(refused(on_person(R"("op":"resolve","settles":[])")), "missing_key settles");
  EXPECT_EQ(refused(on_person(R"("op":"resolve","settles":["x"])")), "bad_id settles");
  EXPECT_EQ(refused(on_person(R"("op":"resolve","settles":[1])")), "bad_id settles");
  EXPECT_EQ(refused(on_person(R"("op":"resolve","settles":"x")")), "wrong_json_type settles");
  EXPECT_EQ(refused(on_person(R"("set":{"name":"a"},"settles":)" + words)),
            "not_allowed_here settles");
}

TEST(IntakeJson, IdsRefsAuthorsAndVersionsAreCheckedForForm) {
  const auto with = [](std::string_view more) {
    return R"({"type":"Person","set":{"name":"a"},)" + std::string(more) + "}";
  };
  for (const char* id :
       {"\"aa\"", "\"0000000000000000\"", "\"00000000000000AA\"", "{}", "170", "null", "[]"}) {
    EXPECT_EQ(refused(with("\"id\":" + std::string(id))), "bad_id id") << id;
  }
  EXPECT_EQ(refused(with(R"("id":{"id":"00000000000000aa"})")), "unknown_key id");
  EXPECT_EQ(refused(with(R"("ref":"")")), "bad_text ref");
  EXPECT_EQ(refused(with(R"("ref":"a\nb")")), "bad_text ref");
  EXPECT_EQ(refused(with(R"("ref":8731)")), "wrong_json_type ref");
  EXPECT_EQ(refused(with("\"ref\":\"" + std::string(limits::ref_bytes_max, 'r') + "\"")),
            "accepted");
  EXPECT_EQ(refused(with("\"ref\":\"" + std::string(limits::ref_bytes_max + 1, 'r') + "\"")),
            "text_too_long ref");
  EXPECT_EQ(refused(with("\"by\":\"" + std::string(limits::author_bytes_max + 1, 'b') + "\"")),
            "text_too_long by");
  EXPECT_EQ(refused(on_person(R"("set":{"name":"a"},"version":"feed")")), "bad_version version");
  EXPECT_EQ(refused(with(R"("version":"000000000000feed:12+3")")), "not_allowed_here version");
}

TEST(IntakeJson, TheTimeOfAnEventIsSaneAndHasAnOffset) {
  const auto at = [](std::string_view time) {
    return refused(R"({"type":"Person","set":{"name":"a"},"at":")" + std::string(time) + "\"}");
  };
  EXPECT_EQ(at("1900-01-01T00:00:00Z"), "accepted");
  EXPECT_EQ(at("2200-12-31T23:59:59Z"), "accepted");
  EXPECT_EQ(at("1899-12-31T23:59:59Z"), "bad_time at");
  EXPECT_EQ(at("2201-01-01T00:00:00Z"), "bad_time at");
  EXPECT_EQ(at("2024-10-15T09:12:00"), "bad_time at");
  EXPECT_EQ(refused(R"({"type":"Person","set":{"name":"a"},"at":1728951120000})"),
            "wrong_json_type at");
}

}  // namespace
}  // namespace titip
