#pragma once

// What a batch has already said and is likely to say again: record ids, texts, series of refs.
// Encoder and decoder keep the same tables; only the encoder searches them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/types.hh"

namespace titip {

// Records of one type in the order in which the batch first named them.
struct RecordTable {
  std::vector<RecordId> ids;
  std::unordered_map<RecordId, std::size_t> places;  // of the encoder
  std::size_t last = 0;                              // place of the one named last
  std::vector<RecordId> anchors;                     // others lie near them; the last used is first

  void add(RecordId id, bool encoding);
  std::optional<std::size_t> find(RecordId id) const;
  void anchor(std::size_t used, RecordId id);  // used ≥ anchors.size(): a new one
};

// The last few texts of a column, the last used first.
class RecentTexts {
 public:
  static constexpr std::size_t held_max = 16;
  std::optional<std::size_t> find(std::string_view text) const;
  void use(std::size_t place, std::string& text);  // copies it out
  void add(const std::string& text);
  std::size_t size() const { return texts_.size(); }
  std::string_view last() const { return texts_.empty() ? std::string_view{} : texts_.front(); }

 private:
  std::vector<std::string> texts_;
};

// Longer texts of all columns: a mother's NIK and name were said when she was registered.
class SaidTexts {
 public:
  static constexpr std::size_t bytes_min = 6;
  // How many said since: 0 for the last one.
  std::optional<std::size_t> find(const std::string& text) const;
  bool at(std::size_t since, std::string& text) const;
  void add(const std::string& text, bool encoding);

 private:
  std::size_t count_ = 0;
  std::vector<std::string> texts_;                       // of the decoder
  std::unordered_map<std::string, std::size_t> places_;  // of the encoder
};

// Names that count up: "app-8731", "app-8732", …
struct RefSeries {
  std::string prefix;
  std::size_t width = 0;  // of the number with its leading zeros; 0: it has none
  std::uint64_t number = 0;

  static std::optional<RefSeries> of(std::string_view ref);
  std::optional<std::uint64_t> number_in(std::string_view ref) const;  // if it is of this series
  std::string with(std::uint64_t value) const;
};

class RefTable {
 public:
  static constexpr std::size_t held_max = 12;
  std::vector<RefSeries> series;
  std::string last;  // of no series before it
  void add(const std::string& ref);
  // Place of the series that `ref` goes on, and its number in it.
  std::optional<std::pair<std::size_t, std::uint64_t>> find(std::string_view ref) const;

 private:
  std::size_t oldest_ = 0;
};

}  // namespace titip
