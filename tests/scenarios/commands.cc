#include "tests/scenarios/commands.hh"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "core/capnp_bytes.hh"
#include "core/intake_json.hh"
#include "core/registry.hh"
#include "schema/event.capnp.h"
#include "tests/scenarios/show.hh"

namespace titip {

namespace {

using Words = std::vector<std::string>;

struct Scene {
  Field& field;
  const Field::Tell& tell;
};

// In `pattern` a word in capitals stands for any word and is handed on; COUNT for a number; a last
// FIELD=VALUE… for any number of words.
struct Command {
  std::string_view pattern;
  void (*perform)(Scene& scene, const Words& said);
};

constexpr std::string_view any_number_of = "FIELD=VALUE…";

bool all_between(std::string_view word, char low, char high) {
  return !word.empty() &&
         std::ranges::all_of(word, [&](char each) { return low <= each && each <= high; });
}
bool is_number(std::string_view word) { return all_between(word, '0', '9'); }
bool is_capitals(std::string_view word) { return all_between(word, 'A', 'Z'); }

int number(const std::string& word) {
  require(is_number(word) && word.size() < 7, word + " is no number");
  return std::stoi(word);
}

Lane lane_called(const std::string& word) {
  require(word == "urgent" || word == "routine", word + " is no lane");
  return word == "urgent" ? Lane::urgent : Lane::routine;
}

// As JSON has it: `@NAME` is a record by its name.
std::string json_value(const Field& field, const std::string& word) {
  if (word.starts_with('@')) {
    return '"' + format_hex_id(field.names().record_called(word.substr(1)).id) + '"';
  }
  const bool bare = word == "true" || word == "false" || word == "null" || word == "0" ||
                    (!word.starts_with('0') && is_number(word));
  return bare ? word : '"' + word + '"';
}

std::string json_set(const Field& field, const Words& said, std::size_t from) {
  std::string json;
  for (std::size_t i = from; i < said.size(); ++i) {
    const auto equals = said[i].find('=');
    require(equals != std::string::npos, said[i] + " is no FIELD=VALUE");
    json += (json.empty() ? "\"" : ",\"") + said[i].substr(0, equals) +
            "\":" + json_value(field, said[i].substr(equals + 1));
  }
  return R"("by":"kader-01","set":{)" + json + "}}";
}

void saves_record(Scene& scene, const Words& said) {
  scene.field.save(said[0], R"({"type":")" + said[1] + "\"," + json_set(scene.field, said, 3),
                   said[2]);
}

void sets_record(Scene& scene, const Words& said) {
  const auto record = scene.field.names().record_called(said[1]);
  scene.field.save(said[0],
                   R"({"type":")" + Registry::ilp().find(record.type)->name + R"(","id":")" +
                       format_hex_id(record.id) + "\"," + json_set(scene.field, said, 2),
                   {});
}

void saves_unknown_type(Scene& scene, const Words& said) {
  StoredBuilder<schema::Event> unknown;
  unknown->setRecord(1);
  unknown->setType(60'000);
  scene.field.save_bytes(said[0], unknown.canonical_bytes());
}

void is_put_back(Scene& scene, const Words& said) {
  if (said[0] != "hub") return scene.field.put_back(said[0], said[1]);
  scene.field.hub_begins_again(SimHub::copied(scene.field.copy_called(said[1])));
}

void hub_is_restored(Scene& scene, const Words& said) {
  scene.field.hub_begins_again(SimHub::restored(scene.field.copy_called(said[0])));
}

void hub_is_made_anew(Scene& scene, const Words&) {
  scene.field.hub_begins_again(SimHub::made_anew(scene.field.not_enrolled()));
}

void tell_all(Scene& scene, const std::vector<std::string>& lines) {
  for (const auto& line : lines) scene.tell(line);
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {"WHO is switched on",
       [](Scene& s, const Words& said) { s.field.node(said[0]).start(true); }},
      {"WHO starts again",
       [](Scene& s, const Words& said) {
         said[0] == "hub" ? s.field.hub_starts_again() : s.field.node(said[0]).start(true);
       }},
      {"WHO is out of reach", [](Scene& s, const Words& said) { s.field.reach(said[0], false); }},
      {"WHO is in reach", [](Scene& s, const Words& said) { s.field.reach(said[0], true); }},
      {"WHO loses its link", [](Scene& s, const Words& said) { s.field.lose_link(said[0]); }},
      {"WHO loses its link under the next FRAME",
       [](Scene& s, const Words& said) { s.field.lose_link_under(said[0], said[1]); }},
      {"WHO saves COUNT LANE",
       [](Scene& s, const Words& said) {
         s.field.save_samples(said[0], lane_called(said[2]), number(said[1]));
       }},
      {"WHO saves bytes that are no event",
       [](Scene& s, const Words& said) { s.field.save_bytes(said[0], "no event at all"); }},
      {"WHO saves an event of an unknown type", saves_unknown_type},
      {"WHO saves TYPE NAME FIELD=VALUE…", saves_record},
      {"WHO sets NAME FIELD=VALUE…", sets_record},
      {"WHO is copied as COPY",
       [](Scene& s, const Words& said) { s.field.copy(said[0], said[1]); }},
      {"WHO is put back to COPY", is_put_back},
      {"WHO is cloned from COPY",
       [](Scene& s, const Words& said) { s.field.clone(said[0], said[1]); }},
      {"hub is restored from COPY", hub_is_restored},
      {"hub is made anew with its keys", hub_is_made_anew},
      {"hub confirms who is pending", [](Scene& s, const Words&) { s.field.hub().operate(false); }},
      {"hub proceeds", [](Scene& s, const Words&) { s.field.hub().operate(true); }},
      {"hub is low on room", [](Scene& s, const Words&) { s.field.hub().low(true); }},
      {"hub has room", [](Scene& s, const Words&) { s.field.hub().low(false); }},
      {"run COUNT seconds",
       [](Scene& s, const Words& said) { s.field.run(number(said[0]) * 1'000); }},
      {"run until it is lost", [](Scene& s, const Words&) { s.field.run_until_lost(); }},
      {"settle", [](Scene& s, const Words&) { s.field.settle(); }},
      {"show stores", [](Scene& s, const Words&) { tell_all(s, show_stores(s.field)); }},
      {"show NAME",
       [](Scene& s, const Words& said) {
         tell_all(s, show_record(s.field, s.field.names().record_called(said[0])));
       }},
  };
  return all;
}

Words words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool matches(const std::string& pattern, const std::string& word) {
  if (pattern == "COUNT") return is_number(word);
  return pattern == word || is_capitals(pattern);
}

// What stands for the words in capitals; nothing: the command is another one.
std::optional<Words> said_by(const Command& command, const Words& line) {
  auto pattern = words_of(command.pattern);
  const bool open = pattern.back() == any_number_of;
  if (open) pattern.pop_back();
  if (line.size() < pattern.size() || (!open && line.size() > pattern.size())) return {};
  Words said;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!matches(pattern[i], line[i])) return {};
    if (is_capitals(pattern[i])) said.push_back(line[i]);
  }
  said.insert(said.end(), line.begin() + static_cast<std::ptrdiff_t>(pattern.size()), line.end());
  return said;
}

}  // namespace

void obey(Field& field, const std::string& command, const Field::Tell& tell) {
  Scene scene{field, tell};
  const auto line = words_of(command);
  for (const auto& each : commands()) {
    if (const auto said = said_by(each, line)) return each.perform(scene, *said);
  }
  throw StoryError("no such command");
}

std::string command_list() {
  std::string text;
  for (const auto& command : commands()) text += "  > " + std::string(command.pattern) + '\n';
  return text;
}

}  // namespace titip
