#include "hub/ask_daemon.hh"

#include "hub/hub_node.hh"
#include "io/put_place.hh"
#include "io/refusal_error.hh"

namespace titip {

std::optional<HttpResponse> ask_daemon(const CommandContext& command, const std::string& method,
                                       const std::string& target) {
  HubNode::open(command.data, Access::read,
                command.config);  // an agent's directory has a daemon too
  const auto daemon = LocalClient::connect(socket_file(command.data));
  if (!daemon) return std::nullopt;
  auto response = daemon->exchange(method, target, {}, {});
  if (const auto refusal = refusal_in(response)) throw RefusalError(*refusal);
  return response;
}

std::string form(const CommandContext& command) {
  return "?lang=" + std::string(language_word(command.language)) +
         (command.json ? "" : "&form=text");
}

}  // namespace titip
