// titip-scenarios [--rewrite] FILE…
// Plays golden conversations: text files that read like stories. A line "> command" makes something
// happen, the indented lines after it are what follows from it, "# …" tells the story. Exit code 1:
// something else happened than is told; 2: usage, or a line that cannot be played; 3: no such file.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenarios/commands.hh"
#include "tests/scenarios/difference.hh"

namespace {

constexpr const char* usage =
    "titip-scenarios [--rewrite] FILE…\n"
    "  --rewrite  write what really happens into the files, to be reviewed\n"
    "A story's lines are \"# …\", what happens (indented), and:\n";

// The story as it really goes.
std::string played(const std::string& text) {
  std::string out;
  const titip::Field::Tell tell = [&](const std::string& line) { out += "  " + line + "\n"; };
  titip::Field field(tell);
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("  ")) continue;
    out += line + "\n";
    try {
      if (line.starts_with("> ")) {
        titip::obey(field, line.substr(2), tell);
      } else {
        titip::require(line.empty() || line.starts_with("#"), "neither story nor command");
      }
    } catch (const titip::StoryError& error) {
      throw titip::StoryError(std::to_string(number) + ": " + line + ": " + error.what());
    }
  }
  return out;
}

int play(const std::string& file, bool rewrite, const char* program) {
  std::ifstream in(file);
  if (!in) return std::cerr << "cannot read " << file << '\n', 3;
  std::ostringstream read;
  read << in.rdbuf();
  const auto expected = read.str();
  std::string actual;
  try {
    actual = played(expected);
  } catch (const titip::StoryError& error) {
    return std::cerr << file << ':' << error.what() << '\n', 2;
  }
  if (actual == expected) return std::cout << "as told: " << file << '\n', 0;
  if (rewrite) {
    std::ofstream out(file, std::ios::trunc);
    if (!(out << actual << std::flush)) return std::cerr << "cannot write " << file << '\n', 3;
    return std::cout << "rewritten: " << file << '\n', 0;
  }
  std::cout << "not as told (-), but (+): " << file << '\n'
            << titip::difference(expected, actual) << "If that is right:  " << program
            << " --rewrite " << file << '\n';
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> files;
  bool rewrite = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view word(arguments[i]);
    if (word == "--rewrite") {
      rewrite = true;
    } else if (word == "--help") {
      return std::cout << usage << titip::command_list(), 0;
    } else if (word.starts_with("-")) {
      return std::cerr << usage << titip::command_list(), 2;
    } else {
      files.emplace_back(word);
    }
  }
  if (files.empty()) return std::cerr << usage << titip::command_list(), 2;
  int worst = 0;
  for (const auto& file : files) worst = std::max(worst, play(file, rewrite, arguments[0]));
  return worst;
}
