#pragma once

// Performs what core/link_session.hh decides, for an agent and for a district: dials, stores, then
// sends. No decision of its own.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/link_queue.hh"
#include "core/link_session.hh"
#include "core/prefixed_kv.hh"
#include "io/invitation.hh"
#include "io/keys.hh"
#include "io/link_socket.hh"
#include "io/store.hh"
#include "io/writer.hh"

namespace titip {

// Whose link it is, and what travels over it.
struct LinkParty {
  Store& store;        // outlives the link
  std::string prefix;  // of its keys there; a district keeps several hubs in one store
  CurvePair keys;
  Invitation invitation;
  bool enrolled = false;               // else it has only the invitation
  std::vector<std::string> endpoints;  // of the hub; empty: the invitation's
  std::vector<Lane> sends;             // the urgent one first
  std::vector<StreamKind> receives;
  std::string hub;  // put before log lines, where there are several; else empty
};

class NodeLink {
 public:
  struct Events {
    std::function<void()> enrolled;     // once: the store knows the certificate
    std::function<void(Code)> refused;  // each standing refusal of the hub, and wrong_hub_key when
                                        // a server did not prove to be it
    // Keeps what the hub sent; runs on the writer's thread. Returns the records that it changed.
    std::function<std::vector<RecordKey>(WriteTxn&, const Received&)> keep;
    // What was received is durable; `keep` returned these.
    std::function<void(const std::vector<RecordKey>&)> kept;
  };

  // Throws RefusalError: an endpoint that cannot be dialled.
  NodeLink(boost::asio::io_context& loop, LinkParty party, Writer& writer, Events events);

  void start();
  void appended();  // new events are durable in the store
  void stop();      // hangs up for good; it must live on for as long as the writer may answer it
  bool connected() const { return session_.state() == LinkSession::State::online; }
  std::optional<std::int64_t> clock_offset_ms() const { return session_.clock_offset_ms(); }
  std::uint64_t bytes_sent() const;  // of frames, since installation
  std::uint64_t bytes_received() const;

 private:
  PrefixedRead read() const;
  void perform(LinkActions actions);
  void go_on();  // with the oldest actions
  void store(const std::vector<LinkOrder>& orders);
  void log(void (*write)(std::string_view, std::string_view), const std::string& text) const;
  void finish(LinkQueue::Ready ready);
  void dial();
  void close_socket();
  void wake_at(TimeMs at);
  void report(const LinkNotice& notice) const;
  Surroundings surroundings() const;

  boost::asio::io_context& loop_;
  LinkParty party_;
  Writer& writer_;
  Events events_;
  std::size_t next_endpoint_ = 0;
  LinkSession session_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<DialSocket> socket_;
  std::uint64_t socket_number_ = 0;
  LinkQueue queue_;
  bool stopped_ = false;
  std::uint64_t bytes_sent_before_ = 0;  // by sockets that are closed, and by earlier runs
  std::uint64_t bytes_received_before_ = 0;
};

}  // namespace titip
