#pragma once

// What `titip-agent status` and GET /v1/status say: the store's part, and the daemon's if one runs.

#include <optional>
#include <string>
#include <string_view>

#include "agent/agent_node.hh"
#include "core/refusal.hh"

namespace titip {

struct AgentStatus {
  NodeId node = 0;  // 0: not enrolled yet
  std::string facility, name, hub;
  std::int16_t zone_minutes = 0;  // of the facility
  bool running = false;           // a daemon answered
  bool connected = false;
  std::uint64_t saved = 0;  // events, all lanes
  std::uint64_t durable_at_hub = 0;
  std::uint64_t durable_at_district = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t oldest_unsent_seconds = 0;
  std::optional<TimeMs> last_sync;
  // Everything recorded here before that time is there, by this device's clock.
  TimeMs complete_at_hub = 0;
  TimeMs complete_at_district = 0;
  std::uint64_t under_review = 0;  // records held here that a person must decide about
  std::uint64_t received = 0;      // records and changes of records from the hub
  std::uint64_t bytes_sent = 0;    // of frames, since installation
  std::uint64_t bytes_received = 0;
  Position hub_position;        // the highest that the hub has told
  std::string refused;          // the hub's standing refusal, a code; empty: none
  std::optional<Code> no_room;  // why the device takes nothing new
};

// From the store alone; the caller adds what only a daemon knows.
AgentStatus read_status(AgentNode& node);

std::string status_json(const AgentStatus& status);
// For a person: a few lines that need no knowledge of the code.
std::string status_text(const AgentStatus& status, Language language, TimeMs now);

}  // namespace titip
