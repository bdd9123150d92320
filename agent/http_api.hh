#pragma once

// The agent's HTTP API (design section 9), on loopback and on the data directory's Unix socket.

#include "agent/agent_node.hh"
#include "agent/status.hh"
#include "agent/updates.hh"
#include "io/http_server.hh"
#include "io/intake.hh"
#include "io/node_link.hh"

namespace titip {

class AgentHttpApi {
 public:
  AgentHttpApi(AgentNode& node, Intake& intake, NodeLink& link, AgentUpdates& updates)
      : node_(node), intake_(intake), link_(link), updates_(updates) {}

  void handle(const HttpRequest& request, const HttpReply& reply);

 private:
  AgentStatus running_status();
  HttpResponse status(const HttpRequest& request);

  AgentNode& node_;
  Intake& intake_;
  NodeLink& link_;
  AgentUpdates& updates_;
};

}  // namespace titip
