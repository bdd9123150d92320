#pragma once

// What GET /metrics of a district says.

#include <string>

#include "district/status.hh"

namespace titip {

std::string district_metrics(const DistrictStatus& status, const StoreUsage& usage, TimeMs now);

}  // namespace titip
