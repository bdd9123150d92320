#pragma once

// POST /v1/events, at agents and hubs alike.

#include "io/http_server.hh"
#include "io/intake.hh"

namespace titip {

// One event as JSON, or one a line as NDJSON; answers once they are durable.
void post_events(Intake& intake, const HttpRequest& request, const HttpReply& reply);

}  // namespace titip
