#include "io/http_rules.hh"

#include <algorithm>
#include <array>

namespace titip {

namespace {

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), ascii_lower);
  return result;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto small = ascii_lower(c);
  if (small >= 'a' && small <= 'f') return small - 'a' + 10;
  return std::nullopt;
}

enum class Plus { literal, space };

std::optional<std::string> decode_escapes(std::string_view text, Plus plus) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      result += ' ';
    } else if (text[i] != '%') {
      result += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      result += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return result;
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

std::optional<std::string> decode_path(std::string_view raw) {
  if (raw.empty() || raw.front() != '/') return std::nullopt;
  std::string path;
  for (std::size_t begin = 1; begin <= raw.size();) {
    const auto end = std::min(raw.find('/', begin), raw.size());
    const auto segment = decode_escapes(raw.substr(begin, end - begin), Plus::literal);
    if (!segment || *segment == "." || *segment == "..") return std::nullopt;
    if (segment->find_first_of("/\\") != std::string::npos) return std::nullopt;
    if (has_control_character(*segment)) return std::nullopt;
    path += '/';
    path += *segment;
    begin = end + 1;
  }
  return path;
}

}  // namespace

std::optional<HttpTarget> parse_http_target(std::string_view target) {
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = decode_path(target.substr(0, mark));
  if (!path) return std::nullopt;
  HttpTarget result{*path, {}};
  if (mark == target.size()) return result;
  const auto query = target.substr(mark + 1);
  for (std::size_t begin = 0; begin < query.size();) {
    const auto end = std::min(query.find('&', begin), query.size());
    const auto pair = query.substr(begin, end - begin);
    begin = end + 1;
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto key = decode_escapes(pair.substr(0, equals), Plus::space);
    auto value = decode_escapes(pair.substr(std::min(equals + 1, pair.size())), Plus::space);
    if (!key || !value) return std::nullopt;
    result.query.emplace_back(std::move(*key), std::move(*value));
  }
  return result;
}

std::string bare_content_type(std::string_view header) {
  auto bare = header.substr(0, header.find(';'));
  while (!bare.empty() && (bare.back() == ' ' || bare.back() == '\t')) bare.remove_suffix(1);
  return lower(bare);
}

bool is_loopback_host(std::string_view host) {
  constexpr std::array<std::string_view, 3> names{"127.0.0.1", "localhost", "[::1]"};
  const auto small = lower(host);
  return std::ranges::any_of(names, [&](std::string_view name) {
    if (!small.starts_with(name)) return false;
    const auto rest = std::string_view(small).substr(name.size());
    if (rest.empty()) return true;
    return rest.front() == ':' && rest.size() >= 2 && rest.size() <= 6 &&
           rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
  });
}

std::optional<Refusal> judge_provenance(const HttpProvenance& request) {
  if (request.hosts.size() != 1 || !is_loopback_host(request.hosts.front())) {
    return Refusal{Code::http_forbidden, "Host", {}};
  }
  const auto own_origin = "http://" + std::string(request.hosts.front());
  const auto foreign = [&](std::string_view origin) { return origin != own_origin; };
  if (std::ranges::any_of(request.origins, foreign)) {
    return Refusal{Code::http_forbidden, "Origin", {}};
  }
  // A form of a foreign page can post only other content types without asking first.
  const auto type = bare_content_type(request.content_type);
  if (request.method == "POST" && type != "application/json" && type != "application/x-ndjson") {
    return Refusal{Code::http_wrong_content_type, {}, {}};
  }
  return std::nullopt;
}

Language request_language(std::string_view accept_language) {
  const auto first = accept_language.substr(0, accept_language.find_first_of("-_,; "));
  return lower(first) == "id" ? Language::indonesian : Language::english;
}

}  // namespace titip
