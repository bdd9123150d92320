#include "hub/commands.hh"

#include <unistd.h>

#include <memory>

#include "core/intake_json.hh"
#include "hub/ask_daemon.hh"
#include "hub/check_store.hh"
#include "hub/intake.hh"
#include "hub/revoke.hh"
#include "hub/status.hh"
#include "io/clock.hh"
#include "io/command_result.hh"
#include "io/http_server.hh"
#include "io/put_place.hh"
#include "io/qr_code.hh"
#include "io/refusal_error.hh"
#include "io/stock_output.hh"
#include "io/url.hh"

namespace titip {

namespace {

// Without a daemon nobody is connected.
bool nobody(NodeId) { return false; }

RecordReader reader() { return {Registry::ilp(), {}, false}; }

void print_invitation_link(const std::string& link, bool qr) {
  if (qr) {
    const auto style = ::isatty(STDOUT_FILENO) != 0 ? QrStyle::terminal : QrStyle::plain;
    if (const auto code = qr_code(link, style)) print_line(*code);
  }
  print_line(link);
}

}  // namespace

int hub_invite(const CommandContext& command, const InviteRequest& request, bool qr) {
  if (const auto scope = requested_scope(request); !scope) {
    return fail(scope.refusal(), command.language, command.json);
  }
  const auto answer = ask_daemon(
      command, "POST",
      "/local/invite?lang=" + std::string(language_word(command.language)) +
          "&facility=" + url_encode(request.facility) + "&name=" + url_encode(request.name) +
          "&kind=" + url_encode(request.kind) + "&area=" + url_encode(request.area) +
          "&types=" + url_encode(request.types) + "&areas=" + url_encode(request.areas) +
          (request.withhold_identifying ? "&withhold-identifying=1" : "") +
          "&public=" + url_encode(command.config.public_endpoint));
  if (answer) {
    print_invitation_link(answer->body, qr);
    return 0;
  }
  auto node = HubNode::open(command.data, Access::write, command.config);
  const auto endpoint = public_endpoint(command.config, command.config.listen);
  if (!endpoint) return fail(endpoint.refusal(), command.language, command.json);
  const auto made = make_invitation(node, request, *endpoint);
  if (!made) return fail(made.refusal(), command.language, command.json);
  node.store().write([&](WriteTxn& txn) { put_invitation(txn, made->state); });
  print_invitation_link(made->link, qr);
  return 0;
}

int hub_revoke(const CommandContext& command, const std::string& name) {
  if (const auto answer = ask_daemon(
          command, "POST", "/local/revoke" + form(command) + "&node=" + url_encode(name))) {
    print_text(answer->body);
    return 0;
  }
  auto node = HubNode::open(command.data, Access::write, command.config);
  std::optional<Result<Revoked>> revoked;
  node.store().write([&](WriteTxn& txn) { revoked = revoke(txn, name, node.context()); });
  if (!*revoked) return fail(revoked->refusal(), command.language, command.json);
  print_line(command.json ? revoked_json(**revoked) : revoked_text(**revoked, command.language));
  return 0;
}

int hub_put(const CommandContext& command, const std::string& file) {
  HubNode::open(command.data, Access::read, command.config);  // an agent's daemon would save too
  const auto open = [&]() -> SaveLines {
    const auto node =
        std::make_shared<HubNode>(HubNode::open(command.data, Access::write, command.config));
    return [node, saving = saving_at(*node)](const std::vector<IntakeLine>& lines) {
      return save_now(node->store(), saving, lines);
    };
  };
  return put_lines(file, command.language, find_place_to_save(command, open));
}

int hub_get(const CommandContext& command, const std::string& type, const std::string& id) {
  auto node = HubNode::open(command.data, Access::read, command.config);
  return print_record(node.store(), reader(), command, type, id);
}

int hub_list(const CommandContext& command, const std::string& type) {
  auto node = HubNode::open(command.data, Access::read, command.config);
  return print_records(node.store(), reader(), type);
}

int hub_stock(const CommandContext& command, const std::string& facility) {
  auto node = HubNode::open(command.data, Access::read, command.config);
  return print_stock(*node.store().read(), reader(), command, facility);
}

int hub_nodes(const CommandContext& command) {
  if (const auto answer = ask_daemon(command, "GET", "/v1/nodes" + form(command))) {
    print_text(answer->body);
    return 0;
  }
  auto node = HubNode::open(command.data, Access::read, command.config);
  const auto txn = node.store().read();
  const auto now = read_clock().wall;
  const auto text = command.json ? nodes_json(*txn, nobody, now)
                                 : nodes_text(*txn, nobody, now, command.language);
  print_text(text);
  return 0;
}

int hub_status(const CommandContext& command) {
  if (const auto answer = ask_daemon(command, "GET", "/v1/status" + form(command))) {
    print_text(answer->body);
    return 0;
  }
  auto node = HubNode::open(command.data, Access::read, command.config);
  if (command.json) {
    print_line(hub_status_json(node, false, nobody));
  } else {
    print_text(hub_status_text(node, false, nobody, command.language));
  }
  return 0;
}

int hub_verify(const CommandContext& command) {
  auto node = HubNode::open(command.data, Access::read, command.config);
  const auto sound = check_hub_store(node.store());
  const auto counts = std::to_string(sound.values);
  const auto entries = std::to_string(sound.events);
  if (command.json) {
    print_line("{\"values\":" + counts + ",\"events\":" + entries + ",\"ok\":true}");
  } else {
    print_line(
        command.language == Language::indonesian
            ? "Utuh: " + counts + " nilai terbaca, rantai " + entries + " kejadian tersambung."
            : "Sound: " + counts + " values read, the chain of " + entries + " events holds.");
  }
  return 0;
}

}  // namespace titip
