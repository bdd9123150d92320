#pragma once

// The agent's HTTP API (design section 9), on loopback and on the data directory's Unix socket.

#include "agent/intake.hh"
#include "agent/link.hh"
#include "agent/status.hh"
#include "agent/updates.hh"
#include "io/http_server.hh"

namespace titip {

class AgentHttpApi {
 public:
  AgentHttpApi(AgentNode& node, AgentIntake& intake, AgentLink& link, AgentUpdates& updates)
      : node_(node), intake_(intake), link_(link), updates_(updates) {}

  void handle(const HttpRequest& request, const HttpReply& reply);

 private:
  void post_events(const HttpRequest& request, const HttpReply& reply);
  AgentStatus running_status();
  HttpResponse status(const HttpRequest& request);

  AgentNode& node_;
  AgentIntake& intake_;
  AgentLink& link_;
  AgentUpdates& updates_;
};

}  // namespace titip
