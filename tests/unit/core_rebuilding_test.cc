#include "core/rebuilding.hh"

#include <gmock/gmock.h>

#include "tests/support/memory_kv.hh"

namespace titip {
namespace {

TEST(Proceeding, EndsTheRebuildingAndTheWarningAboutAnotherCopy) {
  MemoryStore store;
  Proceeded ended;
  const auto go_on = [&] { store.write([&](WriteTxn& txn) { ended = proceed(txn); }); };
  go_on();
  EXPECT_FALSE(ended.was_rebuilding || ended.had_other_copy);
  store.write([](WriteTxn& txn) {
    expect_rebuilding(txn, RebuildReason::made_anew, 5);
    note_other_copy(txn, {7, 6});
  });
  go_on();
  EXPECT_TRUE(ended.was_rebuilding && ended.had_other_copy);
  EXPECT_FALSE(is_rebuilding(*store.read()));
  EXPECT_FALSE(other_copy(*store.read()));
}

}  // namespace
}  // namespace titip
