#pragma once

// What can go wrong in a simulation. Each kind can be switched off, to find out which it takes.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace titip {

enum class Trouble : std::uint8_t {
  cuts,            // links break
  reach,           // hours and days offline
  restarts,        // power cuts and reboots, of nodes and hub
  full,            // full disks
  clocks,          // clocks that are wrong, drift and step
  poison,          // bytes that are no event
  unknown,         // events of a type that nobody knows yet
  agent_restored,  // from an old copy
  agent_cloned,    // and both are used
  hub_restored,    // from an old copy, unnoticed
  hub_backup,      // by `titip-hub restore`
  hub_twice,       // two copies of it run for a while
  hub_dead,        // its disk; made anew with its keys
  district_restored,
};
inline constexpr std::size_t trouble_kinds = 14;
inline constexpr auto first_disaster = Trouble::agent_restored;

inline constexpr std::array<std::string_view, trouble_kinds> trouble_names{
    "cuts",         "reach",
    "restarts",     "full",
    "clocks",       "poison",
    "unknown",      "agent-restored",
    "agent-cloned", "hub-restored",
    "hub-backup",   "hub-twice",
    "hub-dead",     "district-restored"};

inline std::optional<Trouble> trouble_named(std::string_view name) {
  for (std::size_t i = 0; i < trouble_kinds; ++i) {
    if (trouble_names[i] == name) return static_cast<Trouble>(i);
  }
  return std::nullopt;
}

class Troubles {
 public:
  bool has(Trouble kind) const { return (off_ & bit(kind)) == 0; }
  void without(Trouble kind) { off_ |= bit(kind); }
  void with(Trouble kind) { off_ &= ~bit(kind); }
  // What is switched off, as it is typed.
  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < trouble_kinds; ++i) {
      if (has(static_cast<Trouble>(i))) continue;
      if (!text.empty()) text += ',';
      text += trouble_names[i];
    }
    return text;
  }

 private:
  static std::uint32_t bit(Trouble kind) { return std::uint32_t{1} << static_cast<unsigned>(kind); }
  std::uint32_t off_ = 0;
};

}  // namespace titip
