#include "io/command_context.hh"

#include <cerrno>
#include <cstdio>

#include "core/intake_field.hh"
#include "core/intake_json.hh"
#include "io/command_result.hh"
#include "io/data_dir.hh"
#include "io/log.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

const RecordType& type_named(const Registry& registry, const std::string& name) {
  const auto* type = registry.find(name);
  if (type == nullptr) throw RefusalError({Code::unknown_type, "type", {quotable_name(name)}});
  return *type;
}

}  // namespace

CommandContext command_context(const CommonOptions& common, const Config& flags,
                               const std::string& config_file_named, const ForeignKeys& foreign) {
  CommandContext command;
  command.language = choose_language(common.lang, process_environment);
  command.json = common.json;
  auto data = choose_data_directory(common.data, process_environment);
  if (!data) throw RefusalError(data.refusal());
  command.data = *data;
  const bool named = !config_file_named.empty();
  auto config =
      effective_config(flags, process_environment,
                       named ? std::filesystem::path(config_file_named) : config_file(command.data),
                       named ? ConfigFile::must_exist : ConfigFile::may_be_missing, foreign);
  if (!config) throw RefusalError(config.refusal());
  command.config = *config;
  return command;
}

void start_log_of(const Config& config) {
  const auto level = parse_log_level(config.log_level);
  if (!config.log_level.empty() && !level) throw RefusalError({Code::bad_option, "log-level", {}});
  start_log(level.value_or(LogLevel::info));
}

std::string_view language_word(Language language) {
  return language == Language::indonesian ? "id" : "en";
}

void print_text(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return;
  constexpr const char* output = "standard output";
  // Elsewhere that is a daemon that has gone.
  if (errno == EPIPE) throw RefusalError({Code::io_failed, {}, {output}});
  throw OsError("write", output, errno);
}

void print_line(std::string_view line) { print_text(std::string(line) + "\n"); }

int print_record(const OpenSnapshot& open, const RecordReader& reader,
                 const CommandContext& command, const std::string& type_name,
                 const std::string& id_text) {
  const auto& type = type_named(reader.registry, type_name);
  const auto id = parse_hex_id(id_text);
  if (!id) return fail({Code::bad_id, "id", {}}, command.language, command.json);
  const auto line = record_json(*open(), reader, type, *id);
  if (!line) return fail({Code::not_found, {}, {}}, command.language, command.json);
  print_line(*line);
  return 0;
}

int print_records(const OpenSnapshot& open, const RecordReader& reader,
                  const std::string& type_name) {
  const auto& type = type_named(reader.registry, type_name);
  // A snapshot for each part, printed after it is closed: a slow reader never pins the store's old
  // pages.
  constexpr std::size_t part = 5'000;
  RecordId after = 0;
  for (std::size_t seen = part; seen == part;) {
    std::string lines;
    seen = 0;
    each_record(*open(), reader, type, after, [&](RecordId id, const std::string& line) {
      after = id;
      lines += line + "\n";
      return ++seen < part;
    });
    print_text(lines);
  }
  return 0;
}

int print_record(Store& store, const RecordReader& reader, const CommandContext& command,
                 const std::string& type_name, const std::string& id_text) {
  return print_record([&] { return store.read(); }, reader, command, type_name, id_text);
}

int print_records(Store& store, const RecordReader& reader, const std::string& type_name) {
  return print_records([&] { return store.read(); }, reader, type_name);
}

}  // namespace titip
