#pragma once

// What the HTTP APIs of agent, hub and district answer alike.

#include <optional>
#include <string>
#include <string_view>

#include "core/queries.hh"
#include "core/refusal.hh"
#include "io/http_server.hh"
#include "io/store.hh"

namespace titip {

HttpResponse json_response(std::string body, int status = 200);

// A decimal number; `otherwise` where the key is absent; bad_option for anything else.
Result<std::uint64_t> query_number(const HttpRequest& request, std::string_view key,
                                   std::uint64_t otherwise);
// 1, or 0 as where the key is absent; bad_option for anything else.
Result<bool> query_flag(const HttpRequest& request, std::string_view key);

// What part of a feed a request is for.
struct FeedQuery {
  std::uint64_t after = 0;
  std::uint64_t limit = 0;  // of lines
  bool follow = false;
};
Result<FeedQuery> feed_query(const HttpRequest& request);

// Nothing answers this path, or this method of it.
HttpResponse no_such_path(const HttpRequest& request);

// ?lang=id|en beats Accept-Language.
Language request_language(const HttpRequest& request);

// GET /v1/records/{type}[/{id}]; nullopt: another path. A list is NDJSON, at most `limit` (default
// 1,000) records from the id after `after`.
std::optional<HttpResponse> answer_records(const HttpRequest& request, Store& store,
                                           const RecordReader& reader);
std::optional<HttpResponse> answer_records(const HttpRequest& request, const ReadTxn& txn,
                                           const RecordReader& reader);

HttpResponse text_response(std::string text);
HttpResponse ndjson_response(std::string lines);

}  // namespace titip
