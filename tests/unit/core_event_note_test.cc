#include <gtest/gtest.h>

#include "core/batch_codec.hh"
#include "core/batch_wire.hh"
#include "core/intake_json.hh"
#include "core/limits.hh"
#include "core/print_json.hh"
#include "event_samples.hh"

namespace titip {
namespace {

EventDraft with_note(std::string note) {
  auto draft = samples::person_edit();
  draft.note = std::move(note);
  return draft;
}

TEST(EventNote, IsReadKeptAndPrinted) {
  const auto draft = parse_event(R"({"type":"Person","id":"1122334455667788","set":{"sex":"male"},)"
                                 R"("note":"menurut akta"})",
                                 Registry::ilp())
                         .value();
  EXPECT_EQ(draft.note, "menurut akta");
  const auto event = samples::opened(make_event(draft, samples::stamp()));
  EXPECT_EQ(std::string(event.get().getNote().cStr()), "menurut akta");
  EXPECT_NE(event_line(event, Registry::ilp(), {}, {}).find(R"("note":"menurut akta")"),
            std::string::npos);
  EXPECT_EQ(event_line(event, Registry::ilp(), {}, {.identifying = false}).find("akta"),
            std::string::npos)
      << "it may name a person";
}

TEST(EventNote, IsBounded) {
  const auto line = [](std::size_t bytes) {
    return R"({"type":"Person","id":"1122334455667788","set":{"sex":"male"},"note":")" +
           std::string(bytes, 'x') + "\"}";
  };
  EXPECT_TRUE(parse_event(line(limits::note_bytes_max), Registry::ilp()).ok());
  const auto refused = parse_event(line(limits::note_bytes_max + 1), Registry::ilp());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.refusal().code, Code::text_too_long);
  EXPECT_EQ(refused.refusal().field, "note");
  // The same of an event that comes from elsewhere.
  EXPECT_TRUE(EventReader::open(
      make_event(with_note(std::string(limits::note_bytes_max, 'x')), samples::stamp())));
  EXPECT_FALSE(EventReader::open(
      make_event(with_note(std::string(limits::note_bytes_max + 1, 'x')), samples::stamp())));
}

TEST(EventNote, TravelsUnchangedInABatch) {
  const auto noted = make_event(with_note("menurut akta"), samples::stamp());
  WireEvent wire;
  EXPECT_FALSE(parse_event_bytes(noted, wire)) << "it goes raw";
  const std::vector<BatchEvent> events{
      {samples::person_edit_event(), {}}, {noted, {}}, {samples::growth_event(), {}}};
  for (const Effort effort : {Effort::smallest, Effort::fast}) {
    const auto back = decode_batch(encode_batch(events, effort));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, events);
  }
}

TEST(EventNote, NamesADraftOnlyWhereThereIsOne) {
  EXPECT_NE(draft_content(with_note("a")), draft_content(with_note("b")));
  EXPECT_NE(draft_content(with_note("a")), draft_content(samples::person_edit()));
  EXPECT_EQ(draft_content(with_note({})), draft_content(samples::person_edit()));
}

}  // namespace
}  // namespace titip
