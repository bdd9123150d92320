#pragma once

// What was typed after `titip-hub resolve`, as the HTTP API takes it (parse_decision).

#include <string>

#include "core/refusal.hh"
#include "core/registry.hh"
#include "hub/review.hh"

namespace titip {

Result<std::string> decision_json(const ResolveRequest& request, const RecordType& type);

}  // namespace titip
