#include "hub/http_api.hh"

#include "core/intake_json.hh"
#include "core/limits.hh"
#include "core/queries.hh"
#include "hub/backup.hh"
#include "hub/feed.hh"
#include "hub/metrics.hh"
#include "hub/recover.hh"
#include "hub/revoke.hh"
#include "hub/status.hh"
#include "io/clock.hh"
#include "io/http_common.hh"
#include "io/http_intake.hh"
#include "io/metrics_text.hh"
#include "io/stock_output.hh"

namespace titip {

namespace {

RecordReader reader() { return {Registry::ilp(), {}, false}; }

}  // namespace

void HubHttpApi::handle(const HttpRequest& request, const HttpReply& reply) {
  if (request.local && request.method == "POST" && request.path == "/local/invite") {
    return invite(request, reply);
  }
  if (request.local && request.method == "POST" && request.path == "/local/revoke") {
    return revoke(request, reply);
  }
  if (request.local && request.method == "POST" && request.path == "/local/proceed") {
    return proceed(request, reply);
  }
  if (request.local && request.method == "POST" && request.path == "/local/confirm") {
    return confirm(request, reply);
  }
  if (request.local && request.method == "POST" && request.path == "/local/backup") {
    return note_backup(request, reply);
  }
  if (request.path == "/v1/events" && request.method == "POST")
    return post_events(intake_, request, reply);
  if (review_.answer(request, reply)) return;
  if (request.method == "GET") return reply(read(request));
  reply(no_such_path(request));
}

HttpResponse HubHttpApi::read(const HttpRequest& request) {
  const auto language = request_language(request);
  const auto connected = [this](NodeId id) { return link_.connected(id); };
  const bool text = request.query_value("form") == "text";
  if (request.path == "/healthz") return json_response("{\"ok\":true}");
  if (request.path == "/metrics") {
    return metrics_response(hub_metrics(node_, connected, link_.session_count()));
  }
  if (request.path == "/v1/status") {
    return text ? text_response(hub_status_text(node_, true, connected, language))
                : json_response(hub_status_json(node_, true, connected));
  }
  if (request.path == "/v1/nodes") {
    const auto txn = node_.store().read();
    const auto now = read_clock().wall;
    return text ? text_response(nodes_text(*txn, connected, now, language))
                : ndjson_response(nodes_json(*txn, connected, now));
  }
  if (request.path == "/v1/events") return feed(request, StreamKind::hub_journal);
  if (request.path == "/v1/changes") return feed(request, StreamKind::hub_changes);
  if (auto response = answer_records(request, node_.store(), reader())) return std::move(*response);
  if (auto response = answer_stock(request, *node_.store().read(), reader()))
    return std::move(*response);
  return no_such_path(request);
}

HttpResponse HubHttpApi::feed(const HttpRequest& request, StreamKind feed) {
  const auto asked = feed_query(request);
  if (!asked) return refusal_response(asked.refusal(), request_language(request));
  if (asked->follow) {
    auto response = ndjson_response({});
    response.pull = followers_.follow(asked->after, [this, feed](std::uint64_t position) {
      return feed_after(node_.store(), feed, position, limits::http_part_lines_max,
                        limits::http_part_bytes);
    });
    return response;
  }
  return ndjson_response(
      feed_after(node_.store(), feed, asked->after, asked->limit, limits::http_answer_bytes).text);
}

void HubHttpApi::invite(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  Config config = config_;
  if (const auto named = request.query_value("public"); !named.empty())
    config.public_endpoint = named;
  const auto endpoint = public_endpoint(config, link_.endpoint());
  if (!endpoint) return reply(refusal_response(endpoint.refusal(), language));
  const auto said = [&](std::string_view key) { return std::string(request.query_value(key)); };
  const InviteRequest wish{said("facility"),
                           said("name"),
                           said("area"),
                           said("kind"),
                           said("types"),
                           said("areas"),
                           said("withhold-identifying") == "1"};
  auto made = make_invitation(node_, wish, *endpoint);
  if (!made) return reply(refusal_response(made.refusal(), language));
  link_.invite(made->state, [reply, language, link = made->link](std::optional<StoreFull> full) {
    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
    reply(text_response(link));
  });
}

void HubHttpApi::revoke(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const bool text = request.query_value("form") == "text";
  const auto answer = [reply, language, text](std::optional<StoreFull> full,
                                              const Result<Revoked>& revoked) {
    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
    if (!revoked) return reply(refusal_response(revoked.refusal(), language));
    reply(text ? text_response(revoked_text(*revoked, language) + "\n")
               : json_response(revoked_json(*revoked)));
  };
  link_.revoke(std::string(request.query_value("node")), answer);
}

void HubHttpApi::proceed(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const bool text = request.query_value("form") == "text";
  link_.proceed([reply, language, text](std::optional<StoreFull> full, const Proceeded& ended) {
    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
    reply(text ? text_response(proceeded_text(ended, language) + "\n")
               : json_response(proceeded_json(ended)));
  });
}

void HubHttpApi::confirm(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const bool text = request.query_value("form") == "text";
  const auto answer = [reply, language, text](std::optional<StoreFull> full,
                                              const Result<std::vector<NodeState>>& confirmed) {
    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
    if (!confirmed) return reply(refusal_response(confirmed.refusal(), language));
    reply(text ? text_response(confirmed_text(*confirmed, language) + "\n")
               : json_response(confirmed_json(*confirmed)));
  };
  link_.confirm(std::string(request.query_value("node")), answer);
}

void HubHttpApi::note_backup(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  const auto epoch = parse_hex_id(request.query_value("epoch"));
  const auto offset = query_number(request, "offset", 0);
  if (!epoch || !offset) return reply(refusal_response({Code::http_bad_request, {}, {}}, language));
  const auto noted = std::make_shared<Result<BackupMark>>(Refusal{Code::bad_backup, {}, {}});
  const auto work = [noted, position = Position{*epoch, *offset}](WriteTxn& txn) {
    *noted = note_backup_at(txn, position, read_clock().wall);
  };
  writer_.submit({work, [noted, reply, language](std::optional<StoreFull> full) {
                    if (full) return reply(refusal_response({Code::disk_full, {}, {}}, language));
                    if (!*noted) return reply(refusal_response(noted->refusal(), language));
                    reply(json_response(backup_mark_json(**noted)));
                  }});
}

}  // namespace titip
