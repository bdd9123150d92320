#include "district/commands.hh"

#include "district/daemon.hh"
#include "district/status.hh"
#include "io/clock.hh"
#include "io/command_result.hh"
#include "io/http_server.hh"
#include "io/log.hh"
#include "io/refusal_error.hh"
#include "io/stock_output.hh"
#include "io/url.hh"
#include "io/wait_for_lock.hh"

namespace titip {

namespace {

std::string in_language(const CommandContext& command) {
  return "?lang=" + std::string(language_word(command.language));
}

JoinedHub hub_of(const DistrictNode& node, const std::string& name) {
  const auto hub = node.hub_named(name);
  if (!hub) throw RefusalError(hub.refusal());
  return *hub;
}

// What a running daemon made of it; nullopt: none runs.
std::optional<std::string> join_by_daemon(const CommandContext& command, const std::string& link,
                                          const std::optional<std::string>& replaces) {
  const auto daemon = LocalClient::connect(socket_file(command.data));
  if (!daemon) return std::nullopt;
  // Whose daemon it is: an agent's or a hub's directory has one too.
  DistrictNode::open(command.data, Access::read, command.config);
  const auto target = "/local/join" + in_language(command) + (command.json ? "" : "&form=text") +
                      (replaces ? "&replace=1&hub=" + url_encode(*replaces) : "");
  const auto answer = daemon->exchange("POST", target, "text/plain", link);
  if (const auto refusal = refusal_in(answer)) throw RefusalError(*refusal);
  return answer.body;
}

std::string join_here(const CommandContext& command, const DistrictLinks::Asked& asked) {
  if (!asked.replaces) {
    make_district(command.data, command.config);
  } else if (!std::filesystem::exists(keys_file(command.data))) {
    throw RefusalError({Code::nothing_to_replace, {}, {command.data.string()}});
  }
  const auto outcome = join_now(command.data, command.config, asked);
  if (!outcome) throw RefusalError(outcome.refusal());
  const auto now = read_clock().wall;
  const auto said =
      command.json ? join_json(*outcome, now) : join_sentence(*outcome, command.language, now);
  if (!said) throw RefusalError(said.refusal());
  return *said + "\n";
}

}  // namespace

int district_join(const CommandContext& command, const std::string& link,
                  const std::optional<std::string>& replaces) {
  const auto invitation = parse_invitation(link);
  if (!invitation) return fail(invitation.refusal(), command.language, command.json);
  if (invitation->kind != FacilityKind::district) {
    return fail({Code::invitation_for_agent, {}, {}}, command.language, command.json);
  }
  start_log(
      LogLevel::error);  // one sentence at the end says it; what follows is for a daemon's log
  std::string said;
  wait_for_lock(lock_patience_ms, [&] {
    const auto by_daemon = join_by_daemon(command, link, replaces);
    said = by_daemon ? *by_daemon : join_here(command, {*invitation, replaces});
  });
  print_text(said);
  return 0;
}

int district_status(const CommandContext& command) {
  auto node = DistrictNode::open(command.data, Access::read, command.config);
  if (const auto daemon = LocalClient::connect(socket_file(command.data))) {
    const auto response = daemon->exchange(
        "GET", "/v1/status" + in_language(command) + (command.json ? "" : "&form=text"), {}, {});
    if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
    print_text(response.body);
    return 0;
  }
  const auto status = read_status(node, false, [](HubId) { return std::nullopt; });
  if (command.json) {
    print_line(status_json(status));
  } else {
    print_text(status_text(status, command.language, read_clock().wall));
  }
  return 0;
}

int district_get(const CommandContext& command, const std::string& hub_name,
                 const std::string& type, const std::string& id) {
  auto node = DistrictNode::open(command.data, Access::read, command.config);
  const auto hub = hub_of(node, hub_name);
  const auto facility = hub.facility();
  const auto open = [&] { return std::make_unique<PrefixedRead>(node.read(hub)); };
  return print_record(open, reader_of(facility), command, type, id);
}

int district_list(const CommandContext& command, const std::string& hub_name,
                  const std::string& type) {
  auto node = DistrictNode::open(command.data, Access::read, command.config);
  const auto hub = hub_of(node, hub_name);
  const auto facility = hub.facility();
  const auto open = [&] { return std::make_unique<PrefixedRead>(node.read(hub)); };
  return print_records(open, reader_of(facility), type);
}

int district_stock(const CommandContext& command, const std::string& hub_name,
                   const std::string& facility) {
  auto node = DistrictNode::open(command.data, Access::read, command.config);
  const auto hub = hub_of(node, hub_name);
  const auto hub_facility = hub.facility();
  return print_stock(node.read(hub), reader_of(hub_facility), command, facility);
}

}  // namespace titip
