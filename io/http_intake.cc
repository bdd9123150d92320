#include "io/http_intake.hh"

#include "core/limits.hh"
#include "io/http_common.hh"

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

void post_events(Intake& intake, const HttpRequest& request, const HttpReply& reply) {
  const auto language = request_language(request);
  if (request.content_type != "application/x-ndjson") {
    RawLine line{1, request.body, request.body.size() > limits::event_json_bytes_max};
    std::vector<IntakeLine> lines;
    lines.push_back(parse_line(line, Registry::ilp()));
    intake.save(std::move(lines), [reply, language](const std::vector<LineResult>& results) {
      reply(single_answer(results.front(), language));
    });
    return;
  }
  const auto first = query_number(request, "line", 1);  // of a long file sent in parts
  if (!first) return reply(refusal_response(first.refusal(), language));
  std::vector<RawLine> raw;
  LineSplitter splitter(*first);
  splitter.feed(request.body, raw);
  splitter.finish(raw);
  std::vector<IntakeLine> lines;
  lines.reserve(raw.size());
  for (const auto& line : raw) lines.push_back(parse_line(line, Registry::ilp()));
  intake.save(std::move(lines), [reply, language](const std::vector<LineResult>& results) {
    reply(lines_answer(results, language));
  });
}

}  // namespace titip
