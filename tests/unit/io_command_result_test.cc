#include "io/command_result.hh"

#include <gtest/gtest.h>

#include <map>

#include "io/refusal_error.hh"
#include "io/store.hh"

namespace titip {
namespace {

Environment environment_of(const std::map<std::string, std::string>& variables) {
  return [variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

struct Ended {
  int code = 0;
  std::string said;
};
Ended guarded(const std::function<int()>& body, bool json = false) {
  testing::internal::CaptureStderr();
  const int code = run_guarded(Language::english, json, body);
  return {code, testing::internal::GetCapturedStderr()};
}
template <typename Error>
Ended guarded_throw(Error error) {
  return guarded([&]() -> int { throw error; }, true);
}

TEST(CommandResult, LanguageIsTheOptionsElseThatOfLang) {
  const auto indonesian = environment_of({{"LANG", "id_ID.UTF-8"}});
  EXPECT_EQ(choose_language("", indonesian), Language::indonesian);
  EXPECT_EQ(choose_language("en", indonesian), Language::english);
  EXPECT_EQ(choose_language("id", environment_of({})), Language::indonesian);
  EXPECT_EQ(choose_language("", environment_of({{"LANG", "C.UTF-8"}})), Language::english);
  EXPECT_EQ(choose_language("", environment_of({})), Language::english);
}

TEST(CommandResult, DataDirectoryIsTheOptionsElseThatOfTheEnvironment) {
  const auto environment = environment_of({{"TITIP_DATA", "/var/lib/titip"}});
  EXPECT_EQ(*choose_data_directory("/srv", environment), "/srv");
  EXPECT_EQ(*choose_data_directory("", environment), "/var/lib/titip");
  const auto nothing = choose_data_directory("", environment_of({}));
  EXPECT_EQ(nothing.refusal().code, Code::bad_option);
  EXPECT_EQ(nothing.refusal().field, "--data");
}

TEST(CommandResult, WhatTheCommandReturnsIsReturned) {
  const auto ended = guarded([] { return 1; });
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.said, "");
}

TEST(CommandResult, RefusalIsItsSentenceAndItsExitCode) {
  const Refusal revoked{Code::revoked, {}, {}};
  const auto ended = guarded([&]() -> int { throw RefusalError(revoked); });
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.said, sentence(revoked, Language::english) + "\n");
}

TEST(CommandResult, ErrorsOfTheSystemSayWhatToDo) {
  const std::map<int, std::string> names{{EACCES, "no_permission"},
                                         {EROFS, "no_permission"},
                                         {ENOSPC, "disk_full"},
                                         {ENOENT, "no_store"},
                                         {ECONNREFUSED, "daemon_unreachable"},
                                         {EIO, "io_failed"}};
  for (const auto& [number, name] : names) {
    const auto ended = guarded_throw(OsError("open", "/data/titip", number));
    EXPECT_EQ(ended.code, 3) << name;
    EXPECT_TRUE(ended.said.starts_with("{\"code\":\"" + name + "\",\"message\":\"")) << ended.said;
    EXPECT_NE(ended.said.find("/data/titip"), std::string::npos);
  }
}

TEST(CommandResult, StoreErrorsEndWithThree) {
  const auto damaged = guarded_throw(StoreDamaged("checksum in table records"));
  EXPECT_EQ(damaged.code, 3);
  EXPECT_TRUE(damaged.said.starts_with(R"({"code":"damaged")"));
  EXPECT_TRUE(
      guarded_throw(StoreFull{StoreFull::What::disk}).said.starts_with(R"({"code":"disk_full")"));
  EXPECT_TRUE(
      guarded_throw(StoreFull{StoreFull::What::map}).said.starts_with(R"({"code":"map_full")"));
}

TEST(CommandResult, TextOfAnUnknownExceptionIsNotShown) {
  const auto ended = guarded_throw(std::runtime_error("3201014506900001"));
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(ended.said.starts_with(R"({"code":"io_failed")"));
  EXPECT_EQ(ended.said.find("3201014506900001"), std::string::npos);
}

}  // namespace
}  // namespace titip
