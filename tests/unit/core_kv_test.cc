#include "core/kv.hh"

#include <gtest/gtest.h>

#include "tests/support/kv_behaviour.hh"
#include "tests/support/memory_kv.hh"

namespace titip {
namespace {

class OpenedMemory {
 public:
  Store& store() { return store_; }
  void open_again() { store_.power_cut(); }
  void take_copy() { copy_ = store_.copy(); }
  void put_copy_back() { store_.put_back(copy_); }

 private:
  MemoryStore store_;
  MemoryStore::Tables copy_;
};

using Stores = testing::Types<OpenedMemory>;
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, KvBehaviour, Stores);

TEST(MemoryStoreTest, BeyondItsCapacityAWriteKeepsNothing) {
  MemoryStore store(100);
  store.write([](WriteTxn& txn) { txn.put(Table::records, "a", "kept"); });
  EXPECT_THROW(store.write([](WriteTxn& txn) {
    txn.put(Table::records, "b", "little");
    txn.put(Table::records, "c", std::string(200, 'x'));
  }),
               StoreFull);
  EXPECT_EQ(store.read()->count(Table::records), 1U);
}

TEST(MemoryStoreTest, AFullWriteThatWasCaughtStillKeepsNothing) {
  MemoryStore store(100);
  const auto catching = [](WriteTxn& txn) {
    try {
      txn.put(Table::records, "a", std::string(200, 'x'));
    } catch (const StoreFull&) {
    }
  };
  EXPECT_THROW(store.write(catching), StoreFull);
  EXPECT_EQ(store.read()->count(Table::records), 0U);
}

void put(MemoryStore& store, std::string_view key, std::string_view value, bool synced) {
  const auto work = [&](WriteTxn& txn) { txn.put(Table::records, key, value); };
  synced ? store.write(work) : store.commit(work);
}

TEST(MemoryStoreTest, APowerCutTakesWhatWasNotSyncedAndNothingElse) {
  MemoryStore store;
  put(store, "a", "synced", true);
  put(store, "a", "not", false);
  store.commit([](WriteTxn& txn) {
    txn.erase(Table::records, "a");
    txn.put(Table::records, "b", "not");
    txn.put(Table::journal, "c", "not");
  });
  EXPECT_EQ(store.read()->count(Table::records), 1U);
  store.power_cut();
  EXPECT_EQ(store.read()->get(Table::records, "a"), "synced");
  EXPECT_EQ(store.read()->count(Table::records), 1U);
  EXPECT_EQ(store.read()->count(Table::journal), 0U);
  EXPECT_EQ(store.usage().used_bytes, std::string_view("asynced").size());
}

TEST(MemoryStoreTest, ASyncKeepsAllThatWasCommittedBefore) {
  MemoryStore store;
  put(store, "a", "1", false);
  put(store, "b", "2", true);
  store.power_cut();
  EXPECT_EQ(store.read()->count(Table::records), 2U);
  put(store, "c", "3", false);
  store.sync();
  store.power_cut();
  EXPECT_EQ(store.read()->count(Table::records), 3U);
}

TEST(MemoryStoreTest, WhatAPowerCutTookIsToldAsWritten) {
  MemoryStore store;
  store.watch(Table::records);
  store.take_written();
  put(store, "a", "1", false);
  EXPECT_EQ(store.take_written().keys.size(), 1U);
  store.power_cut();
  EXPECT_EQ(store.take_written().keys.size(), 1U);
  EXPECT_EQ(store.read()->count(Table::records), 0U);
}

TEST(MemoryStoreTest, CopiesAndSnapshotsStayAsTheyWereTakenAtAPowerCut) {
  MemoryStore store;
  put(store, "a", "1", true);
  put(store, "a", "2", false);
  const auto snapshot = store.read();
  const auto copy = store.copy();
  store.power_cut();
  EXPECT_EQ(snapshot->get(Table::records, "a"), "2");
  EXPECT_EQ(store.read()->get(Table::records, "a"), "1");
  store.put_back(copy);
  store.power_cut();  // what is put back is synced
  EXPECT_EQ(store.read()->get(Table::records, "a"), "2");
}

TEST(KeyTest, NumbersReadBackFromAKey) {
  const Key key = Key().u8(7).u16(0x1234).u64(0x0102030405060708).bytes("x");
  const std::string_view bytes = key;
  EXPECT_EQ(bytes.size(), 12U);
  EXPECT_EQ(key_u8(bytes, 0), 7);
  EXPECT_EQ(key_u16(bytes, 1), 0x1234);
  EXPECT_EQ(key_u64(bytes, 3), 0x0102030405060708U);
}

TEST(KeyDeathTest, ReadingPastAKeyIsABug) { EXPECT_DEATH(key_u64(Key().u16(1), 0), "shorter"); }

TEST(TableTest, EveryTableHasANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < table_count; ++i) names.push_back(table_name(static_cast<Table>(i)));
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(names[i], names[j]);
  }
}

}  // namespace
}  // namespace titip
