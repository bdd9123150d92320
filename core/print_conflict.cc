#include "core/print_conflict.hh"

#include "core/contested_record.hh"
#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

namespace {

void print_value(JsonWriter& out, const Question& question, const Answer& answer) {
  if (question.field == nullptr) {
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

std::string conflict_line(const ListedRecord& listed, const RecordState& state,
                          const RecordType& type) {
  JsonWriter out;
  out.begin_object().key("type").text(type.name);
  out.key("id").text(format_hex_id(listed.record.id));
  out.key("since").text(format_time({listed.since, 0}));
  out.key("underReview").boolean(listed.what.under_review);
  out.key("fields").begin_array();
  for (const auto& question : contested_questions(state, type)) {
    out.begin_object().key("field").text(question.name());
    out.key("policy").text(
        policy_word(question.field == nullptr ? MergePolicy::review : question.field->merge));
    out.key("underReview").boolean(question.open);
    out.key("values").begin_array();
    for (const auto& answer : question.answers) print_answer(out, question, answer);
    out.end_array().end_object();
  }
  out.end_array().key("version").text(format_version({state.as_of, 0}));
  out.end_object();
  return out.take();
}

}  // namespace titip
