#include "io/node_options.hh"

namespace titip {

CommandContext context_of(const NodeOptions& options) {
  return command_context(options.common, options.flags, options.config_file, options.foreign_keys);
}

Command& add_node_command(CommandLine& line, const std::string& name, const std::string& help,
                          NodeOptions& options) {
  auto& command = line.command(name, help);
  add_common_options(command, options.common);
  command.option("--config", options.config_file, "FILE", "settings; else DIR/config.toml");
  return command;
}

Command& add_daemon_options(Command& command, const std::string& http_default,
                            NodeOptions& options) {
  return command
      .option("--http", options.flags.http, "ADDRESS", "of the HTTP API; else " + http_default)
      .option("--log-level", options.flags.log_level, "LEVEL",
              "trace, debug, info, warning, error or off");
}

int run_daemon(const NodeOptions& options, const Daemon& daemon) {
  const auto command = context_of(options);
  start_log_of(command.config);
  return daemon(command.data, command.config);
}

}  // namespace titip
