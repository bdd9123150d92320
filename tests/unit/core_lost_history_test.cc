#include "core/lost_history.hh"

#include <gmock/gmock.h>

#include "core/meta.hh"
#include "core/record_state.hh"
#include "tests/support/memory_kv.hh"

namespace titip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr RecordKey child{1, 11};
constexpr RecordKey visit{2, 22};

// A node that has everything up to (1, 60) of the journal and (1, 40) of its feed, and the lines of
// two hubs: 2 went on from there, 3 from an old copy that had 50 and 30.
class LostHistory : public ::testing::Test {
 protected:
  LostHistory() {
    store_.write([](WriteTxn& txn) {
      put_line(txn, {{1, 0, 1, {}, 1}});
      meta::put_position(txn, meta::hub_highest, {1, 60});
      meta::put_held(txn, StreamKind::hub_changes, {{1, 40}, {}});
    });
  }

  void put(const RecordKey& record, const Position& as_of, const Position& delivered) {
    store_.write([&](WriteTxn& txn) {
      RecordState state;
      state.as_of = as_of;
      txn.put(Table::records, record_key(record), encode_record_state(state));
      note_delivered(txn, record, delivered);
    });
  }
  bool lost(const std::vector<EpochEntry>& line, const Position& end) {
    const auto txn = store_.read();
    return is_history_lost(*txn, LineHistory(*txn, line), end);
  }
  std::vector<RecordKey> asked(const std::vector<EpochEntry>& line, const Position& end) {
    const auto txn = store_.read();
    return records_of_lost_history(*txn, LineHistory(*txn, line), end);
  }

  MemoryStore store_;
  const std::vector<EpochEntry> went_on_{{2, 1, 61, {}, 41}};
  const std::vector<EpochEntry> went_back_{{3, 1, 51, {}, 31}};
};

TEST_F(LostHistory, AHubThatWentOnHasLostNothing) {
  EXPECT_FALSE(lost(went_on_, {2, 70}));
  EXPECT_TRUE(lost(went_back_, {3, 70}));
}

TEST_F(LostHistory, WhatWasSentCountsAsWellAsWhatWasTold) {
  store_.write([](WriteTxn& txn) { meta::put_position(txn, meta::hub_highest, {1, 45}); });
  EXPECT_TRUE(lost(went_back_, {3, 70})) << "of the feed it has more than that hub";
}

TEST_F(LostHistory, WhatIsNewerThanTheSharedHistoryIsAskedAbout) {
  put(child, {1, 50}, {1, 30});
  EXPECT_THAT(asked(went_back_, {3, 70}), IsEmpty());
  put(visit, {1, 51}, {1, 31});
  EXPECT_THAT(asked(went_back_, {3, 70}), ElementsAre(visit));
  EXPECT_THAT(asked(went_on_, {2, 70}), IsEmpty());
}

TEST_F(LostHistory, AnOldRecordThatBecameItsConcernInALostHistoryIsAskedAbout) {
  put(child, {1, 5}, {1, 35});
  EXPECT_THAT(asked(went_back_, {3, 70}), ElementsAre(child));
}

TEST_F(LostHistory, ARecordThatItForgotInALostHistoryIsAskedAbout) {
  store_.write([](WriteTxn& txn) { note_delivered(txn, child, {1, 35}); });
  EXPECT_THAT(asked(went_back_, {3, 70}), ElementsAre(child));
}

TEST_F(LostHistory, WhatThePresentHubSentIsAnswered) {
  put(child, {1, 5}, {1, 35});
  put(child, {1, 5}, {3, 32});
  EXPECT_THAT(asked(went_back_, {3, 70}), IsEmpty());
}

TEST_F(LostHistory, OfAHubThatDoesNotSayWhereItsFeedsBeganTheJournalAloneCounts) {
  put(child, {1, 5}, {1, 35});
  put(visit, {1, 55}, {1, 36});
  EXPECT_FALSE(lost({{2, 1, 61, {}, 0}}, {2, 70})) << "a restart is no loss";
  EXPECT_THAT(asked({{3, 1, 51, {}, 0}}, {3, 70}), ElementsAre(visit));
}

TEST_F(LostHistory, AHubOfAnotherHistoryIsAskedAboutEverything) {
  put(child, {1, 5}, {1, 5});
  EXPECT_TRUE(lost({{9, 0, 1, {}, 1}}, {9, 100}));
  EXPECT_THAT(asked({{9, 0, 1, {}, 1}}, {9, 100}), ElementsAre(child));
}

}  // namespace
}  // namespace titip
