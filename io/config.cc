#include "io/config.hh"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <variant>

#include "core/intake_field.hh"
#include "io/log.hh"
#include "io/os_error.hh"

namespace titip {

namespace {

template <typename T>
using Place = T Config::*;

struct Setting {
  const char* key;
  const char* variable;
  std::variant<Place<std::string>, Place<std::optional<std::uint64_t>>,
               Place<std::vector<std::string>>>
      place;
};

constexpr std::array<Setting, 7> settings{{
    {"http", "TITIP_HTTP", &Config::http},
    {"log-level", "TITIP_LOG_LEVEL", &Config::log_level},
    {"listen", "TITIP_LISTEN", &Config::listen},
    {"public", "TITIP_PUBLIC", &Config::public_endpoint},
    {"zone", "TITIP_ZONE", &Config::zone},
    {"map-bytes", "TITIP_MAP_BYTES", &Config::map_bytes},
    {"hub", "TITIP_HUB", &Config::hub_endpoints},
}};

// Takes one TOML value into a setting; false: the wrong type.
struct TakeNode {
  Config& config;
  const toml::node& node;

  bool operator()(Place<std::string> place) const {
    const auto* text = node.as_string();
    if (text == nullptr || text->get().empty()) return false;
    config.*place = text->get();
    return true;
  }
  bool operator()(Place<std::optional<std::uint64_t>> place) const {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 0) return false;
    config.*place = static_cast<std::uint64_t>(number->get());
    return true;
  }
  // One text, or a list of them.
  bool operator()(Place<std::vector<std::string>> place) const {
    std::vector<std::string> texts;
    const auto add = [&](const toml::node& element) {
      const auto* text = element.as_string();
      if (text != nullptr && !text->get().empty()) texts.push_back(text->get());
      return text != nullptr && !text->get().empty();
    };
    const auto* list = node.as_array();
    const bool taken = list == nullptr ? add(node) : std::all_of(list->begin(), list->end(), add);
    config.*place = std::move(texts);
    return taken;
  }
};

// The same from a variable's text.
struct TakeText {
  Config& config;
  std::string_view text;

  bool operator()(Place<std::string> place) const {
    config.*place = text;
    return true;
  }
  bool operator()(Place<std::optional<std::uint64_t>> place) const {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    config.*place = number;
    return error == std::errc{} && end == text.data() + text.size();
  }
  bool operator()(Place<std::vector<std::string>> place) const {
    std::vector<std::string> texts;
    for (std::size_t begin = 0; begin <= text.size();) {
      const auto end = std::min(text.find(',', begin), text.size());
      if (end == begin) return false;
      texts.emplace_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    config.*place = std::move(texts);
    return true;
  }
};

bool log_level_known(const Config& config) {
  return config.log_level.empty() || parse_log_level(config.log_level).has_value();
}

Refusal bad(std::string_view key, const std::filesystem::path& file,
            const toml::source_region& at) {
  const auto line = std::to_string(at.begin.line);
  return {Code::bad_config, std::string(key), {file.string() + ":" + line}};
}

Result<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    if (errno == ENOENT) return Refusal{Code::bad_config, {}, {file.string()}};
    throw OsError("open", file.string(), errno);
  }
  std::ostringstream text;
  text << stream.rdbuf();
  if (stream.bad()) throw OsError("read", file.string(), EIO);
  return std::move(text).str();
}

}  // namespace

Result<Config> load_config(const std::filesystem::path& file, const ForeignKeys& foreign) {
  auto text = read_text(file);
  if (!text) return text.refusal();
  const auto parsed = toml::parse(text.value(), file.string());
  if (!parsed) return bad({}, file, parsed.error().source());
  Config config;
  for (const auto& [key, node] : parsed.table()) {
    const auto setting = std::ranges::find(
        settings, key.str(), [](const Setting& s) { return std::string_view(s.key); });
    const bool known =
        setting != settings.end() && !(std::ranges::find(foreign, key.str()) != foreign.end());
    if (!known) return bad(quotable_name(key.str()), file, key.source());
    const bool taken = std::visit(TakeNode{config, node}, setting->place);
    if (!taken || !log_level_known(config)) return bad(key.str(), file, node.source());
  }
  return config;
}

Result<Config> config_of_environment(const Environment& environment) {
  Config config;
  for (const auto& setting : settings) {
    const char* text = environment(setting.variable);
    if (text == nullptr || *text == '\0') continue;
    const bool taken = std::visit(TakeText{config, text}, setting.place);
    if (!taken || !log_level_known(config)) return Refusal{Code::bad_option, setting.variable, {}};
  }
  return config;
}

Config overlay(Config under, const Config& over) {
  const auto replace = [&](auto place) {
    const auto& value = over.*place;
    if (value != std::remove_cvref_t<decltype(value)>{}) under.*place = value;
  };
  for (const auto& setting : settings) std::visit(replace, setting.place);
  return under;
}

Result<Config> effective_config(const Config& flags, const Environment& environment,
                                const std::filesystem::path& file, ConfigFile presence,
                                const ForeignKeys& foreign) {
  Config config;
  if (presence == ConfigFile::must_exist || std::filesystem::exists(file)) {
    auto of_file = load_config(file, foreign);
    if (!of_file) return of_file;
    config = std::move(of_file).value();
  }
  const auto of_environment = config_of_environment(environment);
  if (!of_environment) return of_environment;
  if (!log_level_known(flags)) return Refusal{Code::bad_option, "--log-level", {}};
  return overlay(overlay(std::move(config), *of_environment), flags);
}

}  // namespace titip
