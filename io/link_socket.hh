#pragma once

// ZeroMQ with CURVE, one message a frame: a DEALER that dials a hub and a ROUTER that a hub listens
// on. Settings are those of design section 8. Everything here runs on the loop's thread, except
// ZeroMQ's own.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/link_end.hh"
#include "io/keys.hh"

namespace titip {

// One connection to a hub; a new one for every dial (ZMQ_RECONNECT_IVL -1).
class DialSocket {
 public:
  struct Events {
    std::function<void()> connected;              // the CURVE handshake is done
    std::function<void(std::string_view)> frame;  // valid during the call only
    std::function<void(LinkEnd)> ended;           // once; the socket is closed
  };

  // `endpoint` is "tcp://host:port"; the name is resolved anew and each of its addresses tried.
  // Throws OsError for any other endpoint. No event comes from inside dial() or after destruction;
  // an event may destroy the socket, which must not outlive the loop.
  static std::unique_ptr<DialSocket> dial(boost::asio::io_context& loop,
                                          const std::string& endpoint, const CurvePair& own,
                                          const CurveKey& hub, Events events);
  virtual ~DialSocket() = default;  // closes at once; LINGER 0
  // False: the queue is full or there is no link. 1 to limits::frame_bytes_max bytes.
  virtual bool send(std::string_view frame) = 0;
  // Bytes of frames, without ZeroMQ's and TCP's own. They stand after the end.
  virtual std::uint64_t bytes_sent() const = 0;
  virtual std::uint64_t bytes_received() const = 0;
};

// Who may speak: decided by the hub for every handshake.
enum class Admission : std::uint8_t { refused, admitted };

class ListenSocket {
 public:
  struct Peer {
    // ZeroMQ's name of the connection, to send back to. Foreign software can choose its own, so
    // a session is (route, key), never the route alone.
    std::string route;
    CurveKey key{};  // proven by the handshake (User-Id of the payload frame)
  };
  struct Events {
    std::function<Admission(const CurveKey&)> admit;
    std::function<void(const Peer&, std::string_view frame)> frame;
    // The connection of a route that had sent a frame has ended; may be empty. It comes
    // after that connection's last frame.
    std::function<void(const std::string& route)> left = nullptr;
  };

  // Binds the ZAP handler, proves on a loopback port that a stranger is kept out, then binds the
  // endpoint: so `admit` is asked once, before this returns, for a key that nobody has enrolled.
  // Throws OsError (also when that stranger was let in), or a RefusalError when the address is in
  // use. One at a time in a process; when it is destroyed its port is free. It must not outlive the
  // loop; an event may destroy it.
  static std::unique_ptr<ListenSocket> listen(boost::asio::io_context& loop,
                                              const std::string& endpoint, const CurvePair& own,
                                              Events events);
  virtual ~ListenSocket() = default;
  // False: that peer has left or its queue is full.
  virtual bool send(const std::string& route, std::string_view frame) = 0;
  virtual std::string endpoint() const = 0;  // with the port that was chosen for :0 or :*
};

}  // namespace titip
