#pragma once

// What a record's live writes say of whom it concerns: core/concern.hh draws the conclusions.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

template <typename Value>
void add_once(std::vector<Value>& values, Value value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    values.push_back(std::move(value));
  }
}

// Whether both hold the same, in whatever order.
template <typename Value>
bool same_set(std::vector<Value> one, std::vector<Value> other) {
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  return one == other;
}

// Whether the code `area` is `of`, or begins with it.
bool area_lies_in(std::string_view area, std::string_view of);

// What the live writes of a record say in its fields of `fields`, each value once.
std::vector<std::string> live_texts(const RecordState& state, const RecordType& type,
                                    FieldMask fields);
std::vector<RecordKey> live_references(const RecordState& state, const RecordType& type,
                                       FieldMask fields, const Registry& registry);

// Where a record says that it belongs. Of contested values all count.
struct Whereabouts {
  bool held = false;  // false: nothing of it is here, or words about pairs alone
  std::vector<std::string> homes;
  std::vector<std::string> areas;
  std::vector<std::string> authors;  // facilities

  bool at_home() const { return !homes.empty(); }  // else it follows its subjects
};
Whereabouts whereabouts(const RecordState& state, const RecordType& type);
void add(Whereabouts& to, Whereabouts more);

// What a record and all that are one with it say of whom they concern.
struct Bearings {
  Whereabouts where;
  std::vector<RecordKey> subjects;
  std::vector<std::string> addressees;
};

}  // namespace titip
