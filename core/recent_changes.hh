#pragma once

// Which records changed lately, numbered, so that whoever comes back is told what was missed.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "core/types.hh"

namespace titip {

// The latest changes, at most `kept` records: a record that changes again moves to the end.
class RecentChanges {
 public:
  explicit RecentChanges(std::size_t kept) : kept_(kept) {}

  void changed(const RecordKey& record);
  std::uint64_t last() const { return last_; }  // number of the latest change; 0: none
  // Whether everything that changed after `number` is still known.
  bool knows_after(std::uint64_t number) const { return number >= dropped_ && number <= last_; }
  // The first change after `number`.
  std::optional<std::pair<std::uint64_t, RecordKey>> after(std::uint64_t number) const;

 private:
  std::size_t kept_;
  std::uint64_t last_ = 0;
  std::uint64_t dropped_ = 0;  // the latest that was forgotten for want of room
  std::map<std::uint64_t, RecordKey> by_number_;
  std::map<RecordKey, std::uint64_t> number_of_;
};

}  // namespace titip
