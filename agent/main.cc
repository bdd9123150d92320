// titip-agent: only wires options to commands.

#include "agent/commands.hh"
#include "agent/daemon.hh"
#include "core/version.hh"
#include "io/keys.hh"
#include "io/node_options.hh"

namespace {

using namespace titip;

struct Options : NodeOptions {
  std::string argument;  // INVITE, FILE or TYPE
  std::string id;
  std::string facility;
  bool replace = false;
};

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  Options options;
  CommandLine line("titip-agent", "Keeps what a health post records and passes it on to its hub.",
                   std::string(software_version));
  const auto add = [&](const std::string& name, const std::string& help) -> Command& {
    return add_node_command(line, name, help, options);
  };
  add("join", "accept a hub's invitation, a titip:// link")
      .positional("INVITE", options.argument, "the link", Need::required)
      .flag("--replace", options.replace,
            "the hub of this data directory is gone for good: give what is there to a new one")
      .runs([&] { return agent_join(context_of(options), options.argument, options.replace); });
  add_daemon_options(add("run", "keep the link to the hub, until it is told to end"),
                     "127.0.0.1:7410", options)
      .runs([&] { return run_daemon(options, run_agent); });
  add("put", "save events, one JSON object a line; durable when it returns")
      .positional("FILE", options.argument, "the events; else standard input")
      .runs([&] { return agent_put(context_of(options), options.argument); });
  add("get", "print one record")
      .positional("TYPE", options.argument, "its record type", Need::required)
      .positional("ID", options.id, "its id, 16 hex digits", Need::required)
      .runs([&] { return agent_get(context_of(options), options.argument, options.id); });
  add("list", "print every record of a type")
      .positional("TYPE", options.argument, "the record type", Need::required)
      .runs([&] { return agent_list(context_of(options), options.argument); });
  add("stock", "say what is left of each item: the sum of its movements")
      .option("--facility", options.facility, "CODE", "of this facility; else of all")
      .runs([&] { return agent_stock(context_of(options), options.facility); });
  add("status", "say what is saved here and what the hub holds").runs([&] {
    return agent_status(context_of(options));
  });
  return line.parse_and_run(argc, argv, options.common);
}
