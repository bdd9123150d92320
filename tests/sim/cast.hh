#pragma once

// Who takes part in the simulation, as the invitations of its hub say.

#include <string>
#include <vector>

#include "core/link_messages.hh"
#include "core/scope.hh"
#include "core/types.hh"

namespace titip {

struct CastMember {
  std::string name;
  FacilityKind kind = FacilityKind::posyandu;
  std::string facility;
  std::string area;
  Scope scope = {};
  std::string copy = {};  // of a clone: what tells it from the device that it was copied from

  bool is_agent() const { return kind != FacilityKind::district; }
  bool is_custodian() const { return !is_agent() && scope.everything(); }
  std::string label() const { return name + copy; }
  std::string device_key() const { return padded("d" + name); }
  std::string invitation_key() const { return padded("i" + name); }

 private:
  static std::string padded(std::string text) {
    text.resize(32, '.');
    return text;
  }
};

inline constexpr TimeMs world_begins = 1'728'951'180'000;  // 2024-10-15T00:13:00Z

// What marks every identifying value that is typed in a simulation.
inline constexpr const char* text_marker = "Zqx";
inline constexpr const char* digit_marker = "918273";

// Varies with the seed in who has an area, and in what the scoped district may have.
std::vector<CastMember> cast_of(std::uint64_t seed);
Certificate hub_profile();

// What a facility or area field may say; some of it nobody's.
const std::vector<std::string>& known_facilities();
const std::vector<std::string>& known_areas();

}  // namespace titip
