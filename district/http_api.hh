#pragma once

// The district's HTTP API (design section 9), on loopback and on the data directory's Unix socket.

#include "district/district_node.hh"
#include "district/links.hh"
#include "district/status.hh"
#include "io/http_follow.hh"
#include "io/http_server.hh"
#include "io/writer.hh"

namespace titip {

class DistrictHttpApi {
 public:
  DistrictHttpApi(boost::asio::io_context& loop, DistrictNode& node, DistrictLinks& links,
                  Writer& writer)
      : node_(node), links_(links), writer_(writer), followers_(loop, "\n") {
    links_.on_kept([this] { followers_.wake(); });
  }
  ~DistrictHttpApi() {
    links_.on_kept([] {});
  }
  DistrictHttpApi(const DistrictHttpApi&) = delete;
  DistrictHttpApi& operator=(const DistrictHttpApi&) = delete;

  void handle(const HttpRequest& request, const HttpReply& reply);

 private:
  HttpResponse read(const HttpRequest& request);
  HttpResponse read_of_hub(const HttpRequest& request);
  HttpResponse feed(const HttpRequest& request, const JoinedHub& hub, StreamKind feed);
  void join(const HttpRequest& request, const HttpReply& reply);
  void advance(const HttpRequest& request, const HttpReply& reply);
  DistrictStatus status();

  DistrictNode& node_;
  DistrictLinks& links_;
  Writer& writer_;
  HttpFollowers followers_;  // of events and changes
};

}  // namespace titip
