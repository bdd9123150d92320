#pragma once

// What every command of titip-agent, titip-hub and titip-district takes, and how `run` begins.

#include <filesystem>
#include <functional>
#include <string>

#include "io/command_context.hh"
#include "io/command_line.hh"
#include "io/config.hh"

namespace titip {

struct NodeOptions {
  CommonOptions common;
  Config flags;
  std::string config_file;
  ForeignKeys foreign_keys;
};

// Throws RefusalError.
CommandContext context_of(const NodeOptions& options);

// A command with --data, --lang, --json and --config.
Command& add_node_command(CommandLine& line, const std::string& name, const std::string& help,
                          NodeOptions& options);

// --http and --log-level, of `run`; `http_default` is for the help.
Command& add_daemon_options(Command& command, const std::string& http_default,
                            NodeOptions& options);

// Starts the log and the daemon; returns its exit code.
using Daemon = std::function<int(const std::filesystem::path& data, const Config& config)>;
int run_daemon(const NodeOptions& options, const Daemon& daemon);

}  // namespace titip
