#include <random>

#include "core/capnp_bytes.hh"
#include "core/hub_journal.hh"
#include "core/limits.hh"
#include "event_samples.hh"
#include "feeds_fixture.hh"
#include "schema/store.capnp.h"

namespace titip {
namespace {

HubEntry entry() {
  HubEntry entry;
  entry.event = samples::growth_event();
  entry.origin = 7;
  entry.born = {5, 9, {1, 2}, Lane::urgent};
  entry.received_at = 1'000;
  entry.order = {900, Confidence::wall, 2};
  entry.facility = "PSY-7";
  entry.epoch = 0xe1;
  return entry;
}

template <typename Spoil>
bool decodes(Spoil spoil) {
  StoredBuilder<schema::HubEntry> out;
  const auto event = samples::growth_event();
  out->setEvent(data_of(event));
  spoil(out.get());
  return decode_entry_item(out.canonical_bytes()).has_value();
}

TEST(HubEntries, SayEverythingThatTheChainCovers) {
  const auto made = entry();
  const auto item = encode_hub_entry(made);
  const auto back = decode_entry_item(item);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->event, made.event);
  EXPECT_EQ(back->origin, made.origin);
  EXPECT_EQ(back->born, made.born);
  EXPECT_EQ(back->received_at, made.received_at);
  EXPECT_EQ(back->order, made.order);
  EXPECT_EQ(back->facility, made.facility);
  EXPECT_EQ(back->epoch, made.epoch);
  EXPECT_EQ(encode_hub_entry(*back), item);
  EXPECT_EQ(hub_chain_next(hub_chain_start(), *back), chain_next(hub_chain_start(), item));
}

TEST(HubEntries, TheChainCoversTheEpoch) {
  auto other = entry();
  other.epoch += 1;
  EXPECT_NE(hub_chain_next({}, other), hub_chain_next({}, entry()));
}

TEST(HubEntries, OneChainedIsStoredWithItsHash) {
  auto made = entry();
  const auto stored = decode_hub_entry(12, chain_hub_entry({3, 4}, made));
  EXPECT_EQ(stored.offset, 12u);
  EXPECT_EQ(stored.epoch, 0xe1u);
  EXPECT_EQ(stored.hash, made.hash);
  EXPECT_EQ(hub_chain_next({3, 4}, stored), stored.hash);
}

TEST(HubEntries, AnOpaqueEventIsCarriedAsItIs) {
  auto opaque = entry();
  opaque.event = "\xff no event";
  opaque.quarantined = true;
  EXPECT_EQ(decode_entry_item(encode_hub_entry(opaque))->event, opaque.event);
  opaque.event.assign(limits::event_bytes_max, 'x');
  EXPECT_TRUE(decode_entry_item(encode_hub_entry(opaque)));
  opaque.event += 'x';
  EXPECT_FALSE(decode_entry_item(encode_hub_entry(opaque)));
}

TEST(HubEntries, WhatNoHubSaysIsRefused) {
  using Builder = schema::HubEntry::Builder;
  EXPECT_TRUE(decodes([](Builder) {}));
  EXPECT_FALSE(decodes([](Builder out) { out.setHashLow(1); })) << "the hash is not part of it";
  EXPECT_FALSE(decodes([](Builder out) { out.setRank(5); }));
  EXPECT_FALSE(decodes([](Builder out) { out.setConfidence(static_cast<schema::Confidence>(3)); }));
  EXPECT_FALSE(decodes([](Builder out) { out.initBorn().setLane(static_cast<schema::Lane>(2)); }));
  EXPECT_FALSE(decodes([](Builder out) { out.setFacility("\xff"); }));
  EXPECT_FALSE(decodes([](Builder out) { out.setFacility(std::string(65, 'x').c_str()); }));
  EXPECT_FALSE(decode_entry_item(""));
  EXPECT_FALSE(decode_entry_item("seven b"));
}

TEST(HubEntries, DamageNeverCrashesAndWhatDecodesComesBackTheSame) {
  const auto sound = encode_hub_entry(entry());
  std::mt19937_64 random(1125);
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = sound;
    for (auto hits = 1 + random() % 3; hits > 0; --hits) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (i % 5 == 0) bytes.resize(random() % bytes.size() / 8 * 8);
    const auto back = decode_entry_item(bytes);
    if (!back) continue;
    const auto again = decode_entry_item(encode_hub_entry(*back));
    ASSERT_TRUE(again);
    ASSERT_EQ(encode_hub_entry(*again), encode_hub_entry(*back));
  }
}

class HubEntriesOfAJournal : public test::FeedsFixture {};

TEST_F(HubEntriesOfAJournal, SayWhichEpochAppendedThem) {
  add_post(1, "A");
  make(1, "Person", 7, {{"name", text("Ana")}});
  epoch_ = 0xe2;
  make(1, "Person", 8, {{"name", text("Ida")}});
  const auto txn = store_.read();
  const auto stored = [&](std::uint64_t offset) {
    return decode_hub_entry(offset, txn->get(Table::journal, Key().u64(offset)).value());
  };
  EXPECT_EQ(stored(1).epoch, 0xe1u);
  EXPECT_EQ(stored(2).epoch, 0xe2u);
}

}  // namespace
}  // namespace titip
