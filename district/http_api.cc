#include "district/http_api.hh"

#include <algorithm>

#include "core/limits.hh"
#include "district/daemon.hh"
#include "district/feed_lines.hh"
#include "district/metrics.hh"
#include "io/clock.hh"
#include "io/http_common.hh"
#include "io/metrics_text.hh"

namespace titip {

namespace {

// Lines of one answer: a reader asks on with `after`, so that no snapshot is held long.
constexpr std::uint64_t lines_max = 10'000;

}  // namespace

void DistrictHttpApi::handle(const HttpRequest& request, const HttpReply& reply) {
  const bool from_owner = request.local && request.method == "POST";
  if (from_owner && request.path == "/local/join") return join(request, reply);
  if (from_owner && request.path == "/local/tail") return advance(request, reply);
  if (request.method == "GET") return reply(read(request));
  reply(refusal_response({Code::not_found, {}, {}}, request_language(request)));
}

DistrictStatus DistrictHttpApi::status() {
  return read_status(node_, true, [this](HubId hub) { return links_.state(hub); });
}

HttpResponse DistrictHttpApi::read(const HttpRequest& request) {
  const auto now = read_clock().wall;
  if (request.path == "/healthz") return json_response("{\"ok\":true}");
  if (request.path == "/metrics") {
    return metrics_response(district_metrics(status(), node_.store().usage(), now));
  }
  if (request.path == "/v1/nodes") return ndjson_response(hubs_json(status()));
  if (request.path == "/v1/status") {
    return request.query_value("form") == "text"
               ? text_response(status_text(status(), request_language(request), now))
               : json_response(status_json(status()));
  }
  return read_of_hub(request);
}

HttpResponse DistrictHttpApi::read_of_hub(const HttpRequest& request) {
  const auto language = request_language(request);
  constexpr std::string_view versioned = "/v1/";
  std::optional<StreamKind> feed;
  if (request.path.starts_with(versioned)) {
    feed = feed_named(std::string_view(request.path).substr(versioned.size()));
  }
  if (!feed && !request.path.starts_with("/v1/records/")) {
    return refusal_response({Code::not_found, {}, {}}, language);
  }
  const auto hub = node_.hub_named(request.query_value("hub"));
  if (!hub) return refusal_response(hub.refusal(), language);
  if (feed) return this->feed(request, *hub, *feed);
  const auto facility = hub->facility();
  if (auto response = answer_records(request, node_.read(*hub), reader_of(facility))) {
    return std::move(*response);
  }
  return refusal_response({Code::not_found, {}, {}}, language);
}

HttpResponse DistrictHttpApi::feed(const HttpRequest& request, const JoinedHub& hub,
                                   StreamKind feed) {
  const auto after = query_number(request, "after", 0);
  if (request.query_value("follow") == "1") {
    auto response = ndjson_response({});
    response.pull = followers_.follow(after, [this, hub, feed](std::uint64_t position) {
      return feed_after(node_, hub, feed, position, limits::http_part_lines_max,
                        limits::http_part_bytes);
    });
    return response;
  }
  const auto limit =
      std::clamp<std::uint64_t>(query_number(request, "limit", lines_max), 1, lines_max);
  return ndjson_response(feed_after(node_, hub, feed, after, limit, ~std::size_t{0}).text);
}

void DistrictHttpApi::join(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const auto invitation = parse_invitation(request.body);
  if (!invitation) return reply(refusal_response(invitation.refusal(), language));
  if (invitation->kind != FacilityKind::district) {
    return reply(refusal_response({Code::invitation_for_agent, {}, {}}, language));
  }
  const auto answer = [reply, language](const Result<DistrictLinks::JoinOutcome>& outcome) {
    if (!outcome) return reply(refusal_response(outcome.refusal(), language));
    auto said = join_sentence(*outcome, language, read_clock().wall);
    if (!said) return reply(refusal_response(said.refusal(), language));
    reply(text_response(std::move(said).value()));
  };
  links_.join(*invitation, enrol_patience_ms, answer);
}

void DistrictHttpApi::advance(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const auto hub = node_.hub_named(request.query_value("hub"));
  if (!hub) return reply(refusal_response(hub.refusal(), language));
  const auto feed = feed_named(request.query_value("feed"));
  if (!feed) return reply(refusal_response({Code::bad_option, "--feed", {}}, language));
  const auto to = query_number(request, "to", 0);
  writer_.submit({[prefix = hub->prefix, feed = *feed, to](WriteTxn& whole) {
                    PrefixedWrite part(whole, prefix);
                    advance_tail(part, feed, to);
                  },
                  [reply, language](std::optional<StoreFull> full) {
                    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
                    reply(json_response("{\"ok\":true}"));
                  }});
}

}  // namespace titip
