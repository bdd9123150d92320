#include <capnp/message.h>
#include <gtest/gtest.h>

#include "core/print_json.hh"
#include "event_samples.hh"

namespace titip {
namespace {

Write write_of_draft(const EventDraft& draft, const EventStamp& stamp, Seq seq) {
  const EventReader event = samples::opened(make_event(draft, stamp));
  const auto words = event.payload().canonicalize();
  const auto bytes = words.asBytes();
  Write write;
  write.id = {0xa, seq, {seq, 0}, Lane::routine};
  write.live = event.get().getSetFields() | event.get().getClearedFields();
  write.cleared = event.get().getClearedFields();
  write.op = event.op();
  write.alive_live = write.op == Op::create;
  write.order = {samples::made_at + static_cast<TimeMs>(seq), Confidence::anchored, 1};
  write.by = draft.by;
  write.facility = "PSY-1";
  write.at = samples::made_at;
  write.zone_minutes = 540;
  write.payload.assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  return write;
}

RecordState growth_state() {
  RecordState state;
  state.as_of = {0xfeed, 9};
  state.writes.push_back(write_of_draft(samples::growth(), samples::growth_stamp(), 1));
  return state;
}

const RecordKey growth_key{12, samples::record_id};

RecordPrint known_print() {
  return {.version = {{0xfeed, 9}, 3}, .waiting = true, .from_elsewhere = false, .receipt = {}};
}

TEST(RecordLine, SaysWhatIsShownAndHowFarItHasCome) {
  EXPECT_EQ(record_line(growth_key, growth_state(), &samples::type("GrowthMeasurement"),
                        known_print(), {}),
            R"({"type":"GrowthMeasurement","id":"1122334455667788",)"
            R"("set":{"person":"99aabbccddeeff01","date":"2024-10-15","weightGrams":9200,)"
            R"("lengthMillimetres":731,"posture":"lying"},"alive":true,"underReview":false,)"
            R"("version":"000000000000feed:9+3","waiting":true,"fromElsewhere":false})");
}

TEST(RecordLine, AContestedFieldShowsEveryValueAndItsAuthor) {
  RecordState state = growth_state();
  EventDraft heavier;
  heavier.type = &samples::type("GrowthMeasurement");
  heavier.op = Op::set;
  heavier.by = "bidan-1";
  heavier.set = {{&samples::field("GrowthMeasurement", "weightGrams"), std::int64_t{20'000}}};
  state.writes.push_back(write_of_draft(heavier, samples::stamp(), 2));
  state.under_review = true;
  const std::string line = record_line(growth_key, state, heavier.type, known_print(), {});
  EXPECT_NE(line.find(R"("weightGrams":20000,)"), std::string::npos) << line;
  EXPECT_NE(
      line.find(
          R"("underReview":true,"conflicts":{"weightGrams":[{"value":9200,"by":"kader-03",)"
          R"("facility":"PSY-1","at":"2024-10-15T09:12:00+09:00",)"
          R"("event":"000000000000000a-0-1-01000000000000000000000000000000"},)"
          R"({"value":20000,"by":"bidan-1","facility":"PSY-1","at":"2024-10-15T09:12:00+09:00",)"
          R"("event":"000000000000000a-0-2-02000000000000000000000000000000"}]},)"
          R"("unusual":["weightGrams"],)"),
      std::string::npos)
      << line;
}

TEST(RecordLine, OriginsSayOfEachShownFieldWhoWroteWhatIsShownAndWhatWaits) {
  RecordState state = growth_state();
  EventDraft heavier;
  heavier.type = &samples::type("GrowthMeasurement");
  heavier.op = Op::set;
  heavier.by = "bidan-1";
  heavier.set = {{&samples::field("GrowthMeasurement", "weightGrams"), std::int64_t{9300}}};
  heavier.cleared = samples::field("GrowthMeasurement", "posture").bit();
  state.writes.push_back(write_of_draft(heavier, samples::stamp(), 2));
  state.writes[0].live &= ~state.writes[1].live;
  RecordPrint print = known_print();
  EXPECT_EQ(record_line(growth_key, state, heavier.type, print, {}).find("origins"),
            std::string::npos)
      << "only where asked for";
  print.origins = true;
  print.unsent = {&state.writes[1]};
  const std::string kader =
      R"({"by":"kader-03","facility":"PSY-1","at":"2024-10-15T09:12:00+09:00"})";
  const std::string line = record_line(growth_key, state, heavier.type, print, {});
  EXPECT_NE(line.find(R"("origins":{"person":)" + kader + R"(,"date":)" + kader +
                      R"(,"weightGrams":{"by":"bidan-1","facility":"PSY-1",)"
                      R"("at":"2024-10-15T09:12:00+09:00","waiting":true},)"
                      R"("lengthMillimetres":)" +
                      kader + R"(},"version")"),
            std::string::npos)
      << line;
}

TEST(RecordLine, WithholdsWhatIdentifiesAPersonAlsoAmongConflicts) {
  EventDraft other = samples::person_edit();
  other.set[0].second = std::string("Yosefina Magai");
  other.cleared = 0;
  RecordState state;
  state.writes = {write_of_draft(samples::person_edit(), samples::person_edit_stamp(), 1),
                  write_of_draft(other, samples::person_edit_stamp(), 2)};
  auto print = known_print();
  print.origins = true;
  const std::string line = record_line({3, samples::record_id}, state, &samples::type("Person"),
                                       print, {.identifying = false});
  EXPECT_NE(line.find(R"("origins":{})"), std::string::npos) << line;
  EXPECT_EQ(line.find("Yosefina"), std::string::npos);
  EXPECT_EQ(line.find("conflicts"), std::string::npos);
  EXPECT_NE(line.find(R"("set":{},"withheld":2,)"), std::string::npos) << line;
}

TEST(RecordLine, AClearedFieldIsNotShown) {
  RecordState state;
  state.writes = {write_of_draft(samples::person_edit(), samples::person_edit_stamp(), 1)};
  const std::string line =
      record_line({3, samples::record_id}, state, &samples::type("Person"), {}, {});
  EXPECT_NE(line.find("\"set\":{\"name\":\"Yosefina Ma\xc3\xb1u\"},"), std::string::npos) << line;
}

TEST(RecordLine, ARecordOfAnUnknownTypeHasItsNumberAndNoFields) {
  const std::string line = record_line({60'000, 5}, growth_state(), nullptr, known_print(), {});
  EXPECT_EQ(line, R"({"type":60000,"id":"0000000000000005","alive":true,"underReview":false,)"
                  R"("version":"000000000000feed:9+3","waiting":true,"fromElsewhere":false})");
}

}  // namespace
}  // namespace titip
