#include "io/http_common.hh"

#include <algorithm>
#include <charconv>

#include "core/intake_json.hh"
#include "core/limits.hh"

namespace titip {

namespace {

constexpr std::string_view records_path = "/v1/records/";
constexpr std::uint64_t list_default = 1000;
// Of lines: a snapshot is held and a body built meanwhile, so a reader asks on with `after`.
constexpr std::uint64_t list_max = 10'000;

// nullopt: the request does not have the key.
std::optional<std::string_view> query_given(const HttpRequest& request, std::string_view key) {
  const auto found = std::ranges::find(
      request.query, key, [](const auto& pair) -> std::string_view { return pair.first; });
  if (found == request.query.end()) return std::nullopt;
  return found->second;
}

Refusal bad_value(std::string_view key) { return {Code::bad_option, std::string(key), {}}; }

Result<std::string> lines(const HttpRequest& request, const ReadTxn& txn,
                          const RecordReader& reader, const RecordType& type) {
  const auto limit = query_number(request, "limit", list_default);
  if (!limit) return limit.refusal();
  RecordId after = 0;
  if (const auto text = query_given(request, "after")) {
    const auto id = parse_hex_id(*text);
    if (!id) return bad_value("after");
    after = *id;
  }
  std::string body;
  auto left = std::min(*limit, list_max);
  if (left == 0) return body;
  each_record(txn, reader, type, after, [&](RecordId, const std::string& line) {
    body += line + "\n";
    return --left > 0 && body.size() < limits::http_answer_bytes;
  });
  return body;
}

}  // namespace

HttpResponse json_response(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body) + "\n";
  return response;
}

Result<std::uint64_t> query_number(const HttpRequest& request, std::string_view key,
                                   std::uint64_t otherwise) {
  const auto text = query_given(request, key);
  if (!text) return otherwise;
  std::uint64_t number = 0;
  const auto* const text_end = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), text_end, number);
  if (error != std::errc() || end != text_end) return bad_value(key);
  return number;
}

Result<bool> query_flag(const HttpRequest& request, std::string_view key) {
  const auto text = query_given(request, key).value_or("0");
  if (text != "0" && text != "1") return bad_value(key);
  return text == "1";
}

Result<FeedQuery> feed_query(const HttpRequest& request) {
  const auto after = query_number(request, "after", 0);
  if (!after) return after.refusal();
  const auto limit = query_number(request, "limit", list_max);
  if (!limit) return limit.refusal();
  const auto follow = query_flag(request, "follow");
  if (!follow) return follow.refusal();
  return FeedQuery{*after, std::min(*limit, list_max), *follow};
}

HttpResponse no_such_path(const HttpRequest& request) {
  return refusal_response({Code::no_such_path, {}, {request.method}}, request_language(request));
}

Language request_language(const HttpRequest& request) {
  const auto asked = request.query_value("lang");
  if (asked == "id") return Language::indonesian;
  if (asked == "en") return Language::english;
  return request.language;
}

std::optional<HttpResponse> answer_records(const HttpRequest& request, const ReadTxn& txn,
                                           const RecordReader& reader) {
  if (request.method != "GET" || !request.path.starts_with(records_path)) return std::nullopt;
  const auto rest = std::string_view(request.path).substr(records_path.size());
  const auto slash = rest.find('/');
  const auto* type = reader.registry.find(rest.substr(0, slash));
  const auto language = request_language(request);
  if (type == nullptr) return refusal_response({Code::not_found, {}, {}}, language);
  if (slash == std::string_view::npos) {
    auto body = lines(request, txn, reader, *type);
    if (!body) return refusal_response(body.refusal(), language);
    return ndjson_response(std::move(body).value());
  }
  const auto id = parse_hex_id(rest.substr(slash + 1));
  if (!id) return refusal_response({Code::not_found, {}, {}}, language);
  auto line = record_json(txn, reader, *type, *id);
  if (!line) return refusal_response({Code::not_found, {}, {}}, language);
  return json_response(std::move(*line));
}

std::optional<HttpResponse> answer_records(const HttpRequest& request, Store& store,
                                           const RecordReader& reader) {
  return answer_records(request, *store.read(), reader);
}

HttpResponse text_response(std::string text) {
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

HttpResponse ndjson_response(std::string lines) {
  HttpResponse response;
  response.content_type = "application/x-ndjson";
  response.body = std::move(lines);
  return response;
}

}  // namespace titip
