#pragma once

// What a request must look like before a handler sees it. Pure functions, so that they are tested
// and compiled without Beast.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/refusal.hh"

namespace titip {

struct HttpTarget {
  std::string path;  // decoded
  std::vector<std::pair<std::string, std::string>> query;
};

// nullopt: not an absolute path, a bad escape, or a path that would mean something else once
// decoded (an escaped slash, a control character, a segment "." or "..").
std::optional<HttpTarget> parse_http_target(std::string_view target);

// "Application/JSON; charset=utf-8" → "application/json".
std::string bare_content_type(std::string_view header);

// 127.0.0.1, localhost or [::1], with any port: an operator may come through a forwarded one. A
// page of another name that resolves to this machine (DNS rebinding) carries its own name here.
bool is_loopback_host(std::string_view host);

// What a browser page of another site cannot avoid giving away.
struct HttpProvenance {
  std::vector<std::string_view> hosts;    // every Host header
  std::vector<std::string_view> origins;  // every Origin header
  std::string_view method;
  std::string_view content_type;
};
std::optional<Refusal> judge_provenance(const HttpProvenance& request);

// Indonesian when Accept-Language prefers it.
Language request_language(std::string_view accept_language);

}  // namespace titip
