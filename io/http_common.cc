#include "io/http_common.hh"

#include <algorithm>
#include <charconv>

#include "core/intake_json.hh"

namespace titip {

namespace {

constexpr std::string_view records_path = "/v1/records/";
constexpr std::uint64_t list_default = 1000;
constexpr std::uint64_t list_max = 10'000;  // a snapshot is held and a body built meanwhile

HttpResponse list(const HttpRequest& request, const ReadTxn& txn, const RecordReader& reader,
                  const RecordType& type) {
  HttpResponse response;
  response.content_type = "application/x-ndjson";
  auto left = std::min(query_number(request, "limit", list_default), list_max);
  const auto after = parse_hex_id(request.query_value("after"));
  each_record(txn, reader, type, after.value_or(0), [&](RecordId, const std::string& line) {
    if (left == 0) return false;
    --left;
    response.body += line + "\n";
    return true;
  });
  return response;
}

}  // namespace

HttpResponse json_response(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body) + "\n";
  return response;
}

std::uint64_t query_number(const HttpRequest& request, std::string_view key,
                           std::uint64_t otherwise) {
  const auto text = request.query_value(key);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
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
  if (slash == std::string_view::npos) return list(request, txn, reader, *type);
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
