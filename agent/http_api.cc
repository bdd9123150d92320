#include "agent/http_api.hh"

#include "agent/metrics.hh"
#include "agent/status.hh"
#include "core/limits.hh"
#include "io/clock.hh"
#include "io/http_common.hh"
#include "io/metrics_text.hh"

namespace titip {

namespace {

// One event: 201, the same ref again 200, refused as its code says.
HttpResponse single_answer(const LineResult& result, Language language) {
  auto body = result_json(result, Registry::ilp(), language);
  if (!result.saved)
    return json_response(std::move(body), http_status(result.saved.refusal().code));
  constexpr int created = 201;
  return json_response(std::move(body), result.saved->again ? 200 : created);
}

HttpResponse lines_answer(const std::vector<LineResult>& results, Language language) {
  HttpResponse response;
  response.content_type = "application/x-ndjson";
  for (const auto& result : results) {
    response.body += result_json(result, Registry::ilp(), language) + "\n";
  }
  return response;
}

}  // namespace

void AgentHttpApi::handle(const HttpRequest& request, const HttpReply& reply) {
  if (request.path == "/v1/events" && request.method == "POST") return post_events(request, reply);
  if (request.method == "GET" && request.path == "/v1/status") return reply(status(request));
  if (request.method == "GET" && request.path == "/v1/updates")
    return reply(updates_.stream(request));
  if (request.method == "GET" && request.path == "/healthz")
    return reply(json_response("{\"ok\":true}"));
  if (request.method == "GET" && request.path == "/metrics")
    return reply(metrics_response(agent_metrics(node_, running_status())));
  const RecordReader reader{Registry::ilp(), {}, true};
  if (auto response = answer_records(request, node_.store(), reader))
    return reply(std::move(*response));
  reply(refusal_response({Code::not_found, {}, {}}, request_language(request)));
}

void AgentHttpApi::post_events(const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  if (request.content_type != "application/x-ndjson") {
    RawLine line{1, request.body, request.body.size() > limits::event_json_bytes_max};
    std::vector<IntakeLine> lines;
    lines.push_back(parse_line(line, Registry::ilp()));
    intake_.save(std::move(lines), [reply, language](const std::vector<LineResult>& results) {
      reply(single_answer(results.front(), language));
    });
    return;
  }
  std::vector<RawLine> raw;
  LineSplitter splitter(query_number(request, "line", 1));  // of a long file sent in parts
  splitter.feed(request.body, raw);
  splitter.finish(raw);
  std::vector<IntakeLine> lines;
  lines.reserve(raw.size());
  for (const auto& line : raw) lines.push_back(parse_line(line, Registry::ilp()));
  intake_.save(std::move(lines), [reply, language](const std::vector<LineResult>& results) {
    reply(lines_answer(results, language));
  });
}

AgentStatus AgentHttpApi::running_status() {
  auto status = read_status(node_);
  status.running = true;
  status.connected = link_.connected();
  status.bytes_sent = link_.bytes_sent();
  status.bytes_received = link_.bytes_received();
  return status;
}

HttpResponse AgentHttpApi::status(const HttpRequest& request) {
  const auto status = running_status();
  if (request.query_value("form") != "text") return json_response(status_json(status));
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = status_text(status, request_language(request), read_clock().wall);
  return response;
}

}  // namespace titip
