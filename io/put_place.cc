#include "io/put_place.hh"

#include <memory>

#include "core/limits.hh"
#include "io/data_dir.hh"
#include "io/http_server.hh"
#include "io/refusal_error.hh"
#include "io/wait_for_lock.hh"

namespace titip {

namespace {

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// One line of the request a line number, so that the daemon's numbers are the file's.
std::vector<std::string> save_by_daemon(LocalClient& daemon, const std::vector<RawLine>& lines,
                                        Language language) {
  std::vector<std::string> results;
  std::string body;
  std::uint64_t first = 0;
  std::uint64_t next = 0;
  const auto flush = [&] {
    if (body.empty()) return;
    const auto response = daemon.exchange("POST",
                                          "/v1/events?line=" + std::to_string(first) +
                                              "&lang=" + std::string(language_word(language)),
                                          "application/x-ndjson", body);
    if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
    for (auto& line : split_lines(response.body)) results.push_back(std::move(line));
    body.clear();
  };
  for (const auto& line : lines) {
    if (line.too_long) {
      flush();
      results.push_back(result_json({line.number, {}, line_too_long()}, Registry::ilp(), language));
      continue;
    }
    if (body.size() + line.text.size() > limits::http_body_bytes_max / 2) flush();
    if (body.empty()) {
      first = next = line.number;
    }
    for (; next < line.number; ++next)
      body.push_back('\n');  // blank lines of the file keep their numbers
    body += line.text + "\n";
    ++next;
  }
  flush();
  return results;
}

std::vector<std::string> save_here(const SaveLines& save, const std::vector<RawLine>& raw,
                                   Language language) {
  std::vector<IntakeLine> lines;
  lines.reserve(raw.size());
  for (const auto& line : raw) lines.push_back(parse_line(line, Registry::ilp()));
  std::vector<std::string> results;
  for (const auto& result : save(lines)) {
    results.push_back(result_json(result, Registry::ilp(), language));
  }
  return results;
}

}  // namespace

SaveGroup find_place_to_save(const CommandContext& command,
                             const std::function<SaveLines()>& open) {
  constexpr int patience_ms = 10'000;
  SaveGroup place;
  wait_for_lock(patience_ms, [&] {
    if (const std::shared_ptr<LocalClient> daemon =
            LocalClient::connect(socket_file(command.data))) {
      place = [daemon, language = command.language](const std::vector<RawLine>& lines) {
        return save_by_daemon(*daemon, lines, language);
      };
      return;
    }
    place = [save = open(), language = command.language](const std::vector<RawLine>& lines) {
      return save_here(save, lines, language);
    };
  });
  return place;
}

}  // namespace titip
