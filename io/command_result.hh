#pragma once

// How a command of titip-agent, titip-hub and titip-district ends: one sentence on standard error
// in the person's language, and an exit code (design section 9).

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/refusal.hh"
#include "io/config.hh"
#include "io/os_error.hh"

namespace titip {

// --lang where it is given, else LANG.
Language choose_language(std::string_view lang, const Environment& environment);

// --data where it is given, else TITIP_DATA, else bad_option.
Result<std::filesystem::path> choose_data_directory(const std::string& data,
                                                    const Environment& environment);

// Prints the sentence, or {"code","field","message"} as JSON, on standard error; returns the exit
// code.
int fail(const Refusal& refusal, Language language, bool json);

// The process's own variables.
const char* process_environment(const char* name);

// What an error of the operating system means to the person who typed the command.
Refusal refusal_of(const OsError& error);

// Runs `body`; whatever it throws ends as one sentence by fail(), with exit code 3 unless a
// RefusalError names another.
int run_guarded(Language language, bool json, const std::function<int()>& body);

}  // namespace titip
