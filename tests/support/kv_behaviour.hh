#pragma once

// What every store behind core/kv.hh must do. Instantiate the suite with a type that has `Store&
// store()`, open_again() as after a restart, take_copy() and put_copy_back().

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "io/store.hh"

namespace titip {

enum class Way { forward, back };

template <typename Opened>
class KvBehaviour : public testing::Test {
 protected:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  Store& store() { return opened_.store(); }

  void put(const Pairs& pairs) {
    store().write([&](WriteTxn& txn) {
      for (const auto& [key, value] : pairs) txn.put(Table::records, key, value);
    });
  }

  static Pairs walk(const ReadTxn& txn, std::string_view start, Way way = Way::forward) {
    Pairs seen;
    const ReadTxn::Visit visit = [&](const Entry& entry) {
      seen.emplace_back(entry.key, entry.value);
      return true;
    };
    if (way == Way::forward) {
      txn.scan(Table::records, start, visit);
    } else {
      txn.scan_back(Table::records, start, visit);
    }
    return seen;
  }

  Pairs all() { return walk(*store().read(), ""); }

  Opened opened_;
};

TYPED_TEST_SUITE_P(KvBehaviour);

TYPED_TEST_P(KvBehaviour, ValuesComeBackAsTheyWere) {
  const std::string zeros(3, '\0');
  const std::string large(100'000, 'x');
  this->put({{"a", "1"}, {"b", ""}, {"c", zeros}, {"d", large}});
  const auto txn = this->store().read();
  EXPECT_EQ(txn->get(Table::records, "a"), "1");
  EXPECT_EQ(txn->get(Table::records, "b"), "");
  EXPECT_EQ(txn->get(Table::records, "c"), zeros);
  EXPECT_EQ(txn->get(Table::records, "d"), large);
  EXPECT_EQ(txn->get(Table::records, "e"), std::nullopt);
  EXPECT_EQ(txn->count(Table::records), 4U);
}

TYPED_TEST_P(KvBehaviour, TablesAreSeparate) {
  this->put({{"a", "1"}});
  const auto txn = this->store().read();
  EXPECT_EQ(txn->get(Table::refs, "a"), std::nullopt);
  EXPECT_EQ(txn->count(Table::refs), 0U);
}

TYPED_TEST_P(KvBehaviour, ScanGoesInByteOrder) {
  this->put({{"b", "2"}, {"a\xff", "4"}, {"\x01", "0"}, {"a", "1"}, {"\xff", "3"}});
  const std::vector<std::pair<std::string, std::string>> expected{
      {"\x01", "0"}, {"a", "1"}, {"a\xff", "4"}, {"b", "2"}, {"\xff", "3"}};
  EXPECT_EQ(this->all(), expected);
}

TYPED_TEST_P(KvBehaviour, BigEndianKeysScanInNumberOrder) {
  this->store().write([](WriteTxn& txn) {
    for (const std::uint64_t n : {256ULL, 1ULL, 65536ULL, 255ULL}) {
      txn.put(Table::journal, Key().u8(1).u64(n), "");
    }
  });
  std::vector<std::uint64_t> seen;
  this->store().read()->scan(Table::journal, Key().u8(1), [&](const Entry& entry) {
    seen.push_back(key_u64(entry.key, 1));
    return true;
  });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 255, 256, 65536}));
}

TYPED_TEST_P(KvBehaviour, ScanBeginsAtOrAfterItsFirst) {
  this->put({{"b", "1"}, {"d", "2"}});
  const auto txn = this->store().read();
  EXPECT_EQ(this->walk(*txn, "a").size(), 2U);
  EXPECT_EQ(this->walk(*txn, "b").size(), 2U);
  EXPECT_EQ(this->walk(*txn, "c").size(), 1U);
  EXPECT_EQ(this->walk(*txn, "e").size(), 0U);
}

TYPED_TEST_P(KvBehaviour, ScanBackBeginsAtOrBeforeItsLast) {
  this->put({{"b", "1"}, {"d", "2"}});
  const auto txn = this->store().read();
  const std::vector<std::pair<std::string, std::string>> both{{"d", "2"}, {"b", "1"}};
  EXPECT_EQ(this->walk(*txn, "e", Way::back), both);
  EXPECT_EQ(this->walk(*txn, "d", Way::back), both);
  EXPECT_EQ(this->walk(*txn, "c", Way::back).size(), 1U);
  EXPECT_EQ(this->walk(*txn, "a", Way::back).size(), 0U);
  EXPECT_EQ(this->walk(*txn, "", Way::back).size(), 0U);
}

TYPED_TEST_P(KvBehaviour, ScansOfAnEmptyTableVisitNothing) {
  const auto txn = this->store().read();
  EXPECT_TRUE(this->walk(*txn, "").empty());
  EXPECT_TRUE(this->walk(*txn, "x", Way::back).empty());
}

TYPED_TEST_P(KvBehaviour, VisitEndsTheScan) {
  this->put({{"a", "1"}, {"b", "2"}});
  int visits = 0;
  this->store().read()->scan(Table::records, "", [&](const Entry&) { return ++visits < 1; });
  EXPECT_EQ(visits, 1);
}

TYPED_TEST_P(KvBehaviour, VisitMayEraseAndPutWhileItScans) {
  this->put({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  std::string seen;
  this->store().write([&](WriteTxn& txn) {
    txn.scan(Table::records, "", [&](const Entry& entry) {
      seen.append(entry.key);
      if (entry.key == "b") {
        txn.erase(Table::records, entry.key);
        txn.erase(Table::records, "c");
        txn.put(Table::records, "bb", "new");
      } else {
        txn.put(Table::records, entry.key, std::string(500, 'x'));
      }
      return true;
    });
  });
  EXPECT_EQ(seen, "abbbd");
  EXPECT_EQ(this->all().size(), 3U);
}

TYPED_TEST_P(KvBehaviour, ScanMayEmptyItsTableInEitherDirection) {
  for (const Way way : {Way::forward, Way::back}) {
    this->store().write([&](WriteTxn& txn) {
      for (std::uint64_t n = 1; n <= 2000; ++n) txn.append(Table::records, Key().u64(n), "value");
    });
    std::uint64_t erased = 0;
    this->store().write([&](WriteTxn& txn) {
      const ReadTxn::Visit erase = [&](const Entry& entry) {
        erased += txn.erase(Table::records, entry.key) ? 1 : 0;
        return true;
      };
      if (way == Way::forward) {
        txn.scan(Table::records, "", erase);
      } else {
        txn.scan_back(Table::records, Key().u64(5000), erase);
      }
    });
    EXPECT_EQ(erased, 2000U);
    EXPECT_EQ(this->store().read()->count(Table::records), 0U);
  }
}

TYPED_TEST_P(KvBehaviour, ValueMayBeAViewOfTheStore) {
  this->put({{"a", "first"}, {"b", "second"}});
  this->store().write([](WriteTxn& txn) {
    txn.put(Table::records, "a", *txn.get(Table::records, "b"));
    txn.put(Table::records, "aa", *txn.get(Table::records, "a"));
  });
  EXPECT_EQ(this->store().read()->get(Table::records, "aa"), "second");
}

TYPED_TEST_P(KvBehaviour, EraseSaysWhetherItWasThere) {
  this->put({{"a", "1"}});
  this->store().write([](WriteTxn& txn) {
    EXPECT_TRUE(txn.erase(Table::records, "a"));
    EXPECT_FALSE(txn.erase(Table::records, "a"));
  });
  EXPECT_TRUE(this->all().empty());
}

TYPED_TEST_P(KvBehaviour, AppendBelowTheHighestKeyIsAPut) {
  this->store().write([](WriteTxn& txn) {
    txn.append(Table::records, "b", "2");
    txn.append(Table::records, "c", "3");
    txn.append(Table::records, "a", "1");
    txn.append(Table::records, "c", "three");
  });
  const std::vector<std::pair<std::string, std::string>> expected{
      {"a", "1"}, {"b", "2"}, {"c", "three"}};
  EXPECT_EQ(this->all(), expected);
}

TYPED_TEST_P(KvBehaviour, TransactionSeesItsOwnWrites) {
  this->store().write([](WriteTxn& txn) {
    txn.put(Table::records, "a", "1");
    EXPECT_EQ(txn.get(Table::records, "a"), "1");
    EXPECT_EQ(txn.count(Table::records), 1U);
    txn.erase(Table::records, "a");
    EXPECT_EQ(txn.get(Table::records, "a"), std::nullopt);
  });
}

TYPED_TEST_P(KvBehaviour, RollbackLeavesNothing) {
  this->put({{"a", "1"}, {"b", "2"}});
  const auto before = this->all();
  EXPECT_THROW(this->store().write([](WriteTxn& txn) {
    txn.put(Table::records, "a", "changed");
    txn.erase(Table::records, "b");
    txn.put(Table::records, "c", "new");
    txn.put(Table::records, "c", "newer");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(this->all(), before);
}

TYPED_TEST_P(KvBehaviour, SnapshotDoesNotSeeLaterWrites) {
  this->put({{"a", "1"}});
  const auto snapshot = this->store().read();
  this->put({{"a", "2"}, {"b", "3"}});
  EXPECT_EQ(snapshot->get(Table::records, "a"), "1");
  EXPECT_EQ(snapshot->count(Table::records), 1U);
  EXPECT_EQ(this->store().read()->get(Table::records, "a"), "2");
}

// What the simulator counts on when it cuts the power in the middle of a commit.
TYPED_TEST_P(KvBehaviour, ReadersSeeNothingOfACommitBeforeItIsDone) {
  this->put({{"a", "1"}});
  this->store().write([&](WriteTxn& txn) {
    txn.put(Table::records, "b", "2");
    EXPECT_EQ(txn.count(Table::records), 2U);
  });
  const auto before = this->all();
  EXPECT_THROW(this->store().write([&](WriteTxn& txn) {
    txn.put(Table::records, "c", "3");
    txn.put(Table::journal, "c", "3");
    throw std::runtime_error("cut");
  }),
               std::runtime_error);
  EXPECT_EQ(this->all(), before);
  EXPECT_EQ(this->store().read()->count(Table::journal), 0U);
}

TYPED_TEST_P(KvBehaviour, WhatWasReadBeforeAWriteOutlivesItsRollback) {
  this->put({{"a", "1"}});
  const auto snapshot = this->store().read();
  EXPECT_THROW(this->store().write([&](WriteTxn& txn) {
    txn.put(Table::records, "a", "2");
    throw std::runtime_error("cut");
  }),
               std::runtime_error);
  this->put({{"a", "3"}});
  EXPECT_EQ(snapshot->get(Table::records, "a"), "1");
  EXPECT_EQ(this->store().read()->get(Table::records, "a"), "3");
}

TYPED_TEST_P(KvBehaviour, StoresOpenedAgainHoldWhatWasReported) {
  this->put({{"a", "1"}, {"b", "2"}});
  this->store().write([](WriteTxn& txn) { txn.erase(Table::records, "a"); });
  const auto before = this->all();
  this->opened_.open_again();
  EXPECT_EQ(this->all(), before);
}

TYPED_TEST_P(KvBehaviour, AnOldCopyPutBackIsTheWholeStoreAsItWas) {
  this->put({{"a", "1"}, {"b", "2"}});
  const auto before = this->all();
  this->opened_.take_copy();
  this->store().write([](WriteTxn& txn) {
    txn.put(Table::records, "a", "changed");
    txn.erase(Table::records, "b");
    txn.put(Table::journal, "c", "new");
  });
  this->opened_.put_copy_back();
  EXPECT_EQ(this->all(), before);
  EXPECT_EQ(this->store().read()->count(Table::journal), 0U);
  this->put({{"d", "4"}});  // and it is written on
  EXPECT_EQ(this->all().size(), 3U);
}

TYPED_TEST_P(KvBehaviour, VerifyCountsEveryValue) {
  const std::uint64_t before = this->store().verify();  // a store may keep values of its own
  this->store().write([](WriteTxn& txn) {
    for (std::uint64_t n = 1; n <= 10'000; ++n) txn.append(Table::journal, Key().u64(n), "value");
    txn.put(Table::meta, "incarnation", "12345678");
  });
  EXPECT_EQ(this->store().verify(), before + 10'001);
}

REGISTER_TYPED_TEST_SUITE_P(
    KvBehaviour, ValuesComeBackAsTheyWere, TablesAreSeparate, ScanGoesInByteOrder,
    BigEndianKeysScanInNumberOrder, ScanBeginsAtOrAfterItsFirst, ScanBackBeginsAtOrBeforeItsLast,
    ScansOfAnEmptyTableVisitNothing, VisitEndsTheScan, VisitMayEraseAndPutWhileItScans,
    ScanMayEmptyItsTableInEitherDirection, ValueMayBeAViewOfTheStore, EraseSaysWhetherItWasThere,
    AppendBelowTheHighestKeyIsAPut, TransactionSeesItsOwnWrites, RollbackLeavesNothing,
    SnapshotDoesNotSeeLaterWrites, ReadersSeeNothingOfACommitBeforeItIsDone,
    WhatWasReadBeforeAWriteOutlivesItsRollback, StoresOpenedAgainHoldWhatWasReported,
    AnOldCopyPutBackIsTheWholeStoreAsItWas, VerifyCountsEveryValue);

}  // namespace titip
