#include "hub/review_text.hh"

#include <algorithm>
#include <utility>

#include "core/contested_record.hh"
#include "core/intake_json.hh"
#include "core/united.hh"

namespace titip {

namespace {

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
  if (question.about == Question::About::pair) {
    return answer.number == answer_same ? words("satu", "one") : words("dua", "two");
  }
  if (question.about == Question::About::making) return words("dibuat", "made");
  if (question.about == Question::About::life) {
    return answer.number == answer_retract
               ? words("dibatalkan: hilangkan catatan ini", "retracted: take this record away")
               : words("dipakai: biarkan catatan ini", "in use: keep this record");
  }
  const auto value = value_given(*question.field, *answer.write);
  return value ? value_text(*question.field, *value, words) : words("(dikosongkan)", "(emptied)");
}

std::string pair_title(const Question& question, const Words& words) {
  auto text = words("Satu atau dua? (same) ", "One and the same, or two? (same) ") +
              format_hex_id(question.one) + ", " + format_hex_id(question.other);
  if (question.way.empty()) return text;
  text += words("; ada yang bilang dua, namun tersambung lewat",
                "; said to be two, and yet joined through");
  for (const auto id : question.way) text += " " + format_hex_id(id);
  return text;
}

std::string question_title(const Question& question, const Words& words) {
  switch (question.about) {
    case Question::About::life:
      return words("Dibatalkan di satu tempat, dipakai di tempat lain (alive)",
                   "Retracted in one place, used in another (alive)");
    case Question::About::making:
      return words("Dibuat lebih dari sekali; ambil yang mana? (alive)",
                   "Made more than once; which one to take? (alive)");
    case Question::About::pair: return pair_title(question, words);
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
    text += "         " + author_text(*answer.write, words);
    if (answer.one != question.one || answer.other != question.other) {
      text += ": " + format_hex_id(answer.one) + ", " + format_hex_id(answer.other);
    }
    text += "\n";
    if (question.field != nullptr) continue;
    const auto contents = contents_text(type, *answer.write, words);
    if (!contents.empty()) text += "           " + contents + "\n";
  }
  return text;
}

std::string pair_command(RecordId one, RecordId other, std::string_view says,
                         const RecordState& state) {
  return "titip-hub resolve " + format_hex_id(one) + " " + std::string(says) + " " +
         format_hex_id(other) + " --seen " + format_version({state.as_of, 0});
}

// That they are one, or two. If others join them it is one of those steps that must be parted.
std::string pair_commands(const Question& question, const RecordState& state, const Words& words) {
  const std::string otherwise = words("\n      atau: ", "\n      or: ");
  auto text = pair_command(question.one, question.other, "--same", state);
  const bool linked = std::ranges::any_of(question.answers, [&](const Answer& answer) {
    return answer.number == answer_same && answer.other == question.other &&
           answer.one == question.one;
  });
  if (question.way.empty() || linked) {
    text += otherwise + pair_command(question.one, question.other, "--apart", state);
  }
  auto last = question.one;
  for (const auto next : question.way) {
    text += otherwise + pair_command(std::exchange(last, next), next, "--apart", state);
  }
  if (!question.way.empty()) {
    text += otherwise + pair_command(last, question.other, "--apart", state);
  }
  return text;
}

// Of what is open; of all where nothing is.
std::string command_text(const std::vector<Question>& questions, const ListedRecord& listed,
                         const RecordState& state, const Words& words) {
  std::vector<const Question*> asked;
  std::string of_pairs;
  for (const auto& each : questions) {
    if (each.about == Question::About::pair) {
      of_pairs += (of_pairs.empty() ? "" : words("\n      dan: ", "\n     and: ")) +
                  pair_commands(each, state, words);
    } else if (each.open || !listed.what.under_review) {
      asked.push_back(&each);
    }
  }
  if (asked.empty()) return of_pairs;
  std::string text = "titip-hub resolve " + format_hex_id(listed.record.id);
  for (const auto* each : asked) {
    text += " --take " + (asked.size() > 1 || !of_pairs.empty() ? std::string(each->name()) + ":N"
                                                                : std::string("N"));
  }
  text += " --seen " + format_version({state.as_of, 0});
  return text + (of_pairs.empty() ? "" : words("\n      dan: ", "\n     and: ") + of_pairs);
}

}  // namespace

// What tells a record from others of its type: the fields that none may lack. Of a record that it
// refers to likewise.
std::string record_description(const ReadTxn& txn, const RecordType& type, const RecordState& state,
                               const Words& words, bool follow) {
  std::string text;
  for (const auto& field : type.fields) {
    if (!field.required) continue;
    const auto value = shown_value(state, field);
    if (!value) continue;
    auto part = value_text(field, *value, words);
    if (const auto* reference = std::get_if<RecordReference>(&*value); reference != nullptr) {
      const auto* named = follow ? Registry::ilp().find(field.refers_to) : nullptr;
      if (named == nullptr) continue;
      const auto other = united(txn, {named->number, reference->id}, *named).state;
      if (!other.writes.empty()) part = record_description(txn, *named, other, words, false);
    }
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string conflict_text(const ReadTxn& txn, const ListedRecord& listed, std::int16_t zone_minutes,
                          Language language) {
  const Words words(language);
  const auto* type = Registry::ilp().find(listed.record.type);
  if (type == nullptr) return {};
  const auto whole = united(txn, listed.record, *type);
  const auto& state = whole.state;
  const auto questions = contested_questions(whole, *type);
  if (questions.empty()) return {};  // it is asked about with another
  std::string text = words.label(type->label, type->name) + " (" + type->name + ") " +
                     format_hex_id(listed.record.id);
  if (const auto what = record_description(txn, *type, state, words); !what.empty())
    text += ": " + what;
  text += words("\n  Bertentangan sejak ", "\n  In conflict since ") +
          format_time({listed.since, zone_minutes});
  text += listed.what.under_review ? words(", perlu diputuskan\n", ", to be decided\n")
                                   : words(", dipilih oleh aturan\n", ", chosen by rule\n");
  for (const auto& question : questions) text += question_text(question, *type, words);
  return text + "  " + words("Putuskan: ", "Decide: ") +
         command_text(questions, listed, state, words) + "\n\n";
}

std::string alike_text(const ReadTxn& txn, const AlikePair& pair, std::int16_t zone_minutes,
                       Language language) {
  const Words words(language);
  const auto* type = Registry::ilp().find(pair.record.type);
  if (type == nullptr) return {};
  const auto one = united(txn, pair.record, *type).state;
  const RecordKey other_record{pair.record.type, pair.other};
  const auto other = united(txn, other_record, *type).state;
  std::string by;
  for (std::size_t list = 0; list < type->alike_keys.size(); ++list) {
    if ((pair.by >> list & 1) == 0) continue;
    for (const auto index : type->alike_keys[list]) {
      const auto& field = type->fields[index];
      by += (by.empty() ? "" : ", ") + words.label(field.label, field.name);
    }
  }
  Question question;
  question.one = pair.record.id;
  question.other = pair.other;
  const auto line = [&](const RecordKey& record, const RecordState& state) {
    return "    " + format_hex_id(record.id) + ": " + record_description(txn, *type, state, words) +
           "\n         " + author_text(state.writes.front(), words) + "\n";
  };
  return words.label(type->label, type->name) + " (" + type->name + ")" +
         words(": mungkin satu yang sama sejak ", ": may be one and the same since ") +
         format_time({pair.since, zone_minutes}) + words(", karena sama: ", ", being equal in: ") +
         by + "\n" + line(pair.record, one) + line(other_record, other) + "  " +
         words("Putuskan: ", "Decide: ") + pair_commands(question, one, words) + "\n\n";
}

std::string conflicts_total(std::uint64_t open, std::uint64_t alike, std::size_t printed,
                            Language language) {
  const Words words(language);
  if (alike > 0) {
    const auto pairs = std::to_string(alike) +
                       words(" pasang catatan mungkin satu yang sama",
                             alike == 1 ? " pair of records may be one" : " pairs may be one");
    return (open == 0 ? "" : conflicts_total(open, 0, printed, language)) + pairs + ".\n";
  }
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
  if (settled.op == Op::link) text += words(" dan yang lain adalah satu", " and the other are one");
  if (settled.op == Op::unlink)
    text += words(" dan yang lain adalah dua", " and the other are two");
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
