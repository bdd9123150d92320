#include "io/config.hh"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace titip {
namespace {

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "titip-config-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path file() const { return directory_ / "config.toml"; }
  Result<Config> load(const std::string& text) const {
    std::ofstream(file()) << text;
    return load_config(file());
  }
  // The key and the line of a refusal.
  std::pair<std::string, std::string> refused(const std::string& text) const {
    const auto result = load(text);
    if (result.ok()) return {"accepted", ""};
    EXPECT_EQ(result.refusal().code, Code::bad_config);
    const auto where = result.refusal().details.at(0);
    return {result.refusal().field, where.substr(where.rfind(':') + 1)};
  }

  std::map<std::string, std::string> variables_;
  Environment environment_ = [this](const char* name) -> const char* {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : found->second.c_str();
  };
  std::filesystem::path directory_;
};

using Place = std::pair<std::string, std::string>;

TEST_F(ConfigTest, AKeyOfAnotherProgramIsUnknown) {
  ASSERT_TRUE(load("http = \"127.0.0.1:1\"\nhub = \"tcp://a:1\"\n").ok());
  const auto refused = load_config(file(), {"hub"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.refusal().code, Code::bad_config);
  EXPECT_EQ(refused.refusal().field, "hub");
}

TEST_F(ConfigTest, EverySettingIsRead) {
  const auto config = load(R"(
http = "127.0.0.1:7410"
log-level = "debug"
listen = "tcp://0.0.0.0:7400"
public = "tcp://hub.example:7400"
zone = "Asia/Jayapura"
map-bytes = 1_073_741_824
hub = ["tcp://a:1", "tcp://b:2"]
)");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->http, "127.0.0.1:7410");
  EXPECT_EQ(config->log_level, "debug");
  EXPECT_EQ(config->listen, "tcp://0.0.0.0:7400");
  EXPECT_EQ(config->public_endpoint, "tcp://hub.example:7400");
  EXPECT_EQ(config->zone, "Asia/Jayapura");
  EXPECT_EQ(config->map_bytes, 1'073'741'824U);
  EXPECT_EQ(config->hub_endpoints, (std::vector<std::string>{"tcp://a:1", "tcp://b:2"}));
}

TEST_F(ConfigTest, OneHubNeedsNoList) {
  EXPECT_EQ(load("hub = 'tcp://a:1'")->hub_endpoints, std::vector<std::string>{"tcp://a:1"});
}

TEST_F(ConfigTest, EmptyFileSetsNothing) { EXPECT_TRUE(load("# nothing\n")->http.empty()); }

TEST_F(ConfigTest, UnknownKeyIsRefusedWithItsLine) {
  EXPECT_EQ(refused("http = '127.0.0.1:1'\n\nhtpp = 'x'\n"), Place("htpp", "3"));
  EXPECT_EQ(refused("\n[link]\nhttp = 'x'\n"), Place("link", "2"));
  EXPECT_EQ(refused("3201014506900001 = 'x'\n"), Place("", "1"));  // may be somebody's NIK
}

TEST_F(ConfigTest, WrongTypesAreRefusedWithTheirLine) {
  EXPECT_EQ(refused("\nhttp = 7410"), Place("http", "2"));
  EXPECT_EQ(refused("http = ''"), Place("http", "1"));
  EXPECT_EQ(refused("map-bytes = '1 GiB'"), Place("map-bytes", "1"));
  EXPECT_EQ(refused("map-bytes = -1"), Place("map-bytes", "1"));
  EXPECT_EQ(refused("map-bytes = 1.5"), Place("map-bytes", "1"));
  EXPECT_EQ(refused("hub = ['tcp://a:1', 2]"), Place("hub", "1"));
  EXPECT_EQ(refused("log-level = 'loud'"), Place("log-level", "1"));
}

TEST_F(ConfigTest, WhatIsNotTomlIsRefusedWithItsLine) {
  EXPECT_EQ(refused("http = 'x'\nhub = [\n").first, "");
  EXPECT_EQ(refused("a = 1\nsecret 3201014506900001\n").second, "2");
  EXPECT_EQ(refused("http = 'a'\nhttp = 'b'\n").second, "2");
}

TEST_F(ConfigTest, RefusalHoldsNothingOfTheFilesText) {
  const auto result = load("x 3201014506900001");
  EXPECT_EQ(sentence(result.refusal(), Language::english).find("3201014506900001"),
            std::string::npos);
}

TEST_F(ConfigTest, NamedFileThatIsMissingIsRefused) {
  EXPECT_EQ(load_config(file()).refusal().code, Code::bad_config);
  EXPECT_FALSE(effective_config({}, environment_, file(), ConfigFile::must_exist).ok());
  EXPECT_TRUE(effective_config({}, environment_, file(), ConfigFile::may_be_missing).ok());
}

TEST_F(ConfigTest, FlagsBeatEnvironmentBeatsFile) {
  std::ofstream(file()) << "http = 'file'\nzone = 'file'\nlisten = 'file'\nmap-bytes = 1\n";
  variables_ = {{"TITIP_HTTP", "environment"},
                {"TITIP_ZONE", "environment"},
                {"TITIP_MAP_BYTES", "2"},
                {"TITIP_HUB", "tcp://a:1,tcp://b:2"}};
  Config flags;
  flags.http = "flag";
  const auto config = effective_config(flags, environment_, file(), ConfigFile::must_exist);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->http, "flag");
  EXPECT_EQ(config->zone, "environment");
  EXPECT_EQ(config->listen, "file");
  EXPECT_EQ(config->map_bytes, 2U);
  EXPECT_EQ(config->hub_endpoints, (std::vector<std::string>{"tcp://a:1", "tcp://b:2"}));
}

TEST_F(ConfigTest, WrongVariablesAreRefusedByName) {
  const std::map<std::string, std::string> wrong{
      {"TITIP_MAP_BYTES", "1G"}, {"TITIP_HUB", "tcp://a:1,"}, {"TITIP_LOG_LEVEL", "loud"}};
  for (const auto& variable : wrong) {
    variables_ = {variable};
    const auto config = config_of_environment(environment_);
    ASSERT_FALSE(config.ok()) << variable.first;
    EXPECT_EQ(config.refusal().field, variable.first);
  }
  variables_ = {{"TITIP_MAP_BYTES", ""}};
  EXPECT_TRUE(config_of_environment(environment_).ok());
}

TEST_F(ConfigTest, WrongLogLevelFlagIsRefused) {
  Config flags;
  flags.log_level = "loud";
  const auto config = effective_config(flags, environment_, file(), ConfigFile::may_be_missing);
  EXPECT_EQ(config.refusal().field, "--log-level");
}

}  // namespace
}  // namespace titip
