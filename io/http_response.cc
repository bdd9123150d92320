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

}  // namespace titip
