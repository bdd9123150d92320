#pragma once

// A daemon's settings: flags beat the environment (TITIP_LOG_LEVEL…), which beats the file
// (log-level = …). One name everywhere: `--map-bytes`, `TITIP_MAP_BYTES`, `map-bytes`.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/refusal.hh"

namespace titip {

// An empty text, list or optional: not set.
struct Config {
  std::string http;                        // http: "127.0.0.1:7410"
  std::string log_level;                   // log-level: info, debug…
  std::string listen;                      // listen: "tcp://0.0.0.0:7400", of a hub
  std::string public_endpoint;             // public: "tcp://HOST:7400", of a hub
  std::string zone;                        // zone: "Asia/Jayapura"
  std::optional<std::uint64_t> map_bytes;  // map-bytes: the most that the store may grow to
  std::vector<std::string>
      hub_endpoints;  // hub: dialled in turn, of an agent; commas in the environment
};

// Keys of the file that a program does not have: to it they are unknown. The environment is shared.
using ForeignKeys = std::vector<std::string_view>;

// Null where a variable is not set; std::getenv, but for tests.
using Environment = std::function<const char*(const char*)>;

// `file` must be there. Unknown keys and wrong types are bad_config with the key and "FILE:LINE".
Result<Config> load_config(const std::filesystem::path& file, const ForeignKeys& foreign = {});
Result<Config> config_of_environment(const Environment& environment);

// What `over` sets wins.
Config overlay(Config under, const Config& over);

enum class ConfigFile : std::uint8_t { may_be_missing, must_exist };

// Flags over environment over file. The file is the data directory's, or what --config named.
Result<Config> effective_config(const Config& flags, const Environment& environment,
                                const std::filesystem::path& file, ConfigFile presence,
                                const ForeignKeys& foreign = {});

}  // namespace titip
