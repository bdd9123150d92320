#include "hub/recover.hh"

#include <optional>

#include "core/intake_json.hh"
#include "core/pending.hh"
#include "core/print_json.hh"
#include "hub/ask_daemon.hh"
#include "hub/hub_node.hh"
#include "io/command_result.hh"
#include "io/url.hh"

namespace titip {

std::string proceeded_json(const Proceeded& ended) {
  JsonWriter out;
  out.begin_object();
  out.key("wasRebuilding").boolean(ended.was_rebuilding);
  out.key("hadOtherCopy").boolean(ended.had_other_copy);
  out.end_object();
  return out.take();
}

std::string proceeded_text(const Proceeded& ended, Language language) {
  const bool indonesian = language == Language::indonesian;
  std::string text;
  if (ended.was_rebuilding) {
    text = indonesian ? "Perubahan dikirim turun lagi. Yang datang kemudian tetap diterima."
                      : "Changes go down again. What comes later is taken all the same.";
  } else if (!ended.had_other_copy) {
    text = indonesian ? "Hub ini tidak sedang memulihkan apa pun."
                      : "This hub was not gathering anything.";
  }
  if (ended.had_other_copy) {
    text += text.empty() ? "" : "\n";
    text += indonesian ? "Peringatan tentang salinan lain dihapus. Kalau salinan itu masih "
                         "berjalan, peringatan akan muncul lagi."
                       : "The warning about another copy is gone. If that copy still runs, it "
                         "will come back.";
  }
  return text;
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
  Proceeded ended;
  node.store().write([&](WriteTxn& txn) { ended = proceed(txn); });
  print_line(command.json ? proceeded_json(ended) : proceeded_text(ended, command.language));
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
