#include "core/contested_record.hh"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/payload.hh"
#include "core/record_frontier.hh"
#include "core/review_list.hh"

namespace titip {

namespace {

std::vector<const Write*> by_time(const RecordState& state, const auto& belongs) {
  std::vector<const Write*> writes;
  for (const Write& write : state.writes) {
    if (belongs(write)) writes.push_back(&write);
  }
  std::sort(writes.begin(), writes.end(), [](const Write* one, const Write* other) {
    return std::tie(one->order.corrected_time, one->id) <
           std::tie(other->order.corrected_time, other->id);
  });
  return writes;
}

void sort_by_number(Question& question) {
  std::stable_sort(
      question.answers.begin(), question.answers.end(),
      [](const Answer& one, const Answer& other) { return one.number < other.number; });
}

Question about_field(const RecordState& state, const FieldRules& field) {
  Question question;
  question.field = &field;
  question.open = field.merge == MergePolicy::review;
  const auto shown = shown_field(state, field);
  for (const Write* write :
       by_time(state, [&](const Write& each) { return (each.live & field.bit()) != 0; })) {
    const auto same = std::find_if(
        question.answers.begin(), question.answers.end(),
        [&](const Answer& answer) { return same_value(field, *answer.write, *write); });
    const auto number =
        same == question.answers.end() ? ++question.choices : std::size_t{same->number};
    question.answers.push_back({number, write, same_value(field, *shown->from, *write), 0, 0});
  }
  sort_by_number(question);
  return question;
}

Question about_life(const RecordState& state) {
  Question question;
  question.open = true;
  const bool ended = std::any_of(state.writes.begin(), state.writes.end(), [&](const Write& write) {
    return write.alive_live && alive_says(state, write) == AliveSays::ended;
  });
  question.about = ended ? Question::About::life : Question::About::making;
  if (!ended) {
    for (const Write* write :
         by_time(state, [](const Write& each) { return each.op == Op::create; })) {
      if (write->alive_live) question.answers.push_back({++question.choices, write, false, 0, 0});
    }
    return question;
  }
  question.choices = answer_retract;
  const bool alive = shown_alive(state);
  for (const Write* write :
       by_time(state, [](const Write& each) { return each.alive_live && !each.of_pair(); })) {
    const bool ends = alive_says(state, *write) == AliveSays::ended;
    question.answers.push_back({ends ? answer_retract : answer_keep, write, ends != alive, 0, 0});
  }
  sort_by_number(question);
  return question;
}

Question about_pair(const OpenPair& pair) {
  Question question;
  question.about = Question::About::pair;
  question.open = true;
  question.one = pair.one;
  question.other = pair.other;
  question.way = pair.way;
  question.choices = answer_apart;
  for (const auto& [one, other, write] : pair.words) {
    const bool same = write.op == Op::link;
    question.answers.push_back(
        {same ? answer_same : answer_apart, &write, same == pair.same, one, other});
  }
  std::ranges::stable_sort(question.answers, {}, [](const Answer& answer) {
    return std::pair(answer.number, answer.write->order.corrected_time);
  });
  return question;
}

std::vector<Question> questions_of(const RecordState& state, const RecordType& type,
                                   const Contested& what) {
  std::vector<Question> questions;
  for (const FieldRules& field : type.fields) {
    if ((what.fields & field.bit()) != 0) questions.push_back(about_field(state, field));
  }
  if (what.alive) questions.push_back(about_life(state));
  return questions;
}

}  // namespace

std::vector<Question> contested_questions(const RecordState& state, const RecordType& type) {
  return questions_of(state, type, contested(state, type));
}

std::vector<Question> contested_questions(const United& whole, const RecordType& type) {
  auto questions = questions_of(whole.state, type, contested(whole, type));
  for (const auto& pair : whole.open_pairs) {
    if (std::ranges::count(whole.members, pair.one) > 0) questions.push_back(about_pair(pair));
  }
  return questions;
}

std::optional<FieldValue> value_given(const FieldRules& field, const Write& write) {
  if ((write.cleared & field.bit()) != 0) return std::nullopt;
  const PayloadView payload(write.payload);
  return read_field(field, payload.get());
}

}  // namespace titip
