#pragma once

// The hub's HTTP API (design section 9), on loopback, and what only the data directory's owner may
// ask, on its Unix socket.

#include "hub/invite.hh"
#include "hub/link.hh"
#include "hub/review.hh"
#include "io/config.hh"
#include "io/http_follow.hh"
#include "io/http_server.hh"
#include "io/intake.hh"

namespace titip {

class HubHttpApi {
 public:
  HubHttpApi(boost::asio::io_context& loop, HubNode& node, Writer& writer, Intake& intake,
             HubLink& link, HubReview& review, const Config& config)
      : node_(node),
        writer_(writer),
        intake_(intake),
        link_(link),
        review_(review),
        config_(config),
        followers_(loop, "\n") {
    link_.on_appended([this] { followers_.wake(); });
  }
  ~HubHttpApi() {
    link_.on_appended([] {});
  }
  HubHttpApi(const HubHttpApi&) = delete;
  HubHttpApi& operator=(const HubHttpApi&) = delete;

  void handle(const HttpRequest& request, const HttpReply& reply);

 private:
  HttpResponse read(const HttpRequest& request);
  HttpResponse feed(const HttpRequest& request, StreamKind feed);
  void invite(const HttpRequest& request, const HttpReply& reply);
  void revoke(const HttpRequest& request, const HttpReply& reply);
  void proceed(const HttpRequest& request, const HttpReply& reply);
  void confirm(const HttpRequest& request, const HttpReply& reply);
  void note_backup(const HttpRequest& request, const HttpReply& reply);

  HubNode& node_;
  Writer& writer_;
  Intake& intake_;
  HubLink& link_;
  HubReview& review_;
  const Config& config_;
  HttpFollowers followers_;  // of the journal and of changes
};

}  // namespace titip
