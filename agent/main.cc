// titip-agent: only wires options to commands.

#include "agent/commands.hh"
#include "agent/daemon.hh"
#include "core/version.hh"
#include "io/command_context.hh"
#include "io/command_line.hh"
#include "io/keys.hh"

namespace {

using namespace titip;

struct Options {
  CommonOptions common;
  Config flags;
  std::string config_file;
  std::string argument;  // INVITE, FILE or TYPE
  std::string id;
};

CommandContext context_of(const Options& options) {
  return command_context(options.common, options.flags, options.config_file);
}

int run(const Options& options) {
  const auto command = context_of(options);
  start_log_of(command.config);
  return run_agent(command.data, command.config);
}

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  Options options;
  CommandLine line("titip-agent", "Keeps what a health post records and passes it on to its hub.",
                   std::string(software_version));
  const auto add = [&](const std::string& name, const std::string& help) -> Command& {
    auto& command = line.command(name, help);
    add_common_options(command, options.common);
    command.option("--config", options.config_file, "FILE", "settings; else DIR/config.toml");
    return command;
  };
  add("join", "accept a hub's invitation, a titip:// link")
      .positional("INVITE", options.argument, "the link", Need::required)
      .runs([&] { return agent_join(context_of(options), options.argument); });
  add("run", "keep the link to the hub, until it is told to end")
      .option("--http", options.flags.http, "ADDRESS", "of the HTTP API; else 127.0.0.1:7410")
      .option("--log-level", options.flags.log_level, "LEVEL",
              "trace, debug, info, warning, error or off")
      .runs([&] { return run(options); });
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
  add("status", "say what is saved here and what the hub holds").runs([&] {
    return agent_status(context_of(options));
  });
  return line.parse_and_run(argc, argv, options.common);
}
