#pragma once

// `titip-district tail`: prints what is new, and remembers durably how far it has printed.

#include <cstdint>
#include <optional>
#include <string>

#include "io/command_context.hh"

namespace titip {

struct TailRequest {
  std::string feed = "events";
  std::string hub;                     // a facility; empty: all
  std::optional<std::uint64_t> after;  // begin there, and leave the remembered place alone
  bool follow = false;
};

int district_tail(const CommandContext& command, const TailRequest& request);

}  // namespace titip
