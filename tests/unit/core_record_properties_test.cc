// The engine against random histories (record_world.hh) and a naive model (record_model.hh): at
// least 10,000 cases of each. CONTRIBUTING.md says how to repeat a case, or to ask for more.

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/record_frontier.hh"
#include "core/record_state.hh"
#include "tests/unit/record_world.hh"
#include "tests/unit/ten_thousand_cases.hh"

namespace titip {

namespace {

using test::all_fields;
using test::Made;
using test::Model;
using test::World;

const Write* held(const RecordState& state, const EventId& id) {
  for (const Write& write : state.writes) {
    if (write.id == id) return &write;
  }
  return nullptr;
}

bool stands(const RecordState& state, const Made& made, const FieldRules& field) {
  const Write* write = held(state, made.write.id);
  return write != nullptr && (write->live & field.bit()) != 0;
}

bool names(const Write& resolve, const EventId& id) {
  return std::binary_search(resolve.settles.begin(), resolve.settles.end(), id);
}

// A failing history shrinks to its first steps.
World any_world() {
  const auto seed = *rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<unsigned>()));
  return {seed, *rc::gen::inRange(0u, 24u)};
}

World any_world_of_several_lives() {
  World world = any_world();
  if (*rc::gen::arbitrary<bool>()) world.renew_lives();
  return world;
}

RC_GTEST_PROP(RecordProperties, EngineAgreesWithTheModel, ()) {
  World world = any_world_of_several_lives();
  const auto state = world.apply(world.in_order());
  const Model model(world.made());
  for (const FieldRules* field : all_fields()) {
    const auto expected = model.frontier(*field);
    for (std::size_t i = 0; i < world.made().size(); ++i) {
      RC_ASSERT(stands(state, world.made()[i], *field) == expected.contains(i));
    }
  }
  RC_ASSERT(state.under_review == model.under_review());
  RC_ASSERT(shown_alive(state) == model.alive());
}

RC_GTEST_PROP(RecordProperties, AnyOrderAndDuplicationGiveEqualBytes, ()) {
  World world = any_world_of_several_lives();
  const auto expected = encode_record_state(world.apply(world.in_order()));
  for (int i = 0; i < 4; ++i) RC_ASSERT(encode_record_state(world.apply_shuffled()) == expected);
}

RC_GTEST_PROP(RecordProperties, AnyOrderGivesEqualBytesAfterADisaster, ()) {
  World world = any_world();
  world.roll_back();
  const auto expected = encode_record_state(world.apply(world.in_order()));
  for (int i = 0; i < 4; ++i) RC_ASSERT(encode_record_state(world.apply_shuffled()) == expected);
}

RC_GTEST_PROP(RecordProperties, NoUnseenWriteVanishesInADisaster, ()) {
  World world = any_world();
  world.roll_back();
  const auto state = world.apply_shuffled();
  const Model model(world.made());
  for (const FieldRules* field : all_fields()) {
    if (field->merge == MergePolicy::review)
      continue;  // its sets depend on what a whole past settled
    for (const auto i : model.frontier(*field)) RC_ASSERT(stands(state, world.made()[i], *field));
  }
}

RC_GTEST_PROP(RecordProperties, ClocksAndRanksDecideNothingThatStands, ()) {
  World world = any_world_of_several_lives();
  const auto before = world.apply(world.in_order());
  world.turn_clocks();
  const auto after = world.apply(world.in_order());
  RC_ASSERT(before.writes.size() == after.writes.size());
  RC_ASSERT(before.under_review == after.under_review);
  RC_ASSERT(shown_alive(before) == shown_alive(after));
  for (std::size_t i = 0; i < before.writes.size(); ++i) {
    RC_ASSERT(before.writes[i].id == after.writes[i].id);
    RC_ASSERT(before.writes[i].live == after.writes[i].live);
    RC_ASSERT(before.writes[i].alive_live == after.writes[i].alive_live);
  }
}

RC_GTEST_PROP(RecordProperties, AClockNeverBringsBackWhatALaterSetHadSeen, ()) {
  World world = any_world_of_several_lives();
  world.turn_clocks();
  const auto state = world.apply_shuffled();
  for (const FieldRules* field : all_fields()) {
    if (field->merge == MergePolicy::review) continue;  // a `set` that saw a conflict ends none
    const auto shown = shown_field(state, *field);
    for (const Made& later : world.made()) {
      if (later.write.op != Op::set || (later.write.fields & field->bit()) == 0) continue;
      RC_ASSERT(shown.has_value());
      for (const auto seen : later.seen) {
        RC_ASSERT(world.made()[seen].write.id != shown->from->id);
      }
    }
  }
}

RC_GTEST_PROP(RecordProperties, EveryWriteStandsOrWasSeenOrNamed, ()) {
  World world = any_world_of_several_lives();
  const auto state = world.apply_shuffled();
  for (std::size_t j = 0; j < world.made().size(); ++j) {
    const Made& made = world.made()[j];
    for (const FieldRules* field : all_fields()) {
      if ((made.write.fields & field->bit()) == 0) continue;
      if (stands(state, made, *field)) {
        const auto shown = shown_field(state, *field);
        RC_ASSERT(shown.has_value());
        // Another value than the one on top is in the list of conflicts.
        RC_ASSERT(shown->contested ||
                  same_value(*field, *shown->from, *held(state, made.write.id)));
        continue;
      }
      RC_ASSERT(std::any_of(world.made().begin(), world.made().end(), [&](const Made& other) {
        if ((other.write.fields & field->bit()) == 0) return false;
        return names(other.write, made.write.id) ||
               (other.write.op == Op::set && other.seen.contains(j));
      }));
    }
  }
}

RC_GTEST_PROP(RecordProperties, AResolveClosesExactlyWhatItNames, ()) {
  World world = any_world_of_several_lives();
  const auto before = world.apply(world.in_order());
  const Write resolve = world.made()[world.resolve()].write;
  const auto after = world.apply_shuffled();
  for (const Made& made : world.made()) {
    if (made.write.id == resolve.id) continue;
    const bool named = names(resolve, made.write.id);
    for (const FieldRules* field : all_fields()) {
      const bool closed = named && (resolve.fields & field->bit()) != 0;
      RC_ASSERT(stands(after, made, *field) == (stands(before, made, *field) && !closed));
    }
    if (made.write.op != Op::retract) continue;
    const Write* was = held(before, made.write.id);
    const Write* is = held(after, made.write.id);
    RC_ASSERT((is != nullptr && is->alive_live) == (was != nullptr && was->alive_live && !named));
  }
  for (const FieldRules* field : all_fields()) {
    if ((resolve.fields & field->bit()) == 0) continue;
    RC_ASSERT(held(after, resolve.id) != nullptr);
    RC_ASSERT((held(after, resolve.id)->live & field->bit()) != 0);
  }
}

RC_GTEST_PROP(RecordProperties, LinksCommuteWithEdits, ()) {
  World world = any_world_of_several_lives();
  auto order = world.in_order();
  auto with = world.apply_shuffled();
  std::erase_if(with.writes, [](const Write& write) { return write.of_pair(); });
  std::erase_if(order, [&](auto i) { return world.made()[i].write.of_pair(); });
  const auto without = world.apply(order);
  RC_ASSERT(with.writes == without.writes);
  // It may be contested besides whether two are one.
  RC_ASSERT(with.under_review == (without.under_review || Model(world.made()).pair_contested()));
}

}  // namespace

}  // namespace titip
