#include "agent/updates.hh"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

constexpr TypeNumber person = 3;

// In a store that holds no record: whatever changes is gone.
class AgentUpdatesTest : public testing::Test {
 protected:
  HttpResponse asked(const std::string& last_event_id) {
    HttpRequest request;
    request.last_event_id = last_event_id;
    return updates_.stream(request);
  }
  // The stream's next part; "nothing" as long as it waits for one.
  static std::string next(const HttpResponse& response) {
    std::string text = "nothing";
    response.pull([&text](std::optional<std::string> part) { text = part.value_or("end"); });
    return text;
  }
  void forgotten(RecordId first, RecordId last) {
    std::vector<RecordKey> records;
    for (auto id = first; id <= last; ++id) records.push_back({person, id});
    updates_.changed(records);
  }
  std::string boot() {
    const auto body = asked("").body;
    return body.substr(4, 16);
  }
  std::string id(std::uint64_t number) { return boot() + "-" + std::to_string(number); }
  static std::size_t messages(const std::string& part) {
    std::size_t count = 0;
    for (auto at = part.find("\n\n"); at != std::string::npos; at = part.find("\n\n", at + 1))
      ++count;
    return count;
  }

  TempDir directory_;
  std::unique_ptr<Store> store_ =
      Store::open(directory_.path() / "store", {.map_bytes = 4 * limits::mib, .create = true});
  boost::asio::io_context loop_;
  AgentUpdates updates_{loop_, *store_, 3000};
};

TEST_F(AgentUpdatesTest, NewFollowerIsToldWhereItStandsAndThenOnlyWhatChanges) {
  forgotten(1, 2);
  const auto response = asked("");
  EXPECT_EQ(response.body, "id: " + id(2) + "\n\n");
  EXPECT_EQ(next(response), "nothing");
}

TEST_F(AgentUpdatesTest, RecordThatIsNotHeldAnyMoreIsToBeForgotten) {
  const auto response = asked("");
  forgotten(0xab, 0xab);
  EXPECT_EQ(next(response),
            "event: forget\ndata: {\"type\":\"Person\",\"id\":\"00000000000000ab\"}\n"
            "id: " +
                id(1) + "\n\n");
}

TEST_F(AgentUpdatesTest, RecordOfATypeThatIsNotKnownHereIsPassedOver) {
  const auto response = asked("");
  updates_.changed({{60'000, 1}, {person, 1}});
  const auto part = next(response);
  EXPECT_TRUE(part.starts_with("id: " + id(1) + "\n\nevent: forget\n")) << part;
}

TEST_F(AgentUpdatesTest, FollowerThatWaitsIsWokenOnceForAGroup) {
  const auto response = asked("");
  std::vector<std::string> parts;
  response.pull([&](std::optional<std::string> part) { parts.push_back(part.value_or("end")); });
  EXPECT_TRUE(parts.empty());
  forgotten(1, 3);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(messages(parts[0]), 3U);
}

TEST_F(AgentUpdatesTest, ALongAbsenceIsToldInPartsAndNothingTwice) {
  const auto response = asked(id(0));
  forgotten(1, 2500);
  std::size_t told = 0;
  std::size_t parts = 0;
  for (auto part = next(response); part != "nothing"; part = next(response)) {
    EXPECT_LE(messages(part), limits::http_part_lines_max);
    EXPECT_LE(part.size(), limits::http_part_bytes + limits::kib);
    told += messages(part);
    ++parts;
  }
  EXPECT_EQ(told, 2500U);
  EXPECT_GE(parts, 3U);
}

TEST_F(AgentUpdatesTest, WhoWasAwayForTooLongIsToldToReadAnew) {
  forgotten(1, 3001);
  EXPECT_EQ(asked(id(0)).body, "event: reset\ndata: {}\nid: " + id(3001) + "\n\n");
  EXPECT_EQ(asked(id(1)).body, ":\n\n");
}

TEST_F(AgentUpdatesTest, ReaderTooSlowForItsOwnStreamIsToldToReadAnewAndGoesOn) {
  const auto response = asked("");
  forgotten(1, 3001);
  EXPECT_EQ(next(response), "event: reset\ndata: {}\nid: " + id(3001) + "\n\n");
  forgotten(1, 1);
  EXPECT_EQ(messages(next(response)), 1U);
}

TEST_F(AgentUpdatesTest, IdOfAnotherRunMeansNothing) {
  forgotten(1, 2);
  EXPECT_TRUE(asked("0123456789abcdef-1").body.starts_with("event: reset\n"));
  AgentUpdates later(loop_, *store_);
  HttpRequest request;
  request.last_event_id = id(0);
  EXPECT_TRUE(later.stream(request).body.starts_with("event: reset\n"));
}

}  // namespace
}  // namespace titip
