#include "tests/scenarios/names.hh"

#include <algorithm>

#include "core/intake_json.hh"
#include "core/registry.hh"

namespace titip {

std::string Names::letter(Letters& letters, std::uint64_t name, char first) {
  const auto found = letters.find(name);
  if (found != letters.end()) return found->second;
  const auto next = static_cast<char>(first + static_cast<int>(letters.size()));
  require(next <= 'Z', "there are no more letters");
  return letters[name] = std::string(1, next);
}

std::string Names::position(const Position& position) {
  if (position.epoch == 0) return "nothing";
  return epoch(position.epoch) + " " + std::to_string(position.offset);
}

std::string Names::record(const RecordKey& record) const {
  const auto* type = Registry::ilp().find(record.type);
  const auto word = type == nullptr ? "type " + std::to_string(record.type) : type->name;
  const auto found = records_.find(record);
  return found == records_.end() ? word : word + " " + found->second;
}

RecordKey Names::record_called(const std::string& name) const {
  const auto found =
      std::ranges::find(records_, name, [](const auto& entry) { return entry.second; });
  require(found != records_.end(), "no record is called " + name);
  return found->first;
}

std::string Names::value(std::string text) const {
  for (const auto& [record, name] : records_) {
    if (text == '"' + format_hex_id(record.id) + '"') return name;
  }
  return text;
}

}  // namespace titip
