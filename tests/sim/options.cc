#include "tests/sim/options.hh"

#include <charconv>

namespace titip {

namespace {

// Calls `each` with every kind of a list; `disasters` stands for all of those. False: no such kind.
template <typename Each>
bool each_kind(std::string_view list, const Each& each) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto word = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    if (word == "disasters") {
      for (auto i = static_cast<std::size_t>(first_disaster); i < trouble_kinds; ++i) {
        each(static_cast<Trouble>(i));
      }
      continue;
    }
    const auto kind = trouble_named(word);
    if (!kind) return false;
    each(*kind);
  }
  return true;
}

bool read_value(SimOptions& options, std::string_view name, std::string_view word) {
  if (name == "--list") return options.list = word, true;
  if (name == "--mutant") return options.mutant = word, true;
  if (name == "--without") {
    return each_kind(word, [&](Trouble kind) { options.may.without(kind); });
  }
  if (name == "--only") {
    for (std::size_t i = 0; i < trouble_kinds; ++i) options.may.without(static_cast<Trouble>(i));
    return each_kind(word, [&](Trouble kind) { options.may.with(kind); });
  }
  const auto value = number_of(word);
  if (!value) return false;
  if (name == "--seed") {
    options.first = *value;
    options.seeds = 1;
  } else if (name == "--seeds") {
    options.seeds = *value;
  } else if (name == "--from") {
    options.first = *value;
  } else if (name == "--events") {
    options.events = *value;
  } else if (name == "--jobs") {
    options.jobs = *value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<SimOptions> read_options(const std::vector<std::string_view>& words) {
  SimOptions options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--trace") {
      options.trace = true;
    } else if (words[i] == "--no-shorten") {
      options.shorten = false;
    } else if (i + 1 == words.size() || !read_value(options, words[i], words[i + 1])) {
      return std::nullopt;
    } else {
      ++i;
    }
  }
  return options;
}

}  // namespace titip
