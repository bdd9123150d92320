#pragma once

// How long ago, for a person: "5 min ago", "2 jam yang lalu".

#include <string>

#include "core/refusal.hh"
#include "core/types.hh"

namespace titip {

// `elapsed` in ms; what is not past yet counts as now.
std::string ago(TimeMs elapsed, Language language);

}  // namespace titip
