#pragma once

// What the two halves of HubSessions share: making answers, and weighing what waits for the store.

#include <string>

#include "core/hub_sessions.hh"
#include "core/limits.hh"

namespace titip {

inline constexpr std::uint32_t hub_full_retry_ms = 60'000;

void send_to(HubActions& actions, const std::string& route, const Frame& frame);
RefuseMessage refusal_message(RefuseReason reason, std::uint64_t nonce = 0,
                              std::uint32_t retry_after_ms = 0);
// What of a batch was not understood.
RefuseMessage undecodable_message(const BatchMessage& batch, std::uint64_t nonce);
AckMessage acknowledgement(const StreamName& stream, const Head& have,
                           std::vector<Outcome> outcomes, Seq safe);

// Bytes that an order holds while it waits.
std::size_t weight(const HelloMessage& hello);
std::size_t weight(const HubOrder& order);

}  // namespace titip
