#pragma once

// Readable names for what is random: incarnations and epochs are called A, B, … in the order in
// which a story first tells of them, records as the story calls them.

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

#include "core/types.hh"

namespace titip {

// What a story says cannot be played.
struct StoryError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
inline void require(bool holds, const std::string& what) {
  if (!holds) throw StoryError(what);
}

class Names {
 public:
  std::string incarnation(std::uint64_t name) { return letter(incarnations_, name, 'A'); }
  std::string epoch(std::uint64_t name) { return letter(epochs_, name, 'P'); }
  // "P 12"; "nothing" of no epoch.
  std::string position(const Position& position);

  void call(const RecordKey& record, const std::string& name) { records_[record] = name; }
  // "Person Siti", or the type alone of what has no name.
  std::string record(const RecordKey& record) const;
  // The record called `name`; a StoryError if there is none.
  RecordKey record_called(const std::string& name) const;
  // A value as it prints, with records' ids told by name.
  std::string value(std::string text) const;

 private:
  using Letters = std::map<std::uint64_t, std::string>;
  static std::string letter(Letters& letters, std::uint64_t name, char first);

  Letters incarnations_;
  Letters epochs_;
  std::map<RecordKey, std::string> records_;
};

}  // namespace titip
