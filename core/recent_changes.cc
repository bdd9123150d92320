#include "core/recent_changes.hh"

namespace titip {

void RecentChanges::changed(const RecordKey& record) {
  auto& number = number_of_[record];
  if (number != 0) by_number_.erase(number);
  number = ++last_;
  by_number_.emplace(number, record);
  if (by_number_.size() <= kept_) return;
  const auto oldest = by_number_.begin();
  dropped_ = oldest->first;
  number_of_.erase(oldest->second);
  by_number_.erase(oldest);
}

std::optional<std::pair<std::uint64_t, RecordKey>> RecentChanges::after(
    std::uint64_t number) const {
  const auto found = by_number_.upper_bound(number);
  if (found == by_number_.end()) return std::nullopt;
  return *found;
}

}  // namespace titip
