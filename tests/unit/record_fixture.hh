#pragma once

// Makes writes by hand and applies them in every order.

#include <gmock/gmock.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/record_state.hh"
#include "tests/unit/record_writes.hh"

namespace titip::test {

inline constexpr std::uint64_t epoch = 7;

class RecordFixture : public testing::Test {
 protected:
  // A write of `agent`, its seq counting from 1; `basis` and `placed` are offsets in the only
  // epoch, 0: none.
  Write write(Op op, Incarnation agent, Seq seq, std::uint64_t basis, std::uint64_t placed,
              const Values& values = {}, FieldMask cleared = 0) {
    Write made;
    made.id = {agent, seq, {agent * 100 + seq, 1}, Lane::routine};
    if (placed != 0) made.placements = {{epoch, placed}};
    if (basis != 0) made.basis = {epoch, basis};
    made.seen = seq - 1;
    made.cleared = cleared;
    made.fields = cleared;
    for (const auto& [field, value] : values) made.fields |= field->bit();
    made.op = op;
    made.order = {static_cast<TimeMs>(1000 * agent + seq), Confidence::anchored, 1};
    made.payload = test::payload_of(each_.type, values);
    return made;
  }

  RecordState apply(const std::vector<Write>& writes) {
    RecordState state;
    for (const Write& next : writes) apply_write(state, next, {}, &each_.type, lines_);
    return state;
  }

  // The state, which must not depend on the order.
  RecordState in_any_order(std::vector<Write> writes) {
    std::sort(writes.begin(), writes.end(),
              [](const Write& a, const Write& b) { return a.id < b.id; });
    const RecordState first = apply(writes);
    while (std::next_permutation(writes.begin(), writes.end(),
                                 [](const Write& a, const Write& b) { return a.id < b.id; })) {
      EXPECT_EQ(apply(writes), first);
    }
    return first;
  }

  static Write resolving(Write resolve, std::vector<EventId> settles) {
    std::sort(settles.begin(), settles.end());
    resolve.settles = std::move(settles);
    return resolve;
  }

  static std::vector<EventId> live_on(const RecordState& state, const FieldRules& field) {
    std::vector<EventId> ids;
    for (const Write& held : state.writes) {
      if ((held.live & field.bit()) != 0) ids.push_back(held.id);
    }
    return ids;
  }

  static std::vector<EventId> held(const RecordState& state) {
    std::vector<EventId> ids;
    for (const Write& each : state.writes) ids.push_back(each.id);
    return ids;
  }

  OnePolicyEach each_;
  Lines lines_;
};

}  // namespace titip::test
