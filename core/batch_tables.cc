#include "core/batch_tables.hh"

#include <algorithm>
#include <charconv>

namespace titip {

namespace {

constexpr std::size_t anchors_max = 8;
constexpr std::size_t number_digits_max = 18;  // fits 64 bits

}  // namespace

void RecordTable::add(RecordId id, bool encoding) {
  if (encoding) places[id] = ids.size();
  last = ids.size();
  ids.push_back(id);
}

std::optional<std::size_t> RecordTable::find(RecordId id) const {
  const auto found = places.find(id);
  if (found == places.end()) return std::nullopt;
  return found->second;
}

void RecordTable::anchor(std::size_t used, RecordId id) {
  if (used < anchors.size()) {
    anchors.erase(anchors.begin() + static_cast<std::ptrdiff_t>(used));
  } else if (anchors.size() == anchors_max) {
    anchors.pop_back();
  }
  anchors.insert(anchors.begin(), id);
}

std::optional<std::size_t> RecentTexts::find(std::string_view text) const {
  const auto found = std::ranges::find(texts_, text);
  if (found == texts_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - texts_.begin());
}

void RecentTexts::use(std::size_t place, std::string& text) {
  const auto begin = texts_.begin();
  std::rotate(begin, begin + static_cast<std::ptrdiff_t>(place),
              begin + static_cast<std::ptrdiff_t>(place) + 1);
  text = texts_.front();
}

void RecentTexts::add(const std::string& text) {
  if (texts_.size() == held_max) texts_.pop_back();
  texts_.insert(texts_.begin(), text);
}

std::optional<std::size_t> SaidTexts::find(const std::string& text) const {
  const auto found = places_.find(text);
  if (found == places_.end()) return std::nullopt;
  return count_ - 1 - found->second;
}

bool SaidTexts::at(std::size_t since, std::string& text) const {
  if (since >= texts_.size()) return false;
  text = texts_[texts_.size() - 1 - since];
  return true;
}

void SaidTexts::add(const std::string& text, bool encoding) {
  if (text.size() < bytes_min) return;
  if (encoding) {
    places_[text] = count_;
  } else {
    texts_.push_back(text);
  }
  ++count_;
}

std::optional<RefSeries> RefSeries::of(std::string_view ref) {
  std::size_t begin = ref.size();
  while (begin > 0 && ref.size() - begin < number_digits_max && ref[begin - 1] >= '0' &&
         ref[begin - 1] <= '9') {
    --begin;
  }
  if (begin == ref.size()) return std::nullopt;
  RefSeries found;
  found.prefix = ref.substr(0, begin);
  if (ref[begin] == '0') found.width = ref.size() - begin;
  std::from_chars(ref.data() + begin, ref.data() + ref.size(), found.number);
  return found;
}

std::optional<std::uint64_t> RefSeries::number_in(std::string_view ref) const {
  if (!ref.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = ref.substr(prefix.size());
  if (digits.empty() || digits.size() > number_digits_max) return std::nullopt;
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ptr != digits.data() + digits.size() || with(value) != ref) return std::nullopt;
  return value;
}

std::string RefSeries::with(std::uint64_t value) const {
  const std::string digits = std::to_string(value);
  std::string ref = prefix;
  if (digits.size() < width) ref.append(width - digits.size(), '0');
  return ref += digits;
}

std::optional<std::pair<std::size_t, std::uint64_t>> RefTable::find(std::string_view ref) const {
  for (std::size_t place = series.size(); place-- > 0;) {
    if (const auto number = series[place].number_in(ref)) return std::pair{place, *number};
  }
  return std::nullopt;
}

void RefTable::add(const std::string& ref) {
  last = ref;
  auto found = RefSeries::of(ref);
  if (!found) return;
  if (series.size() < held_max) {
    series.push_back(std::move(*found));
    return;
  }
  series[oldest_] = std::move(*found);
  oldest_ = (oldest_ + 1) % held_max;
}

}  // namespace titip
