// Golden conversations: tests/scenarios/*.txt. A line "> command" makes something happen, the
// indented lines after it are the traffic that follows; everything else is the story.
// TITIP_REWRITE=1 writes the traffic anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/check.hh"
#include "tests/support/replication_world.hh"

namespace titip {
namespace {

std::filesystem::path scenarios() {
  return std::filesystem::path(TITIP_SOURCE_DIR) / "tests" / "scenarios";
}

std::string text_of_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

Lane lane_named(const std::string& word) {
  check(word == "urgent" || word == "routine", "a scenario names a lane");
  return word == "urgent" ? Lane::urgent : Lane::routine;
}

// save LANE COUNT | strange LANE | network on|off | cut | hub full|roomy|restarts | agent restarts
// | run SECONDS
void obey(ReplicationWorld& world, const std::string& command) {
  std::istringstream words(command);
  std::string verb, object;
  int count = 1;
  words >> verb >> object >> count;
  if (verb == "save") {
    for (const Lane lane = lane_named(object); count > 0; --count)
      check(world.save(lane), "there is room");
  } else if (verb == "strange") {
    world.save_opaque(lane_named(object), "no event at all");
  } else if (verb == "network") {
    world.network(object == "on");
  } else if (verb == "cut") {
    world.cut();
  } else if (verb == "hub" && object == "restarts") {
    world.restart_hub();
  } else if (verb == "hub") {
    world.fill_hub(object == "full");
  } else if (verb == "agent" && object == "restarts") {
    world.restart_agent();
  } else {
    check(verb == "run", "a scenario says what the runner knows");
    world.run(static_cast<TimeMs>(std::stod(object) * 1000));
  }
}

// The scenario as it really goes.
std::string played(const std::string& text) {
  ReplicationWorld world(1, {.frame_ms_max = 200, .commit_ms_max = 20});
  std::string out;
  world.on_traffic([&](const std::string& line) { out += "  " + line + "\n"; });
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  ")) continue;
    out += line + "\n";
    if (line.starts_with("> ")) obey(world, line.substr(2));
  }
  EXPECT_TRUE(world.faults().empty());
  if (world.settled()) {
    EXPECT_TRUE(world.differences().empty());
  }
  return out;
}

TEST(Scenarios, GoAsTheyAreTold) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scenarios())) {
    if (entry.path().extension() != ".txt") continue;
    ++count;
    SCOPED_TRACE(entry.path().filename());
    const auto expected = text_of_file(entry.path());
    const auto actual = played(expected);
    if (std::getenv("TITIP_REWRITE") != nullptr) {
      std::ofstream(entry.path()) << actual;
    } else {
      EXPECT_EQ(actual, expected);
    }
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace titip
