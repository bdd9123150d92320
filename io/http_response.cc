#include <algorithm>
#include <boost/json.hpp>

#include "io/http_server.hh"

namespace titip {

std::string_view HttpRequest::query_value(std::string_view key, std::string_view otherwise) const {
  const auto found = std::ranges::find(
      query, key, [](const auto& pair) -> std::string_view { return pair.first; });
  return found == query.end() ? otherwise : std::string_view(found->second);
}

HttpResponse refusal_response(const Refusal& refusal, Language language) {
  boost::json::object body;
  body["code"] = code_name(refusal.code);
  if (!refusal.field.empty()) body["field"] = refusal.field;
  body["message"] = sentence(refusal, language);
  return {http_status(refusal.code), "application/json", boost::json::serialize(body) + "\n"};
}

std::optional<Refusal> refusal_in(const HttpResponse& response) {
  constexpr int first_refusing = 400;
  if (response.status < first_refusing) return std::nullopt;
  Refusal refusal{Code::daemon_unreachable, {}, {}};
  boost::system::error_code error;
  const auto body = boost::json::parse(response.body, error);
  if (error || !body.is_object()) return refusal;
  const auto text = [&](std::string_view key) -> std::string {
    const auto* value = body.as_object().if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  if (const auto code = code_named(text("code"))) refusal.code = *code;
  refusal.field = text("field");
  return refusal;
}

}  // namespace titip
