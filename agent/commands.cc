#include "agent/commands.hh"

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "agent/agent_node.hh"
#include "agent/daemon.hh"
#include "agent/intake.hh"
#include "agent/status.hh"
#include "io/clock.hh"
#include "io/command_result.hh"
#include "io/http_server.hh"
#include "io/log.hh"
#include "io/put_command.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

constexpr int enrol_patience_ms = 15'000;

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

// Either the daemon saves, or this process is the writer itself. Another `put`, or a daemon that is
// just starting, holds the lock for a moment: wait for it rather than refuse a health worker's
// data.
struct PlaceToSave {
  std::unique_ptr<LocalClient> daemon;
  std::unique_ptr<AgentNode> node;
};

PlaceToSave find_place_to_save(const CommandContext& command) {
  constexpr int tries = 200;
  constexpr auto between = std::chrono::milliseconds(50);
  for (int left = tries;; --left) {
    if (auto daemon = LocalClient::connect(socket_file(command.data)))
      return {std::move(daemon), nullptr};
    try {
      return {nullptr, std::make_unique<AgentNode>(
                           AgentNode::open(command.data, Access::write, command.config))};
    } catch (const RefusalError& error) {
      if (error.refusal().code != Code::locked || left == 0) throw;
    }
    std::this_thread::sleep_for(between);
  }
}

// Whether the hub of this directory's device has told it that it is revoked. A daemon may be
// running, so it is asked of the store, before anything is taken or made.
bool known_revoked(const CommandContext& command) {
  try {
    auto node = AgentNode::open(command.data, Access::read, command.config);
    return node.certificate() && read_status(node).refused == code_name(Code::revoked);
  } catch (const RefusalError& error) {
    if (error.refusal().code != Code::no_store) throw;
    return false;
  }
}

}  // namespace

int agent_join(const CommandContext& command, const std::string& link) {
  const auto invitation = parse_invitation(link);
  if (!invitation) return fail(invitation.refusal(), command.language, command.json);
  start_log(
      LogLevel::error);  // one sentence at the end says it; what follows is for a daemon's log
  if (known_revoked(command)) return fail({Code::revoked, {}, {}}, command.language, command.json);
  make_agent(command.data, *invitation, command.config);
  const bool indonesian = command.language == Language::indonesian;
  const auto outcome = try_to_enrol(command.data, command.config, enrol_patience_ms);
  if (outcome.enrolled) {
    print_line(indonesian
                   ? "Terdaftar sebagai " + invitation->name + " (" + invitation->facility + ")."
                   : "Enrolled as " + invitation->name + " (" + invitation->facility + ").");
    return 0;
  }
  if (!outcome.refused) {
    print_line(
        indonesian
            ? "Undangan tersimpan; hub belum menjawab. Data dapat dicatat sekarang juga, dan "
              "'titip-agent run' akan mendaftar saat hub menjawab."
            : "The invitation is saved; the hub does not answer yet. Events can be recorded now, "
              "and 'titip-agent run' will enrol when the hub answers.");
    return 0;
  }
  Code code = *outcome.refused;
  if (code == Code::not_enrolled) {
    // The clock here may be wrong, but it is the best guess at which of the two it was.
    const bool old = invitation->expires_at < read_clock().wall;
    code = old ? Code::invitation_expired : Code::invitation_used;
  }
  return fail({code, {}, {}}, command.language, command.json);
}

int agent_put(const CommandContext& command, const std::string& file) {
  const auto place = find_place_to_save(command);
  if (const auto& daemon = place.daemon) {
    return put_lines(file, command.language, [&](const std::vector<RawLine>& lines) {
      return save_by_daemon(*daemon, lines, command.language);
    });
  }
  auto& node = *place.node;
  RecordIds ids(random_u64());
  return put_lines(file, command.language, [&](const std::vector<RawLine>& raw) {
    std::vector<IntakeLine> lines;
    lines.reserve(raw.size());
    for (const auto& line : raw) lines.push_back(parse_line(line, Registry::ilp()));
    std::vector<std::string> results;
    for (const auto& result : save_now(node, ids, lines)) {
      results.push_back(result_json(result, Registry::ilp(), command.language));
    }
    return results;
  });
}

int agent_get(const CommandContext& command, const std::string& type, const std::string& id) {
  auto node = AgentNode::open(command.data, Access::read, command.config);
  return print_record(node.store(), {Registry::ilp(), {}, true}, command, type, id);
}

int agent_list(const CommandContext& command, const std::string& type) {
  auto node = AgentNode::open(command.data, Access::read, command.config);
  return print_records(node.store(), {Registry::ilp(), {}, true}, type);
}

int agent_status(const CommandContext& command) {
  auto node = AgentNode::open(command.data, Access::read, command.config);
  if (const auto daemon = LocalClient::connect(socket_file(command.data))) {
    const auto response = daemon->exchange("GET",
                                           std::string("/v1/status?lang=") +
                                               std::string(language_word(command.language)) +
                                               (command.json ? "" : "&form=text"),
                                           {}, {});
    if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
    std::fwrite(response.body.data(), 1, response.body.size(), stdout);
    return 0;
  }
  const auto status = read_status(node);
  if (command.json) {
    print_line(status_json(status));
  } else {
    std::fputs(status_text(status, command.language, read_clock().wall).c_str(), stdout);
  }
  return 0;
}

}  // namespace titip
