#include "agent/http_api.hh"

#include "agent/metrics.hh"
#include "agent/status.hh"
#include "io/clock.hh"
#include "io/http_common.hh"
#include "io/http_intake.hh"
#include "io/metrics_text.hh"
#include "io/stock_output.hh"

namespace titip {

void AgentHttpApi::handle(const HttpRequest& request, const HttpReply& reply) {
  if (request.path == "/v1/events" && request.method == "POST")
    return post_events(intake_, request, reply);
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
  if (auto response = answer_stock(request, *node_.store().read(), reader))
    return reply(std::move(*response));
  reply(no_such_path(request));
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
