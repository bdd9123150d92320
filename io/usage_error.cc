#include "io/usage_error.hh"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>

#include "io/command_result.hh"

namespace titip {

namespace {

constexpr int exit_usage = 2;

struct Words {
  const char* english;
  const char* indonesian;
};

// {0}: the name; {1}: the detail. In the order of Usage.
constexpr std::array<Words, 10> words_of_usage{{
    {"{0} is missing.", "{0} belum ditulis."},
    {"{0} needs exactly one value.", "{0} perlu tepat satu nilai."},
    {"{0} takes no value.", "{0} tidak memakai nilai."},
    {"{0} must be a whole number, 0 or more.", "{0} harus bilangan bulat, 0 atau lebih."},
    {"{0} must be one of: {1}.", "{0} harus salah satu dari: {1}."},
    {"There is no option {0} here.", "Tidak ada pilihan {0} di sini."},
    {"There is no such command.", "Perintah itu tidak ada."},
    {"A command is missing.", "Perintah belum ditulis."},
    {"There is an argument too many.", "Ada argumen yang berlebih."},
    {"This command cannot be read.", "Perintah ini tidak dapat dibaca."},
}};
static_assert(words_of_usage.size() == static_cast<std::size_t>(Usage::unreadable) + 1);

void replace(std::string& text, std::string_view placeholder, const std::string& value) {
  const auto at = text.find(placeholder);
  if (at != std::string::npos) text.replace(at, placeholder.size(), value);
}

std::string_view lang_of(const std::vector<std::string_view>& words) {
  constexpr std::string_view option = "--lang";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == option && i + 1 < words.size()) return words[i + 1];
    if (words[i].starts_with("--lang=")) return words[i].substr(option.size() + 1);
  }
  return {};
}

}  // namespace

int report_usage_error(const UsageError& error, const std::string& command,
                       const std::vector<std::string_view>& words) {
  const auto language = choose_language(lang_of(words), process_environment);
  const auto& both = words_of_usage.at(static_cast<std::size_t>(error.what));
  const bool indonesian = language == Language::indonesian;
  std::string text = indonesian ? both.indonesian : both.english;
  replace(text, "{0}", error.name);
  replace(text, "{1}", error.detail);
  text += (indonesian ? " Lihat: " : " See: ") + command + " --help";
  if (std::ranges::find(words, "--json") != words.end()) {
    boost::json::object object;
    object["code"] = code_name(Code::bad_option);
    if (!error.name.empty()) object["field"] = error.name;
    object["message"] = text;
    text = boost::json::serialize(object);
  }
  std::fprintf(stderr, "%s\n", text.c_str());
  return exit_usage;
}

}  // namespace titip
