#include <algorithm>

#include "core/contested_record.hh"
#include "core/intake_json.hh"
#include "core/print_conflict.hh"
#include "hub/rehearse.hh"
#include "hub/value_text.hh"

namespace titip {

namespace {

std::string given_text(const FieldRules& field, const RehearsedValue& value, const Words& words) {
  const auto given = value_given(field, *value.write);
  if (!given) return words("(dikosongkan)", "(emptied)");
  if (!field.identifies) return value_text(field, *given, words);
  return words("(nilai ", "(value ") + std::to_string(value.number) +
         words(", tidak ditampilkan)", ", not printed)");
}

std::string shown_text(const RehearsedValue& value, const Words& words) {
  if (value.shown_now && value.shown_then) return words("kini, nanti", "now, then");
  if (value.shown_now) return words("kini", "now");
  return value.shown_then ? words("nanti", "then") : "";
}

// Bytes are not columns: what begins a UTF-8 character is counted.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char each) { return (each & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, columns(text)) + 2, ' ');
  return text;
}

std::string field_text(const RehearsedField& field, const Words& words) {
  const auto policy = [&](const FieldRules& rules, bool under_review) {
    return std::string(policy_word(rules.merge)) +
           (under_review ? words(" (perlu diputuskan)", " (to be decided)") : "");
  };
  std::string text = "  " + words.label(field.now->label, field.now->name) + " (" +
                     field.now->name + "): " + policy(*field.now, field.under_review_now) + " -> " +
                     policy(*field.then, field.under_review_then) + "\n";
  std::size_t shown_width = 0;
  std::size_t given_width = 0;
  for (const auto& value : field.values) {
    shown_width = std::max(shown_width, columns(shown_text(value, words)));
    given_width = std::max(given_width, columns(given_text(*field.now, value, words)));
  }
  for (const auto& value : field.values) {
    text += "    " + padded(std::to_string(value.number), 1) +
            padded(shown_text(value, words), shown_width) +
            padded(given_text(*field.now, value, words), given_width) +
            author_text(*value.write, words) + "\n";
  }
  return text;
}

std::string line(const char* what, std::uint64_t count) {
  return "  " + padded(what, 34) + std::to_string(count) + "\n";
}

}  // namespace

std::string rehearsed_text(const RehearsedRecord& record, const Rehearsal& rehearsal,
                           Language language) {
  const Words words(language);
  const auto& type = rehearsal.type_now(record.record.type);
  std::string text = words.label(type.label, type.name) + " (" + type.name + ") " +
                     format_hex_id(record.record.id);
  if (record.then.under_review != record.now.under_review) {
    text += record.then.under_review ? words(", akan perlu diputuskan", ", would need a decision")
                                     : words(", tak perlu diputuskan lagi", ", nothing to decide");
  }
  text += "\n";
  for (const auto& field : rehearsal.fields_of(record)) text += field_text(field, words);
  return text + "\n";
}

std::string rehearsal_summary_text(const RehearsalCounts& counts, Language language) {
  const Words words(language);
  std::string text =
      line(words("Catatan diperiksa", "Records looked at"), counts.records) +
      line(words("Akan tampil lain", "Would differ"), counts.differing) +
      line(words("Akan perlu diputuskan", "Newly under review"), counts.newly_under_review) +
      line(words("Tidak perlu diputuskan lagi", "No more under review"),
           counts.no_more_under_review);
  if (counts.refused != 0) {
    text += line(words("Kejadian yang akan dikarantina", "Events that would be in quarantine"),
                 counts.refused);
  }
  return text;
}

}  // namespace titip
