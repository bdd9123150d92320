#include "io/http_follow.hh"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

namespace titip {
namespace {

// A feed whose position is the number of words told.
class HttpFollowersTest : public testing::Test {
 protected:
  HttpPull follow(std::uint64_t position) {
    return followers_.follow(position, [this](std::uint64_t at) {
      ++reads_;
      return at < words_.size() ? FollowedPart{words_[at], at + 1} : FollowedPart{{}, at};
    });
  }
  static HttpMore into(std::vector<std::string>& parts) {
    return [&parts](std::optional<std::string> part) { parts.push_back(part.value_or("end")); };
  }

  boost::asio::io_context loop_;
  std::vector<std::string> words_{"one", "two"};
  int reads_ = 0;
  HttpFollowers followers_{loop_, "alive", std::chrono::milliseconds(1)};
};

using Words = std::vector<std::string>;

TEST_F(HttpFollowersTest, FollowerReadsOnFromItsOwnPositionWheneverItIsAsked) {
  Words from_start;
  Words from_one;
  const auto first = follow(0);
  const auto second = follow(1);
  first(into(from_start));
  second(into(from_one));
  first(into(from_start));
  EXPECT_EQ(from_start, (Words{"one", "two"}));
  EXPECT_EQ(from_one, Words{"two"});
}

TEST_F(HttpFollowersTest, WhatIsNewIsGivenToThoseThatWaitAndToTheOthersWhenTheyAsk) {
  Words waiting;
  Words writing;
  const auto first = follow(2);
  const auto second = follow(1);
  first(into(waiting));
  second(into(writing));  // has a part that is still being written
  words_.emplace_back("three");
  words_.emplace_back("four");
  followers_.wake();
  EXPECT_EQ(waiting, Words{"three"});
  EXPECT_EQ(writing, Words{"two"});
  second(into(writing));
  second(into(writing));
  EXPECT_EQ(writing, (Words{"two", "three", "four"}));
}

TEST_F(HttpFollowersTest, NothingNewIsASignOfLifeAndTheFollowerGoesOnWhereItWas) {
  Words parts;
  const auto pull = follow(2);
  pull(into(parts));
  followers_.wake();
  EXPECT_EQ(parts, Words{});
  loop_.run();
  EXPECT_EQ(parts, Words{"alive"});
  pull(into(parts));
  words_.emplace_back("three");
  followers_.wake();
  EXPECT_EQ(parts, (Words{"alive", "three"}));
}

TEST_F(HttpFollowersTest, FollowerThatIsGoneIsNeverReadForAgain) {
  Words parts;
  auto pull = follow(2);
  pull(into(parts));
  EXPECT_EQ(followers_.count(), 1U);
  pull = nullptr;
  EXPECT_EQ(followers_.count(), 0U);
  const auto before = reads_;
  words_.emplace_back("three");
  followers_.wake();
  loop_.run();
  EXPECT_EQ(reads_, before);
  EXPECT_EQ(parts, Words{});
}

}  // namespace
}  // namespace titip
