#pragma once

// Performs what core/hub_sessions.hh decides: stores, then sends. No decision of its own.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/hub_sessions.hh"
#include "core/rebuilding.hh"
#include "hub/hub_node.hh"
#include "io/link_socket.hh"
#include "io/writer.hh"

namespace titip {

class HubLink {
 public:
  HubLink(boost::asio::io_context& loop, HubNode& node, Writer& writer,
          const std::string& endpoint);

  std::string endpoint() const { return socket_->endpoint(); }
  bool connected(NodeId node) const { return sessions_.has_session(node); }
  // Makes an invitation durable and admits its key; `done` is told why not, or nothing.
  void invite(const InvitationState& invitation,
              std::function<void(std::optional<StoreFull>)> done);
  // Revokes a node and tells it; `done` is told what came of it, or that there was no room.
  void revoke(const std::string& name,
              std::function<void(std::optional<StoreFull>, const Result<Revoked>&)> done);
  // An operator says that it may go on; `done` is told what that ended.
  void proceed(std::function<void(std::optional<StoreFull>, const Proceeded&)> done);
  // Confirms one pending node by its name, or all if that is empty.
  using ConfirmDone =
      std::function<void(std::optional<StoreFull>, const Result<std::vector<NodeState>>&)>;
  void confirm(const std::string& name, ConfirmDone done);
  // Called, on the loop, each time the journal may have grown; that is durable then.
  void on_appended(std::function<void()> appended) { appended_ = std::move(appended); }
  // Events of the hub's own are durable: who receives them is sent them.
  void appended();
  std::size_t session_count() const { return sessions_.session_count(); }

 private:
  void perform(HubActions actions);
  void resume();
  void pump();  // sends what is durable and due
  void store(HubOrder order);
  void report(const HubNotice& notice);
  void report_received();  // what has come since the last time, and again later
  std::string name_of(NodeId node) const;

  HubNode& node_;
  Writer& writer_;
  std::shared_ptr<RecordIds> ids_;  // the writer may still use it when this is gone
  HubSessions sessions_;
  std::map<std::string, std::uint64_t> noise_;  // what anyone can cause at will, counted likewise
  std::map<NodeId, std::uint64_t> received_;    // events since they were last logged
  std::function<void()> appended_ = [] {};
  boost::asio::steady_timer report_timer_;
  std::unique_ptr<ListenSocket> socket_;
};

}  // namespace titip
