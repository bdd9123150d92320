#pragma once

// What every command of every node kind starts from, and what agents and hubs do alike.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/queries.hh"
#include "core/refusal.hh"
#include "io/command_line.hh"
#include "io/config.hh"
#include "io/store.hh"

namespace titip {

struct CommandContext {
  std::filesystem::path data;
  Config config;
  Language language = Language::english;
  bool json = false;
};

// From options, environment and the configuration file. Throws RefusalError.
CommandContext command_context(const CommonOptions& common, const Config& flags,
                               const std::string& config_file_named,
                               const ForeignKeys& foreign = {});

// Starts the log at the configured level. Throws RefusalError for a level that is none.
void start_log_of(const Config& config);

std::string_view language_word(Language language);  // "id" or "en"

// On standard output, handed over when they return; throw for what is not taken, so that a full
// disk or a reader that has gone never looks like success.
void print_text(std::string_view text);
void print_line(std::string_view line);

// `get` and `list` over an opened store, or a part of one. A snapshot is opened when it is needed.
using OpenSnapshot = std::function<std::unique_ptr<ReadTxn>()>;
int print_record(const OpenSnapshot& open, const RecordReader& reader,
                 const CommandContext& command, const std::string& type, const std::string& id);
int print_records(const OpenSnapshot& open, const RecordReader& reader, const std::string& type);
int print_record(Store& store, const RecordReader& reader, const CommandContext& command,
                 const std::string& type, const std::string& id);
int print_records(Store& store, const RecordReader& reader, const std::string& type);

}  // namespace titip
