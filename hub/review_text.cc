#include "hub/review_text.hh"

#include <algorithm>

#include "core/contested_record.hh"
#include "core/intake_json.hh"
#include "hub/value_text.hh"

namespace titip {

namespace {

RecordState state_of(const ReadTxn& txn, const RecordKey& record) {
  const auto value = txn.get(Table::records, Key().u16(record.type).u64(record.id));
  return value ? decode_record_state(*value) : RecordState{};
}

// What tells a record from others of its type: the fields that none may lack. Of a record that it
// refers to likewise.
std::string description(const ReadTxn& txn, const RecordType& type, const RecordState& state,
                        const Words& words, bool follow = true) {
  std::string text;
  for (const auto& field : type.fields) {
    if (!field.required) continue;
    const auto shown = shown_field(state, field);
    if (!shown || shown->cleared) continue;
    const auto value = value_given(field, *shown->from).value();
    auto part = value_text(field, value, words);
    if (const auto* reference = std::get_if<RecordReference>(&value); reference != nullptr) {
      const auto* named = follow ? Registry::ilp().find(field.refers_to) : nullptr;
      if (named == nullptr) continue;
      const auto other = state_of(txn, {named->number, reference->id});
      if (!other.writes.empty()) part = description(txn, *named, other, words, false);
    }
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

// What a write says of the record's fields, where the question is about the record itself.
std::string contents_text(const RecordType& type, const Write& write, const Words& words) {
  std::string text;
  for (const auto& field : type.fields) {
    if ((write.fields & field.bit()) == 0) continue;
    const auto value = value_given(field, write);
    text += (text.empty() ? "" : ", ") + words.label(field.label, field.name) + ": " +
            (value ? value_text(field, *value, words) : words("(dikosongkan)", "(emptied)"));
  }
  return text;
}

std::string answer_text(const Question& question, const Answer& answer, const Words& words) {
  if (question.about == Question::About::making) return words("dibuat", "made");
  if (question.about == Question::About::life) {
    return answer.number == answer_retract
               ? words("dibatalkan: hilangkan catatan ini", "retracted: take this record away")
               : words("dipakai: biarkan catatan ini", "in use: keep this record");
  }
  const auto value = value_given(*question.field, *answer.write);
  return value ? value_text(*question.field, *value, words) : words("(dikosongkan)", "(emptied)");
}

std::string question_title(const Question& question, const Words& words) {
  switch (question.about) {
    case Question::About::life:
      return words("Dibatalkan di satu tempat, dipakai di tempat lain (alive)",
                   "Retracted in one place, used in another (alive)");
    case Question::About::making:
      return words("Dibuat lebih dari sekali; ambil yang mana? (alive)",
                   "Made more than once; which one to take? (alive)");
    case Question::About::field: break;
  }
  return words.label(question.field->label, question.field->name) + " (" + question.field->name +
         ")";
}

std::string question_text(const Question& question, const RecordType& type, const Words& words) {
  std::string text = "  " + question_title(question, words);
  if (!question.open) text += words(", dipilih oleh aturan", ", chosen by rule");
  text += "\n";
  std::size_t printed = 0;
  for (const auto& answer : question.answers) {
    if (answer.number != printed) {
      printed = answer.number;
      text += "    " + std::to_string(printed) + "  " + answer_text(question, answer, words) +
              (answer.shown ? words("  <- yang tampil sekarang", "  <- shown now") : "") + "\n";
    }
    text += "         " + author_text(*answer.write, words) + "\n";
    if (question.field != nullptr) continue;
    const auto contents = contents_text(type, *answer.write, words);
    if (!contents.empty()) text += "           " + contents + "\n";
  }
  return text;
}

// Of what is open; of all where nothing is.
std::string command_text(const std::vector<Question>& questions, const ListedRecord& listed,
                         const RecordState& state) {
  std::vector<const Question*> asked;
  for (const auto& each : questions) {
    if (each.open || !listed.what.under_review) asked.push_back(&each);
  }
  std::string text = "titip-hub resolve " + format_hex_id(listed.record.id);
  for (const auto* each : asked) {
    text += " --take " + (asked.size() > 1 ? std::string(each->name()) + ":N" : std::string("N"));
  }
  return text + " --seen " + format_version({state.as_of, 0});
}

}  // namespace

std::string conflict_text(const ReadTxn& txn, const ListedRecord& listed, std::int16_t zone_minutes,
                          Language language) {
  const Words words(language);
  const auto* type = Registry::ilp().find(listed.record.type);
  if (type == nullptr) return {};
  const auto state = state_of(txn, listed.record);
  const auto questions = contested_questions(state, *type);
  std::string text = words.label(type->label, type->name) + " (" + type->name + ") " +
                     format_hex_id(listed.record.id);
  if (const auto what = description(txn, *type, state, words); !what.empty()) text += ": " + what;
  text += words("\n  Bertentangan sejak ", "\n  In conflict since ") +
          format_time({listed.since, zone_minutes});
  text += listed.what.under_review ? words(", perlu diputuskan\n", ", to be decided\n")
                                   : words(", dipilih oleh aturan\n", ", chosen by rule\n");
  for (const auto& question : questions) text += question_text(question, *type, words);
  return text + "  " + words("Putuskan: ", "Decide: ") + command_text(questions, listed, state) +
         "\n\n";
}

std::string conflicts_total(std::uint64_t open, std::size_t printed, Language language) {
  const Words words(language);
  if (open == 0) {
    return words("Tidak ada yang perlu diputuskan.\n", "Nothing needs to be decided.\n");
  }
  return std::to_string(open) +
         words(" catatan perlu diputuskan",
               open == 1 ? " record needs to be decided" : " records need to be decided") +
         (printed < open ? words("; tertulis ", "; listed: ") + std::to_string(printed) : "") +
         ".\n";
}

std::string settled_text(const Settled& settled, Language language) {
  const Words words(language);
  std::string text = words("Diputuskan: ", "Settled: ") + format_hex_id(settled.record.id);
  if (!settled.alive) text += words(" dibatalkan", " is retracted");
  text += ".";
  if (settled.under_review) {
    text += words(" Masih ada yang lain untuk diputuskan padanya, versi ",
                  " More of it is still to be decided, version ") +
            format_version(settled.version) + ".";
  }
  return text;
}

}  // namespace titip
