#pragma once

// What `titip-hub revoke` and POST /local/revoke say.

#include <string>

#include "core/hub_orders.hh"
#include "core/refusal.hh"

namespace titip {

std::string revoked_json(const Revoked& revoked);
std::string revoked_text(const Revoked& revoked, Language language);

}  // namespace titip
