#include "hub/recover.hh"

#include <optional>

#include "core/intake_json.hh"
#include "core/pending.hh"
#include "core/print_json.hh"
#include "core/rebuilding.hh"
#include "hub/ask_daemon.hh"
#include "hub/hub_node.hh"
#include "io/command_result.hh"
#include "io/url.hh"

namespace titip {

std::string proceeded_json(bool was_rebuilding) {
  JsonWriter out;
  out.begin_object();
  out.key("wasRebuilding").boolean(was_rebuilding);
  out.end_object();
  return out.take();
}

std::string proceeded_text(bool was_rebuilding, Language language) {
  const bool indonesian = language == Language::indonesian;
  if (!was_rebuilding) {
    return indonesian ? "Hub ini tidak sedang memulihkan apa pun."
                      : "This hub was not gathering anything.";
  }
  return indonesian ? "Perubahan dikirim turun lagi. Yang datang kemudian tetap diterima."
                    : "Changes go down again. What comes later is taken all the same.";
}

std::string confirmed_json(const std::vector<NodeState>& nodes) {
  JsonWriter out;
  out.begin_object();
  out.key("confirmed").begin_array();
  for (const auto& node : nodes) {
    out.begin_object();
    out.key("node").text(format_hex_id(node.id));
    out.key("facility").text(node.facility).key("name").text(node.name);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

std::string confirmed_text(const std::vector<NodeState>& nodes, Language language) {
  const bool indonesian = language == Language::indonesian;
  if (nodes.empty()) {
    return indonesian ? "Tidak ada perangkat yang menunggu." : "No device was waiting.";
  }
  std::string text;
  for (const auto& node : nodes) {
    if (!text.empty()) text += "\n";
    text += node.name + " (" + node.facility + ", " + format_hex_id(node.id) + ")" +
            (indonesian ? " dikonfirmasi." : " is confirmed.");
  }
  return text;
}

int hub_proceed(const CommandContext& command) {
  if (const auto answer = ask_daemon(command, "POST", "/local/proceed" + form(command))) {
    print_text(answer->body);
    return 0;
  }
  auto node = HubNode::open(command.data, Access::write, command.config);
  bool was = false;
  node.store().write([&](WriteTxn& txn) { was = proceed(txn); });
  print_line(command.json ? proceeded_json(was) : proceeded_text(was, command.language));
  return 0;
}

int hub_confirm(const CommandContext& command, const std::string& name, bool all) {
  // One of the two, and not both: a slip must not confirm a device that was stolen.
  if (all != name.empty()) {
    return fail({Code::bad_option, "NODE", {"NODE | --all"}}, command.language, command.json);
  }
  if (const auto answer = ask_daemon(
          command, "POST", "/local/confirm" + form(command) + "&node=" + url_encode(name))) {
    print_text(answer->body);
    return 0;
  }
  auto node = HubNode::open(command.data, Access::write, command.config);
  std::optional<Result<std::vector<NodeState>>> confirmed;
  node.store().write([&](WriteTxn& txn) { confirmed = confirm(txn, name, node.context()); });
  if (!*confirmed) return fail(confirmed->refusal(), command.language, command.json);
  print_line(command.json ? confirmed_json(**confirmed)
                          : confirmed_text(**confirmed, command.language));
  return 0;
}

}  // namespace titip
