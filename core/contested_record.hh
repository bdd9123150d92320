#pragma once

// What stands against what in a record, as a person is asked about it: questions, each with
// numbered answers. The numbers are the same whoever asks, as long as the record's version is.

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/united.hh"

namespace titip {

// How the question whether a record lives is called where fields are named. No field has these
// names.
inline constexpr std::string_view alive_name = "alive";
inline constexpr std::string_view same_name = "same";  // whether a pair is one

struct Answer {
  std::size_t number = 0;        // from 1; equal values share one
  const Write* write = nullptr;  // who said so; into the state
  bool shown = false;            // it is what is shown now
  RecordId one = 0;              // of About::pair: the pair that it speaks of
  RecordId other = 0;
};

struct Question {
  enum class About : std::uint8_t {
    field,
    life,    // was it retracted (2), or is it in use (1)?
    making,  // it was made several times: an answer is one of the creations
    pair,    // is it one with `other` (1), or are they two (2)?
  };
  About about = About::field;
  const FieldRules* field = nullptr;  // of About::field
  RecordId one = 0;                   // of About::pair
  RecordId other = 0;
  std::vector<RecordId> way;    // by which others the two are joined (core/open_pairs.hh)
  bool open = false;            // under review; else policy has chosen
  std::size_t choices = 0;      // numbers go up to it
  std::vector<Answer> answers;  // by number; those of one number by time

  std::string_view name() const {
    if (about == About::pair) return same_name;
    return field == nullptr ? alive_name : field->name;
  }
};
inline constexpr std::size_t answer_keep = 1;  // of About::life
inline constexpr std::size_t answer_retract = 2;
inline constexpr std::size_t answer_same = 1;  // of About::pair
inline constexpr std::size_t answer_apart = 2;

// Questions of fields in the order of the schema, then that of life, then those of pairs. Of two
// that are not shown as one they are asked of the lower id only. Empty: nothing is contested, or
// the other of the pair is asked. What they are asked of must outlive them.
std::vector<Question> contested_questions(const RecordState& state, const RecordType& type);
std::vector<Question> contested_questions(const United& whole, const RecordType& type);

// The value that a write gave to a field; nullopt: it emptied it.
std::optional<FieldValue> value_given(const FieldRules& field, const Write& write);

}  // namespace titip
