#pragma once

// A streamed answer, written part by part over a connection that is its own. Beast is in the .cc
// only.

#include <memory>

#include "io/http_session.hh"

namespace titip {

struct HttpStreamForm {
  unsigned version = 11;   // 10: no chunks; the end of the connection ends the body
  bool head_only = false;  // of a HEAD: the answer's pull is never called
};

// Owns itself until its connection ends.
void start_http_stream(SocketProtocol::socket socket, std::shared_ptr<HttpSessions> sessions,
                       HttpStreamForm form, HttpResponse content);

}  // namespace titip
