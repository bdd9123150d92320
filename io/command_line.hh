#pragma once

// What people type: commands, their options and arguments, --help and usage errors. CLI11 reads
// them, in the .cc only. A usage error ends with exit code 2 and never repeats a value that was
// typed.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/command_result.hh"

namespace titip {

enum class Need : std::uint8_t { optional, required };

// Where options go is the caller's, must outlive the parse, and keeps its value when nothing was
// typed.
class Command {
 public:
  virtual ~Command() = default;

  // `name` is "--data" or "-f,--force"; `value` is how help calls what follows it: "DIR".
  virtual Command& option(const std::string& name, std::string& into, const std::string& value,
                          const std::string& help, Need need = Need::optional) = 0;
  virtual Command& option(const std::string& name, std::optional<std::uint64_t>& into,
                          const std::string& value, const std::string& help,
                          Need need = Need::optional) = 0;
  // May be given several times.
  virtual Command& option(const std::string& name, std::vector<std::string>& into,
                          const std::string& value, const std::string& help,
                          Need need = Need::optional) = 0;
  virtual Command& choice(const std::string& name, std::string& into,
                          const std::vector<std::string>& choices, const std::string& help,
                          Need need = Need::optional) = 0;
  virtual Command& flag(const std::string& name, bool& into, const std::string& help) = 0;
  // By their place, in the order of these calls: "FILE".
  virtual Command& positional(const std::string& name, std::string& into, const std::string& help,
                              Need need = Need::optional) = 0;
  // All that follow.
  virtual Command& positional(const std::string& name, std::vector<std::string>& into,
                              const std::string& help, Need need = Need::optional) = 0;
  // A command under this one: `keys export`.
  virtual Command& command(const std::string& name, const std::string& help) = 0;
  // What it does; returns the exit code.
  virtual Command& runs(std::function<int()> action) = 0;
};

// What nearly every command has.
struct CommonOptions {
  std::string data;   // --data
  std::string lang;   // --lang
  bool json = false;  // --json
};
void add_common_options(Command& command, CommonOptions& into);

class CommandLine {
 public:
  CommandLine(std::string program, std::string description, std::string version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command& command(const std::string& name, const std::string& help);

  // nullopt: a command was chosen and its options are filled. Else the exit code: 0 after --help or
  // --version, 2 after a usage error, which has been printed.
  std::optional<int> parse(int argc, const char* const* argv);

  // Runs the chosen command's action under run_guarded(), with the language and form of `common`.
  int run_chosen(const CommonOptions& common);
  int parse_and_run(int argc, const char* const* argv, const CommonOptions& common);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace titip
