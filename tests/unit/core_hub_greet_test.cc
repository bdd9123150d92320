#include "core/hub_greet.hh"

#include "core/feeds.hh"
#include "core/lineage.hh"
#include "core/rebuilding.hh"
#include "hub_sessions_fixture.hh"

namespace titip::test {
namespace {

constexpr Incarnation copy = 0x99;

class AnotherLife : public HubSessionsTest {
 protected:
  AnotherLife() {
    agent_.save(Lane::routine, 2);
    greet("r1");
    settle(frame("r1", agent_.batch(Lane::routine, 0, 2)));
  }
  Seq feed_head() {
    const auto txn = hub_.store.read();
    return FeedSource(*txn, Registry::ilp(), find_node(*txn, 7).value(), copy).head().seq;
  }
  HelloMessage hello_of_copy() {
    auto hello = agent_.hello(2);
    hello.incarnation = copy;
    hello.heads = {{Lane::urgent, 0, {}}, {Lane::routine, 0, {}}};
    return hello;
  }
};

TEST_F(AnotherLife, IsToldOfWhatTheDeviceWroteThoughItClaimsNoPast) {
  ASSERT_EQ(feed_head(), 0u) << "all its own";
  settle(frame("r2", hello_of_copy()));
  EXPECT_GT(feed_head(), 0u);
  // And what either writes from now on the other may lack.
  const auto before = feed_head();
  agent_.save(Lane::routine);
  settle(frame("r1", agent_.batch(Lane::routine, 2, 3)));
  EXPECT_GT(feed_head(), before);
}

TEST_F(AnotherLife, MovesNoFeedBeforeThisOpeningHasItsName) {
  const auto shared = last_change(*hub_.store.read());
  const auto former = std::exchange(hub_.epoch, 0xe2);
  settle(frame("r2", hello_of_copy()));
  ASSERT_GT(last_change(*hub_.store.read()), shared);
  // Of the former opening another copy may have told more; it is not this one's.
  EXPECT_EQ(resume_feed(*hub_.store.read(), {former, shared + 100}), shared);
}

TEST_F(HubSessionsTest, ThatItShallDialAnewIsSaidAgainIfAFullConnectionDidNotTakeIt) {
  hub_.store.write(
      [](WriteTxn& txn) { expect_rebuilding(txn, RebuildReason::restored, hub_time); });
  sessions_.load_directory(*hub_.store.read());
  EXPECT_TRUE(greet("r1").rebuilding);
  hub_.store.write([](WriteTxn& txn) { proceed(txn); });
  const auto told = sessions_.resumed(*hub_.store.read()).send;
  ASSERT_THAT(told, testing::SizeIs(1));
  const auto pump = [&] { return sessions_.pump(*hub_.store.read(), Registry::ilp(), hub_time); };
  EXPECT_THAT(pump().send, testing::IsEmpty());
  sessions_.unsent("r1");
  const auto again = pump().send;
  ASSERT_THAT(again, testing::SizeIs(1));
  EXPECT_EQ(said<RefuseMessage>(again[0].frame).reason, RefuseReason::busy);
  EXPECT_THAT(pump().send, testing::IsEmpty());
  // What it still says there is not heard, and it may come again.
  agent_.save(Lane::routine);
  EXPECT_THAT(settle(frame("r1", agent_.batch(Lane::routine, 0, 1))), testing::IsEmpty());
  EXPECT_FALSE(greet("r2", 2).rebuilding);
}

}  // namespace
}  // namespace titip::test
