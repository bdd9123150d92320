// The engine against random histories (record_world.hh) and a naive model (record_model.hh).
// RC_PARAMS="max_success=…" asks for more cases.

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "core/record_state.hh"
#include "tests/unit/record_world.hh"

namespace titip {

namespace {

[[maybe_unused]] const bool enough_cases = [] {
  return setenv("RC_PARAMS", "max_success=2000", 0) == 0;
}();

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

// A failing history shrinks to its first steps.
World any_world() {
  const auto seed = *rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<unsigned>()));
  return {seed, *rc::gen::inRange(0u, 24u)};
}

RC_GTEST_PROP(RecordProperties, EngineAgreesWithTheModel, ()) {
  World world = any_world();
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
  World world = any_world();
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
  World world = any_world();
  const auto before = world.apply(world.in_order());
  world.turn_clocks();
  const auto after = world.apply(world.in_order());
  RC_ASSERT(before.writes.size() == after.writes.size());
  RC_ASSERT(before.under_review == after.under_review);
  for (std::size_t i = 0; i < before.writes.size(); ++i) {
    RC_ASSERT(before.writes[i].id == after.writes[i].id);
    RC_ASSERT(before.writes[i].live == after.writes[i].live);
    RC_ASSERT(before.writes[i].alive_live == after.writes[i].alive_live);
  }
}

RC_GTEST_PROP(RecordProperties, EveryWriteStandsOrWasSeenOrNamed, ()) {
  World world = any_world();
  const auto state = world.apply_shuffled();
  for (std::size_t j = 0; j < world.made().size(); ++j) {
    const Made& made = world.made()[j];
    for (const FieldRules* field : all_fields()) {
      if ((made.write.fields & field->bit()) == 0 || stands(state, made, *field)) continue;
      RC_ASSERT(std::any_of(world.made().begin(), world.made().end(), [&](const Made& other) {
        const auto& settles = other.write.settles;
        return (other.write.fields & field->bit()) != 0 &&
               (other.seen.contains(j) ||
                std::count(settles.begin(), settles.end(), made.write.id) != 0);
      }));
    }
  }
}

}  // namespace

}  // namespace titip
