#include "agent/commands.hh"

#include <memory>

#include "agent/agent_node.hh"
#include "agent/daemon.hh"
#include "agent/intake.hh"
#include "agent/status.hh"
#include "io/clock.hh"
#include "io/command_result.hh"
#include "io/http_server.hh"
#include "io/joined_json.hh"
#include "io/log.hh"
#include "io/put_place.hh"
#include "io/refusal_error.hh"
#include "io/stock_output.hh"

namespace titip {

namespace {

constexpr int enrol_patience_ms = 15'000;

// Whether the hub of this directory's device has told it that it is revoked. A daemon may be
// running, so it is asked of the store, before anything is taken or made.
bool known_revoked(const CommandContext& command) {
  try {
    auto node = AgentNode::open(command.data, Access::read, command.config);
    return node.certificate() && read_status(node).refused == code_name(Code::revoked);
  } catch (const RefusalError& error) {
    // A hub's or a district's is refused as such when it is to be made an agent's.
    const auto code = error.refusal().code;
    if (code != Code::no_store && code != Code::other_kind) throw;
    return false;
  }
}

}  // namespace

int agent_join(const CommandContext& command, const std::string& link, bool replace) {
  const auto invitation = parse_invitation(link);
  if (!invitation) return fail(invitation.refusal(), command.language, command.json);
  if (invitation->kind == FacilityKind::district) {
    return fail({Code::invitation_for_district, {}, {}}, command.language, command.json);
  }
  start_log(
      LogLevel::error);  // one sentence at the end says it; what follows is for a daemon's log
  if (known_revoked(command)) return fail({Code::revoked, {}, {}}, command.language, command.json);
  if (replace) {
    give_to_new_hub(command.data, *invitation, command.config);
  } else {
    make_agent(command.data, *invitation, command.config);
  }
  const bool indonesian = command.language == Language::indonesian;
  const auto outcome = try_to_enrol(command.data, command.config, enrol_patience_ms);
  if (command.json && (outcome.enrolled || !outcome.refused)) {
    const auto node = AgentNode::open(command.data, Access::read, command.config);
    print_line(joined_json(invitation->facility, invitation->name, node.certificate()));
    return 0;
  }
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
  AgentNode::open(command.data, Access::read, command.config);  // a hub's daemon would save too
  const auto open = [&]() -> SaveLines {
    const auto node =
        std::make_shared<AgentNode>(AgentNode::open(command.data, Access::write, command.config));
    return [node, saving = saving_at(*node)](const std::vector<IntakeLine>& lines) {
      return save_now(node->store(), saving, lines);
    };
  };
  return put_lines(file, command.language, find_place_to_save(command, open));
}

int agent_get(const CommandContext& command, const std::string& type, const std::string& id) {
  auto node = AgentNode::open(command.data, Access::read, command.config);
  return print_record(node.store(), {Registry::ilp(), {}, true}, command, type, id);
}

int agent_list(const CommandContext& command, const std::string& type) {
  auto node = AgentNode::open(command.data, Access::read, command.config);
  return print_records(node.store(), {Registry::ilp(), {}, true}, type);
}

int agent_stock(const CommandContext& command, const std::string& facility) {
  auto node = AgentNode::open(command.data, Access::read, command.config);
  return print_stock(*node.store().read(), {Registry::ilp(), {}, true}, command, facility);
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
    print_text(response.body);
    return 0;
  }
  const auto status = read_status(node);
  if (command.json) {
    print_line(status_json(status));
  } else {
    print_text(status_text(status, command.language, read_clock().wall));
  }
  return 0;
}

}  // namespace titip
