#include "core/changes.hh"

#include <random>

#include "core/capnp_bytes.hh"
#include "core/limits.hh"
#include "core/payload.hh"
#include "core/record_frontier.hh"
#include "feeds_fixture.hh"
#include "schema/store.capnp.h"

namespace titip {
namespace {

class Changes : public test::FeedsFixture {
 protected:
  Changes() {
    add_post(1, "A");
    add_post(2, "B");
  }
  // A person whom two posts describe differently, in part settled.
  Change contested() {
    make(1, "Person", 7,
         {{"name", text("Ana Ma\xc3\xb1u")}, {"sex", std::int64_t{1}}, {"facility", text("A")}});
    edit_blindly(2, "Person", 7, {{"facility", text("B")}, {"phone", text("0812345")}});
    auto resolve = draft_of("Person", 7, {{"facility", text("B")}}, Op::resolve);
    resolve.settles = {state({person, 7}).writes.front().id};
    say(2, resolve);
    Change change;
    change.position = 42;
    change.record = {person, 7};
    change.included = 3;
    change.state = state({person, 7});
    change.state.changed = 0;
    return change;
  }
};

// A change with one write, to be spoilt.
using ChangeBuilder = StoredBuilder<schema::Change>;

schema::Write::Builder sound(ChangeBuilder& out) {
  out->setRecord(7);
  out->setType(3);
  auto write = out->initState().initWrites(1)[0];
  write.initId().setSeq(1);
  write.setBy("kader");
  return write;
}

template <typename Spoil>
bool decodes(Spoil spoil) {
  ChangeBuilder out;
  spoil(sound(out), out);
  return decode_change(out.canonical_bytes()).has_value();
}

TEST_F(Changes, SayTheWholeStateAndComeBackTheSame) {
  const auto change = contested();
  ASSERT_GE(change.state.writes.size(), 3u);
  const auto bytes = encode_change(change);
  const auto back = decode_change(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->position, 42u);
  EXPECT_EQ(back->record, (RecordKey{person, 7}));
  EXPECT_EQ(back->included, 3u);
  EXPECT_FALSE(back->forget);
  EXPECT_EQ(back->state, change.state);
  EXPECT_EQ(encode_change(*back), bytes);
}

TEST_F(Changes, AForgetHoldsNoState) {
  auto change = contested();
  change.forget = true;
  const auto back = decode_change(encode_change(change));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->forget);
  EXPECT_TRUE(back->state.writes.empty());
  EXPECT_FALSE(decodes([](auto, ChangeBuilder& out) { out->setForget(true); }));
}

TEST_F(Changes, APositionInTheSendersFeedOfAllChangesIsNotTakenOver) {
  EXPECT_NE(contested().state.writes.size(), 0u);
  ChangeBuilder out;
  sound(out);
  out->getState().setChanged(99);
  EXPECT_EQ(decode_change(out.canonical_bytes())->state.changed, 0u);
}

TEST(RecordStates, KeepTheirPlaceInTheFeedOfAllChangesButAreNoOtherForIt) {
  RecordState state;
  state.changed = 9;
  EXPECT_EQ(decode_record_state(encode_record_state(state)).changed, 9u);
  EXPECT_EQ(state, RecordState{});
}

// The part of a canonical message is copied as it stands; that is what a copy by rules makes.
TEST_F(Changes, PayloadsComeOutInCanonicalForm) {
  const auto comes_out = [](auto fill) {
    ChangeBuilder out;
    fill(sound(out).getPayload());
    const auto expected = canonical_bytes(
        out.get().asReader().getState().getWrites()[0].getPayload().getAs<capnp::AnyStruct>());
    const auto change = decode_change(out.canonical_bytes());
    return change && change->state.writes.front().payload == expected;
  };
  EXPECT_TRUE(comes_out([](auto payload) { payload.initAsAnyStruct(0, 0); }));
  EXPECT_TRUE(comes_out([](auto payload) { payload.initAsAnyStruct(2, 3); }));
  EXPECT_TRUE(
      comes_out([](auto payload) { payload.initAsAnyStruct(3, 0).getDataSection()[9] = 1; }));
  EXPECT_TRUE(comes_out([](auto payload) {
    payload.initAsAnyStruct(0, 2).getPointerSection()[1].template setAs<capnp::Text>("Ana");
  }));
  EXPECT_TRUE(comes_out([](auto payload) {
    auto made = payload.initAsAnyStruct(1, 4);
    made.getDataSection()[0] = 7;
    made.getPointerSection()[0].template setAs<capnp::Text>("Ana Maria Soares");
    auto inner = made.getPointerSection()[2].initAsAnyStruct(1, 1);
    inner.getPointerSection()[0].template setAs<capnp::Text>("8");
  }));
}

TEST(HostileChanges, AreRefusedForWhatNoHubSays) {
  using Write = schema::Write::Builder;
  EXPECT_TRUE(decodes([](Write, ChangeBuilder&) {}));
  EXPECT_FALSE(decodes([](Write, ChangeBuilder& out) { out->setRecord(0); }));
  EXPECT_FALSE(decodes([](Write, ChangeBuilder& out) { out->setType(0); }));
  EXPECT_FALSE(decodes([](Write write, auto&) { write.setOp(static_cast<schema::Op>(6)); }));
  EXPECT_FALSE(
      decodes([](Write write, auto&) { write.getId().setLane(static_cast<schema::Lane>(2)); }));
  EXPECT_FALSE(
      decodes([](Write write, auto&) { write.setConfidence(static_cast<schema::Confidence>(3)); }));
  EXPECT_FALSE(decodes([](Write write, auto&) { write.setBy("\xff"); }));
  EXPECT_FALSE(decodes([](Write write, auto&) { write.setBy(std::string(65, 'x').c_str()); }));
  EXPECT_FALSE(
      decodes([](Write write, auto&) { write.setFacility(std::string(65, 'x').c_str()); }));
  EXPECT_FALSE(decodes([](Write write, auto&) { write.setCleared(4); }))
      << "cleared, but neither live nor superseded";
  EXPECT_FALSE(decodes([](Write write, auto&) { write.setLive(4); })) << "set, but to nothing";
  EXPECT_FALSE(decodes([](Write write, auto&) {
    write.setSuperseded(4);
    write.setLive(4);
    write.setCleared(4);
  }));
  EXPECT_FALSE(decodes([](Write write, auto&) { write.getPayload().initAs<capnp::Text>(3); }))
      << "a payload that is no struct";
  EXPECT_FALSE(decodes([](Write write, auto&) {
    auto payload = write.getPayload().initAsAnyStruct(0, 1);
    payload.getPointerSection()[0].setAs<capnp::Text>("\xff");
  }));
  EXPECT_FALSE(decodes([](Write, ChangeBuilder& out) { out->getState().initWrites(2); }))
      << "two writes of one name";
  EXPECT_FALSE(decodes([](Write write, auto&) { write.initSettles(2); }));
}

TEST(HostileChanges, ListsThatCostNoBytesAreNotBelieved) {
  constexpr unsigned endless = 100'000'000;
  constexpr unsigned writes_slot = 1;      // of schema::RecordState
  constexpr unsigned placements_slot = 1;  // of schema::Write
  for (const bool of_writes : {true, false}) {
    capnp::MallocMessageBuilder message;
    auto root = message.getRoot<capnp::AnyPointer>().initAsAnyStruct(2, 1);
    root.getDataSection()[0] = 7;
    root.getDataSection()[8] = 3;
    auto state = root.getPointerSection()[0].initAsAnyStruct(0, 2);
    auto writes = state.getPointerSection()[writes_slot];
    if (of_writes) {
      writes.initAsListOfAnyStruct(0, 0, endless);
    } else {
      auto write = writes.initAsListOfAnyStruct(0, 2, 1)[0];
      write.getPointerSection()[placements_slot].initAsListOfAnyStruct(0, 0, endless);
    }
    const auto words = root.asReader().canonicalize();
    EXPECT_FALSE(decode_change({words.asChars().begin(), words.asChars().size()}));
  }
}

TEST_F(Changes, DamageNeverCrashesAndWhatDecodesComesBackTheSame) {
  const auto sound_bytes = encode_change(contested());
  std::mt19937_64 random(20261125);
  std::size_t decoded = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = sound_bytes;
    for (auto hits = 1 + random() % 3; hits > 0; --hits) {
      const auto at = random() % bytes.size();
      switch (random() % 4) {
        case 0: bytes[at] = static_cast<char>(random()); break;
        case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8)); break;
        case 2: bytes.resize(std::max<std::size_t>(8, at / 8 * 8)); break;
        default: bytes.insert(at / 8 * 8, 8, static_cast<char>(random() % 3)); break;
      }
    }
    const auto change = decode_change(bytes);
    if (!change) continue;
    ++decoded;
    const auto again = encode_change(*change);
    const auto back = decode_change(again);
    ASSERT_TRUE(back);
    ASSERT_EQ(back->state, change->state);
    ASSERT_EQ(encode_change(*back), again);
    const auto& type = samples::type("Person");
    for (const auto& write : change->state.writes) {
      if (write.payload.empty()) continue;
      const PayloadView payload(write.payload);
      for (const auto& field : type.fields) read_field(field, payload.get());
    }
    auto less = change->state;
    withhold(less, &type, {{}, {}, true});
  }
  EXPECT_GT(decoded, 1'000u) << "the damage must not all be caught by the outer form";
}

TEST(BigChanges, AreThoseThatABatchCarries) {
  RecordState state;
  state.writes.resize(limits::change_writes_max);
  EXPECT_TRUE(fits_change(state));
  state.writes.emplace_back();
  EXPECT_FALSE(fits_change(state));
  state.writes.resize(1);
  state.writes[0].payload.assign(limits::event_bytes_max, '\0');
  EXPECT_TRUE(fits_change(state)) << "any single event";
  state.writes[0].payload.assign(limits::item_bytes_max, '\0');
  EXPECT_FALSE(fits_change(state));
}

TEST(BigChanges, ThatFitByTheirPartsFitAsBytes) {
  RecordState state;
  state.as_of = {9, 9};
  for (Seq seq = 1; seq <= 100; ++seq) {
    Write write;
    write.id = {5, seq, {1, 2}, Lane::urgent};
    write.placements = {{9, seq}, {8, seq}};
    write.basis = {9, seq};
    write.seen = write.fields = write.cleared = ~std::uint64_t{0};
    write.op = Op::resolve;
    write.order = {-1, Confidence::clamped, 4};
    write.origin = write.id.incarnation;
    write.by = std::string(limits::author_bytes_max, 'b');
    write.facility = std::string(limits::facility_code_bytes_max, 'f');
    write.at = -1;
    write.zone_minutes = -1;
    write.settles = {write.id};
    state.writes.push_back(std::move(write));
  }
  RecordState held;
  for (std::size_t size = 1; fits_change(state); size += 16) {
    held = state;
    for (auto& write : state.writes) {
      write.payload = test::payload_with_text(std::string(size, 'p'));
    }
  }
  const Change change{~std::uint64_t{0}, {3, ~RecordId{0}}, false, ~Seq{0}, held};
  const auto bytes = encode_change(change);
  EXPECT_GT(bytes.size(), limits::item_bytes_max / 2);
  EXPECT_LE(bytes.size(), limits::item_bytes_max);
  const auto back = decode_change(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->state, held);
}

// ---- withhold ----

class Withheld : public Changes {
 protected:
  const RecordType& type_ = samples::type("Person");
  const Scope scope_{{}, {}, true};

  RecordState without_identity(RecordState state, const RecordType* type) {
    withhold(state, type, scope_);
    return state;
  }
  static bool holds(const RecordState& state, std::string_view text) {
    return encode_record_state(state).find(text) != std::string::npos;
  }
};

TEST_F(Withheld, LeavesWhatDoesNotIdentify) {
  make(1, "Person", 7,
       {{"name", text("Kenari Biru")}, {"sex", std::int64_t{2}}, {"area", text("94.04.01")}});
  const auto all = state({person, 7});
  ASSERT_TRUE(holds(all, "Kenari Biru"));
  ASSERT_TRUE(holds(all, "kader"));
  const auto rest = without_identity(all, &type_);
  EXPECT_FALSE(holds(rest, "Kenari Biru"));
  EXPECT_FALSE(holds(rest, "kader")) << "who wrote it";
  EXPECT_EQ(rest.writes[0].id.seq, all.writes[0].id.seq);
  EXPECT_EQ(rest.writes[0].id.hash, Hash{}) << "with it what is withheld could be tried out";
  EXPECT_TRUE(rest.writes[0].alive_live);
  EXPECT_EQ(live_texts(rest, type_, type_.areas), (std::vector<std::string>{"94.04.01"}));
  const PayloadView payload(rest.writes[0].payload);
  EXPECT_EQ(std::get<std::int64_t>(read_field(*type_.field("sex"), payload.get())), 2);
  EXPECT_FALSE(shown_field(rest, *type_.field("name")).has_value());
}

TEST_F(Withheld, IdsThatOnlyTheHashToldApartStayApartAlsoWhereTheyAreSettled) {
  RecordState forked;
  forked.writes.resize(3);
  forked.writes[0].id = {5, 1, {7, 0}, Lane::routine};
  forked.writes[1].id = {5, 1, {8, 0}, Lane::routine};
  forked.writes[2].id = {5, 2, {9, 0}, Lane::routine};
  forked.writes[2].op = Op::resolve;
  forked.writes[2].settles = {forked.writes[0].id, forked.writes[1].id};
  const Change change{1, {person, 7}, false, 0, without_identity(forked, &type_)};
  const auto back = decode_change(encode_change(change));
  ASSERT_TRUE(back);
  EXPECT_NE(back->state.writes[0].id, back->state.writes[1].id);
  EXPECT_EQ(back->state.writes[2].settles,
            (std::vector<EventId>{back->state.writes[0].id, back->state.writes[1].id}));
}

TEST_F(Withheld, ChangesNothingForThoseWhoMayKnow) {
  make(1, "Person", 7, {{"name", text("Kenari Biru")}});
  auto same = state({person, 7});
  withhold(same, &type_, {{person}, {"94"}, false});
  EXPECT_EQ(same, state({person, 7}));
}

TEST_F(Withheld, AWriteThatThenSaysNothingStays) {
  make(1, "Person", 7, {{"name", text("Kenari")}});
  edit(1, "Person", 7, {{"phone", text("0812345")}});
  const auto rest = without_identity(state({person, 7}), &type_);
  ASSERT_EQ(rest.writes.size(), 2u);
  EXPECT_EQ(rest.writes[1].fields, 0u);
  EXPECT_TRUE(rest.writes[1].payload.empty());
  EXPECT_TRUE(shown_alive(rest));
}

TEST_F(Withheld, AResolveStaysWhatItWasThoughNothingItSetMayBeKnown) {
  make(1, "Person", 7, {{"sex", std::int64_t{2}}});
  edit_blindly(2, "Person", 7, {{"area", text("94.04.01")}});
  auto resolve = draft_of("Person", 7, {{"name", text("Kenari Biru")}}, Op::resolve);
  for (const auto& write : state({person, 7}).writes) {
    if (write.op == Op::set) resolve.settles = {write.id};
  }
  say(2, resolve);
  const auto all = state({person, 7});
  ASSERT_TRUE(shown_alive(all));
  const auto rest = without_identity(all, &type_);
  EXPECT_FALSE(holds(rest, "Kenari Biru"));
  for (const auto& write : rest.writes) {
    EXPECT_NE(alive_says(rest, write), AliveSays::ended);
  }
  Change change;
  change.position = 1;
  change.record = {person, 7};
  change.state = rest;
  change.state.changed = 0;
  const auto back = decode_change(encode_change(change));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->state, change.state);
}

TEST_F(Withheld, WhatThisRegistryDoesNotKnowGoes) {
  make(1, "Person", 7, {{"sex", std::int64_t{2}}, {"name", text("x")}});
  auto grown = state({person, 7});
  // As a newer schema would write it: more data and a further text.
  const PayloadView old(grown.writes[0].payload);
  capnp::MallocMessageBuilder message;
  const auto shape = type_.schema.getProto().getStruct();
  auto payload = message.getRoot<capnp::AnyPointer>().initAsAnyStruct(
      static_cast<std::uint16_t>(shape.getDataWordCount() + 1),
      static_cast<std::uint16_t>(shape.getPointerCount() + 1));
  auto data = payload.getDataSection();
  const auto old_data = old->getDataSection();
  std::copy(old_data.begin(), old_data.end(), data.begin());
  data[data.size() - 1] = 0x7a;
  payload.getPointerSection()[shape.getPointerCount()].setAs<capnp::Text>("kenari baru");
  const auto words = payload.asReader().canonicalize();
  grown.writes[0].payload.assign(words.asChars().begin(), words.asChars().size());
  const auto unknown = FieldMask{1} << 63;
  grown.writes[0].fields |= unknown;
  grown.writes[0].live |= unknown;
  ASSERT_TRUE(holds(grown, "kenari baru"));
  const auto rest = without_identity(grown, &type_);
  EXPECT_FALSE(holds(rest, "kenari baru"));
  EXPECT_EQ(rest.writes[0].live & unknown, 0u);
  const PayloadView shown(rest.writes[0].payload);
  EXPECT_LE(shown->getDataSection().size(), shape.getDataWordCount() * 8u);
}

TEST_F(Withheld, WhatNoMaskNamesGoesToo) {
  make(1, "Person", 7, {{"name", text("Kenari")}, {"area", text("94.04")}});
  auto sly = state({person, 7});
  const auto area = type_.field("area")->bit();
  sly.writes[0].fields &= ~area;
  sly.writes[0].live &= ~area;
  ASSERT_TRUE(holds(sly, "94.04"));
  EXPECT_FALSE(holds(without_identity(sly, &type_), "94.04"));
}

TEST_F(Withheld, OfAnUnknownTypeOnlyThatItIs) {
  make(1, "Person", 7, {{"name", text("Kenari")}, {"area", text("94.04")}});
  const auto rest = without_identity(state({person, 7}), nullptr);
  ASSERT_EQ(rest.writes.size(), 1u);
  EXPECT_TRUE(rest.writes[0].payload.empty());
  EXPECT_EQ(rest.writes[0].fields, 0u);
  Change change;
  change.record = {person, 7};
  change.state = rest;
  EXPECT_TRUE(decode_change(encode_change(change)));
}

}  // namespace
}  // namespace titip
