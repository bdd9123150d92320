#pragma once

// One HTTP connection, and what the connections of one listening socket share. Beast is in the .cc
// only.

#include <boost/asio/generic/stream_protocol.hpp>
#include <functional>
#include <memory>
#include <set>

#include "io/http_server.hh"

namespace titip {

using SocketProtocol = boost::asio::generic::stream_protocol;  // TCP and Unix sockets alike

class HttpSession {
 public:
  virtual ~HttpSession() = default;
  virtual void close() = 0;
};

// Lives as long as the listening socket or any of its connections.
struct HttpSessions {
  HttpHandler handler;
  HttpLimits bounds;
  bool local = false;          // of the Unix socket
  std::function<void()> left;  // a connection has ended; not called once `closed`
  std::set<HttpSession*> open;
  std::size_t streams = 0;  // of `open`
  bool closed = false;      // the server is gone: nothing more is read, handled or answered
};

// Owns itself until its connection ends.
void start_http_session(SocketProtocol::socket socket, std::shared_ptr<HttpSessions> sessions);

}  // namespace titip
