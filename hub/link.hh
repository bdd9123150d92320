#pragma once

// Performs what core/hub_sessions.hh decides: stores, then sends. No decision of its own.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/hub_sessions.hh"
#include "hub/hub_node.hh"
#include "io/link_socket.hh"
#include "io/writer.hh"

namespace titip {

class HubLink {
 public:
  HubLink(boost::asio::io_context& loop, HubNode& node, Writer& writer, const std::string& endpoint);

  std::string endpoint() const { return socket_->endpoint(); }
  bool connected(NodeId node) const { return sessions_.has_session(node); }
  // Makes an invitation durable and admits its key; `done` is told why not, or nothing.
  void invite(const InvitationState& invitation, std::function<void(std::optional<StoreFull>)> done);

 private:
  void perform(HubActions actions);
  void store(HubOrder order);
  void report(const HubNotice& notice);

  HubNode& node_;
  Writer& writer_;
  std::shared_ptr<RecordIds> ids_;   // the writer may still use it when this is gone
  HubSessions sessions_;
  std::unique_ptr<ListenSocket> socket_;
};

}  // namespace titip
