#include "core/print_conflict.hh"

#include "core/contested_record.hh"
#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

namespace {

void print_value(JsonWriter& out, const Question& question, const Answer& answer) {
  if (question.about == Question::About::pair) {
    out.boolean(answer.number == answer_same);
    if (answer.one == question.one && answer.other == question.other) return;
    out.key("one").text(format_hex_id(answer.one)).key("other").text(format_hex_id(answer.other));
  } else if (question.field == nullptr) {
    const bool ends = question.about == Question::About::life && answer.number == answer_retract;
    out.boolean(!ends);
  } else if (const auto value = value_given(*question.field, *answer.write)) {
    print_field(out, *question.field, *value);
  } else {
    out.null();
  }
}

void print_answer(JsonWriter& out, const Question& question, const Answer& answer) {
  const Write& write = *answer.write;
  out.begin_object().key("n").number(std::uint64_t{answer.number}).key("value");
  print_value(out, question, answer);
  out.key("by").text(write.by).key("facility").text(write.facility);
  print_making(out, write);
  out.key("shown").boolean(answer.shown);
  out.end_object();
}

void begin_line(JsonWriter& out, const RecordKey& record, TimeMs since, const RecordType& type) {
  out.begin_object().key("type").text(type.name);
  out.key("id").text(format_hex_id(record.id));
  out.key("since").text(format_time({since, 0}));
}

}  // namespace

std::string_view confidence_word(Confidence confidence) {
  switch (confidence) {
    case Confidence::anchored: return "anchored";
    case Confidence::wall: return "wall";
    case Confidence::clamped: return "clamped";
  }
  return "";
}

void print_making(JsonWriter& out, const Write& write) {
  out.key("node").text(format_hex_id(write.origin));
  out.key("at").text(format_time({write.at, write.zone_minutes}));
  out.key("correctedAt").text(format_time({write.order.corrected_time, write.zone_minutes}));
  out.key("confidence").text(confidence_word(write.order.confidence));
  out.key("event").text(format_event_id(write.id));
}

std::string_view policy_word(MergePolicy policy) {
  switch (policy) {
    case MergePolicy::later: return "later";
    case MergePolicy::authority: return "authority";
    case MergePolicy::max: return "max";
    case MergePolicy::min: return "min";
    case MergePolicy::review: return "review";
  }
  return "";
}

std::string conflict_line(const ListedRecord& listed, const United& whole, const RecordType& type) {
  const auto questions = contested_questions(whole, type);
  if (questions.empty()) return {};
  JsonWriter out;
  begin_line(out, listed.record, listed.since, type);
  out.key("underReview").boolean(listed.what.under_review);
  out.key("fields").begin_array();
  for (const auto& question : questions) {
    out.begin_object().key("field").text(question.name());
    if (question.about == Question::About::pair) {
      out.key("one").text(format_hex_id(question.one));
      out.key("other").text(format_hex_id(question.other));
      if (!question.way.empty()) {
        out.key("through").begin_array();
        for (const auto id : question.way) out.text(format_hex_id(id));
        out.end_array();
      }
    }
    out.key("policy").text(
        policy_word(question.field == nullptr ? MergePolicy::review : question.field->merge));
    out.key("underReview").boolean(question.open);
    out.key("values").begin_array();
    for (const auto& answer : question.answers) print_answer(out, question, answer);
    out.end_array().end_object();
  }
  out.end_array().key("version").text(format_version({whole.state.as_of, 0}));
  out.end_object();
  return out.take();
}

std::string alike_line(const AlikePair& pair, const Position& as_of, const RecordType& type) {
  JsonWriter out;
  begin_line(out, pair.record, pair.since, type);
  out.key("underReview").boolean(true);
  out.key("alike").begin_object().key("other").text(format_hex_id(pair.other));
  out.key("by").begin_array();
  for (std::size_t list = 0; list < type.alike_keys.size(); ++list) {
    if ((pair.by >> list & 1) == 0) continue;
    out.begin_array();
    for (const auto index : type.alike_keys[list]) out.text(type.fields[index].name);
    out.end_array();
  }
  out.end_array().end_object();
  out.key("fields").begin_array().end_array();
  out.key("version").text(format_version({as_of, 0}));
  out.end_object();
  return out.take();
}

}  // namespace titip
