#pragma once

// Performs what core/agent_session.hh decides: dials, stores, then sends. No decision of its own.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/agent_node.hh"
#include "core/agent_session.hh"
#include "io/link_socket.hh"
#include "io/writer.hh"

namespace titip {

class AgentLink {
 public:
  // Calls `enrolled` once, when the hub has enrolled this device and the store knows it; `refused`
  // with each standing refusal of the hub, and with wrong_hub_key when a server did not prove to be
  // it.
  struct Events {
    std::function<void()> enrolled;
    std::function<void(Code)> refused;
  };

  AgentLink(boost::asio::io_context& loop, AgentNode& node, Writer& writer, const Config& config,
            Events events);

  void start();
  void appended();  // new events are durable in the store
  bool connected() const { return session_.state() == AgentSession::State::online; }
  std::optional<std::int64_t> clock_offset_ms() const { return session_.clock_offset_ms(); }
  std::uint64_t bytes_sent() const;  // of frames, since installation
  std::uint64_t bytes_received() const;

 private:
  struct Pending {
    AgentActions actions;
    std::uint64_t socket = 0;  // number of the socket that its frames belong to
    bool stored = false;
  };

  void perform(AgentActions actions);
  void go_on();  // with the oldest pending actions
  void store(const std::vector<AgentOrder>& orders);
  void finish_front();
  void dial();
  void close_socket();
  void wake_at(TimeMs at);
  void report(const AgentNotice& notice) const;
  Surroundings surroundings() const;

  boost::asio::io_context& loop_;
  AgentNode& node_;
  Writer& writer_;
  Events events_;
  std::vector<std::string> endpoints_;
  std::size_t next_endpoint_ = 0;
  AgentSession session_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<DialSocket> socket_;
  std::uint64_t socket_number_ = 0;
  std::deque<Pending> pending_;  // in order: a later frame never overtakes an earlier one
  bool storing_ = false;
  std::uint64_t bytes_sent_before_ = 0;  // by sockets that are closed, and by earlier runs
  std::uint64_t bytes_received_before_ = 0;
};

}  // namespace titip
