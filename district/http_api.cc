#include "district/http_api.hh"

#include "core/limits.hh"
#include "district/daemon.hh"
#include "district/feed_lines.hh"
#include "district/metrics.hh"
#include "io/clock.hh"
#include "io/http_common.hh"
#include "io/metrics_text.hh"
#include "io/stock_output.hh"

namespace titip {

void DistrictHttpApi::handle(const HttpRequest& request, const HttpReply& reply) {
  const bool from_owner = request.local && request.method == "POST";
  if (from_owner && request.path == "/local/join") return join(request, reply);
  if (from_owner && request.path == "/local/tail") return advance(request, reply);
  if (request.method == "GET") return reply(read(request));
  reply(no_such_path(request));
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
  if (!feed && request.path != "/v1/stock" && !request.path.starts_with("/v1/records/")) {
    return no_such_path(request);
  }
  const auto hub = node_.hub_named(request.query_value("hub"));
  if (!hub) return refusal_response(hub.refusal(), language);
  if (feed) return this->feed(request, *hub, *feed);
  const auto facility = hub->facility();
  if (auto response = answer_records(request, node_.read(*hub), reader_of(facility))) {
    return std::move(*response);
  }
  if (auto response = answer_stock(request, node_.read(*hub), reader_of(facility))) {
    return std::move(*response);
  }
  return no_such_path(request);
}

HttpResponse DistrictHttpApi::feed(const HttpRequest& request, const JoinedHub& hub,
                                   StreamKind feed) {
  const auto asked = feed_query(request);
  if (!asked) return refusal_response(asked.refusal(), request_language(request));
  if (asked->follow) {
    auto response = ndjson_response({});
    response.pull = followers_.follow(asked->after, [this, hub, feed](std::uint64_t position) {
      return feed_after(node_, hub, feed, position, limits::http_part_lines_max,
                        limits::http_part_bytes);
    });
    return response;
  }
  return ndjson_response(
      feed_after(node_, hub, feed, asked->after, asked->limit, limits::http_answer_bytes).text);
}

void DistrictHttpApi::join(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const auto invitation = parse_invitation(request.body);
  if (!invitation) return reply(refusal_response(invitation.refusal(), language));
  if (invitation->kind != FacilityKind::district) {
    return reply(refusal_response({Code::invitation_for_agent, {}, {}}, language));
  }
  const bool text = request.query_value("form") == "text";
  const auto answer = [reply, language, text](const Result<DistrictLinks::JoinOutcome>& outcome) {
    if (!outcome) return reply(refusal_response(outcome.refusal(), language));
    const auto now = read_clock().wall;
    auto said = text ? join_sentence(*outcome, language, now) : join_json(*outcome, now);
    if (!said) return reply(refusal_response(said.refusal(), language));
    reply(text ? text_response(std::move(said).value() + "\n")
               : json_response(std::move(said).value()));
  };
  DistrictLinks::Asked asked{*invitation, std::nullopt};
  if (request.query_value("replace") == "1") asked.replaces = request.query_value("hub");
  links_.join(asked, enrol_patience_ms, answer);
}

void DistrictHttpApi::advance(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const auto hub = node_.hub_named(request.query_value("hub"));
  if (!hub) return reply(refusal_response(hub.refusal(), language));
  const auto feed = feed_named(request.query_value("feed"));
  if (!feed) return reply(refusal_response({Code::bad_option, "--feed", {}}, language));
  const auto to = query_number(request, "to", 0);
  if (!to) return reply(refusal_response(to.refusal(), language));
  writer_.submit({[prefix = hub->prefix, feed = *feed, to = *to](WriteTxn& whole) {
                    PrefixedWrite part(whole, prefix);
                    advance_tail(part, feed, to);
                  },
                  [reply, language](std::optional<StoreFull> full) {
                    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
                    reply(json_response("{\"ok\":true}"));
                  }});
}

}  // namespace titip
