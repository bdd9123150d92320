#include "core/print_rehearsal.hh"

#include <variant>

#include "core/contested_record.hh"
#include "core/intake_json.hh"
#include "core/print_conflict.hh"
#include "core/print_json.hh"
#include "core/text_check.hh"

namespace titip {

namespace {

void print_given(JsonWriter& out, const FieldRules& field, const Write& write) {
  auto value = value_given(field, write);
  if (!value) {
    out.key("value").null();
  } else if (field.identifies) {
    out.key("withheld").boolean(true);
  } else {
    if (auto* text = std::get_if<std::string>(&*value)) *text = with_nik_digits_masked(*text);
    out.key("value");
    print_field(out, field, *value);
  }
}

void print_value(JsonWriter& out, const FieldRules& field, const RehearsedValue& value) {
  const Write& write = *value.write;
  out.begin_object().key("n").number(std::uint64_t{value.number});
  print_given(out, field, write);
  out.key("by").text(with_nik_digits_masked(write.by));
  out.key("facility").text(with_nik_digits_masked(write.facility));
  print_making(out, write);
  out.key("shownNow").boolean(value.shown_now);
  out.key("shownThen").boolean(value.shown_then);
  out.end_object();
}

}  // namespace

std::string rehearsed_line(const RehearsedRecord& record, const Rehearsal& rehearsal) {
  JsonWriter out;
  out.begin_object().key("type").text(rehearsal.type_now(record.record.type).name);
  out.key("id").text(format_hex_id(record.record.id));
  out.key("underReviewNow").boolean(record.now.under_review);
  out.key("underReviewThen").boolean(record.then.under_review);
  out.key("fields").begin_array();
  for (const auto& field : rehearsal.fields_of(record)) {
    out.begin_object().key("field").text(field.now->name);
    out.key("policyNow").text(policy_word(field.now->merge));
    out.key("policyThen").text(policy_word(field.then->merge));
    out.key("underReviewNow").boolean(field.under_review_now);
    out.key("underReviewThen").boolean(field.under_review_then);
    out.key("values").begin_array();
    for (const auto& value : field.values) print_value(out, *field.now, value);
    out.end_array().end_object();
  }
  out.end_array().key("version").text(format_version({record.now.as_of, 0}));
  out.end_object();
  return out.take();
}

std::string rehearsal_summary_line(const RehearsalCounts& counts) {
  JsonWriter out;
  out.begin_object().key("summary").begin_object();
  out.key("records").number(counts.records);
  out.key("differing").number(counts.differing);
  out.key("newlyUnderReview").number(counts.newly_under_review);
  out.key("noMoreUnderReview").number(counts.no_more_under_review);
  out.key("refused").number(counts.refused);
  out.end_object().end_object();
  return out.take();
}

}  // namespace titip
