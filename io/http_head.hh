#pragma once

// What the head of every answer says. Of http_session.cc and http_stream.cc only: it includes
// Beast.

#include <boost/beast/http.hpp>

#include "io/http_server.hh"

namespace titip {

template <typename Body>
void fill_head(boost::beast::http::response<Body>& head, unsigned version,
               const HttpResponse& content) {
  head.version(version);
  head.result(static_cast<unsigned>(content.status));
  head.set(boost::beast::http::field::content_type, content.content_type);
  head.set(boost::beast::http::field::cache_control, "no-store");
  head.set("X-Content-Type-Options", "nosniff");
}

}  // namespace titip
