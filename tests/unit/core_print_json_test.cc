#include "core/print_json.hh"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include <limits>

#include "event_samples.hh"

namespace titip {
namespace {

using samples::opened;

TEST(JsonWriter, PutsCommasBetweenAndNowhereElse) {
  JsonWriter out;
  out.begin_object().key("a").begin_array().number(std::int64_t{-1}).null().boolean(true);
  out.begin_object().end_object().begin_array().end_array().end_array();
  out.key("b").text("x").key("c").begin_object().key("d").boolean(false).end_object().end_object();
  EXPECT_EQ(out.str(), R"({"a":[-1,null,true,{},[]],"b":"x","c":{"d":false}})");
}

TEST(JsonWriter, EscapesWhatJsonWants) {
  JsonWriter out;
  out.text(std::string_view("\"\\/\b\f\n\r\t\x01\x1f\x7f\0 \xc3\xa9", 15));
  EXPECT_EQ(out.str(), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000 \xc3\xa9\"");
}

TEST(JsonWriter, EscapesKeys) {
  JsonWriter out;
  out.begin_object().key("a\"b").null().end_object();
  EXPECT_EQ(out.str(), R"({"a\"b":null})");
}

TEST(JsonWriter, BrokenUtf8StaysJson) {
  JsonWriter out;
  out.text("a\xff");
  EXPECT_EQ(out.str(), "\"a\xef\xbf\xbd\"");
}

TEST(JsonWriter, KeepsAllDigitsOfNumbers) {
  JsonWriter out;
  out.begin_array().number(std::numeric_limits<std::int64_t>::min());
  out.number(std::numeric_limits<std::uint64_t>::max()).end_array();
  EXPECT_EQ(out.str(), "[-9223372036854775808,18446744073709551615]");
}

EventPlace at_an_agent() {
  EventPlace place;
  place.node = 0xa;
  place.facility = "PSY-1";
  place.seq = 7;
  return place;
}

TEST(EventLine, IsTheInputShapePlusItsPlace) {
  const EventReader event = opened(samples::growth_event());
  EXPECT_EQ(event_line(event, Registry::ilp(), at_an_agent(), {}),
            R"({"type":"GrowthMeasurement","id":"1122334455667788","op":"new","ref":"my-app-8731",)"
            R"("by":"kader-03","at":"2024-10-15T09:12:00+09:00",)"
            R"("set":{"person":"99aabbccddeeff01","date":"2024-10-15","weightGrams":9200,)"
            R"("lengthMillimetres":731,"posture":"lying"},)"
            R"("saved":"2024-10-15T09:13:00+09:00",)"
            R"("node":"000000000000000a","facility":"PSY-1","lane":"routine","seq":7})");
}

TEST(EventLine, SaysWhatWasClearedSeenAndWhereItStandsAtAHub) {
  const EventReader event = opened(samples::person_edit_event());
  EventPlace place = at_an_agent();
  place.lane = Lane::urgent;
  place.hub = "000000000000feed";
  place.offset = 4712;
  place.quarantined = "unknown_field";
  EXPECT_EQ(event_line(event, Registry::ilp(), place, {}),
            "{\"type\":\"Person\",\"id\":\"1122334455667788\",\"op\":\"set\",\"by\":\"bidan-1\","
            "\"at\":\"2024-10-15T09:13:00+09:00\",\"set\":{\"name\":\"Yosefina Ma\xc3\xb1u\","
            "\"phone\":null},\"version\":\"000000000000feed:4711+12\","
            "\"node\":\"000000000000000a\",\"facility\":\"PSY-1\",\"lane\":\"urgent\",\"seq\":7,"
            "\"hub\":\"000000000000feed\",\"offset\":4712,\"quarantined\":\"unknown_field\"}");
}

TEST(EventLine, WithholdsWhatIdentifiesAPerson) {
  const EventReader event = opened(samples::person_edit_event());
  const std::string line =
      event_line(event, Registry::ilp(), at_an_agent(), {.identifying = false});
  EXPECT_EQ(line.find("Yosefina"), std::string::npos);
  EXPECT_EQ(line.find("name"), std::string::npos);
  EXPECT_EQ(line.find("phone"), std::string::npos);
  EXPECT_EQ(line.find("\"set\":"), std::string::npos);
  EXPECT_NE(line.find("\"withheld\":2"), std::string::npos);
}

TEST(EventLine, NamesWhatALinkAndAResolveAreAbout) {
  EventDraft draft;
  draft.type = &samples::type("Person");
  draft.op = Op::unlink;
  draft.settles = {{0xb, 255, {1, 2}, Lane::urgent}};
  EventStamp stamp = samples::stamp();
  stamp.other = 5;
  const std::string line =
      event_line(opened(make_event(draft, stamp)), Registry::ilp(), at_an_agent(), {});
  EXPECT_NE(line.find(R"("op":"unlink")"), std::string::npos);
  EXPECT_NE(line.find(R"("other":"0000000000000005","settles":["000000000000000b-1-ff-)"
                      R"(01000000000000000200000000000000"])"),
            std::string::npos);
}

std::string unknown_event(TypeNumber type) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Event>();
  event.setRecord(samples::record_id);
  event.setType(type);
  event.setSetFields(FieldMask{3} << 62 | 1);
  event.getPayload().initAsAnyStruct(1, 0).getDataSection()[0] = 9;
  const auto words = capnp::canonicalize(event.asReader());
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

TEST(EventLine, AnUnknownTypePrintsItsNumberAndCountsItsFields) {
  EXPECT_EQ(event_line(opened(unknown_event(60'000)), Registry::ilp(), at_an_agent(), {}),
            R"({"type":60000,"id":"1122334455667788","op":"new","at":"1970-01-01T00:00:00Z",)"
            R"("unknownFields":3,)"
            R"("node":"000000000000000a","facility":"PSY-1","lane":"routine","seq":7})");
}

TEST(EventLine, UnknownFieldsOfAKnownTypeAreCounted) {
  const std::string line =
      event_line(opened(unknown_event(12)), Registry::ilp(), at_an_agent(), {});
  EXPECT_NE(line.find(R"("set":{"person":"0000000000000009"},"unknownFields":2)"),
            std::string::npos);
}

std::string printed(const FieldRules& field, const FieldValue& value) {
  JsonWriter out;
  print_field(out, field, value);
  return out.take();
}

TEST(PrintField, EachKindHasTheFormThatIntakeReads) {
  EXPECT_EQ(printed(samples::field("Person", "birthDate"), std::int64_t{-1}), "\"1969-12-31\"");
  EXPECT_EQ(printed(samples::field("Person", "sex"), std::int64_t{1}), "\"female\"");
  EXPECT_EQ(printed(samples::field("Person", "birthDateEstimated"), true), "true");
  EXPECT_EQ(printed(samples::field("Node", "enrolledAt"), samples::made_at),
            "\"2024-10-15T00:12:00Z\"");
  EXPECT_EQ(printed(samples::field("HomeVisit", "person"), RecordReference{1, {}}),
            "\"0000000000000001\"");
  EXPECT_EQ(printed(samples::field("HomeVisit", "person"), RecordReference{0, "mine"}),
            R"({"ref":"mine"})");
}

TEST(PrintField, AnEnumerantOfANewerSchemaPrintsAsItsNumber) {
  EXPECT_EQ(printed(samples::field("Person", "sex"), std::int64_t{500}), "500");
}

}  // namespace
}  // namespace titip
