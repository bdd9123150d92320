#include "core/changes.hh"

#include <algorithm>

#include "core/limits.hh"
#include "core/outside.hh"
#include "core/record_state_codec.hh"
#include "schema/store.capnp.h"

namespace titip {

namespace {

using outside::require;

// Upper bounds of what a change and each write take besides what varies: see schema/store.capnp.
constexpr std::size_t change_overhead_bytes = 256;
constexpr std::size_t write_overhead_bytes = 320;

Change read_change(schema::Change::Reader in, kj::ArrayPtr<const capnp::word> message) {
  Change change;
  change.position = in.getPosition();
  change.record = {in.getType(), in.getRecord()};
  change.forget = in.getForget();
  change.included = in.getIncluded();
  require(change.record.id != 0 && change.record.type != 0);
  require(in.getState().getWrites().size() <= limits::change_writes_max);
  change.state = read_record_state(in.getState(), message);
  // A position in the sender's feed of all changes is nobody else's.
  change.state.changed = 0;
  require(!change.forget || change.state == RecordState{});
  for (const auto& write : change.state.writes) {
    require(!write.payload.empty() || (write.fields & ~write.cleared) == 0);
  }
  return change;
}

}  // namespace

std::string encode_change(const Change& change) {
  StoredBuilder<schema::Change> out(2048);
  out->setPosition(change.position);
  out->setRecord(change.record.id);
  out->setType(change.record.type);
  out->setForget(change.forget);
  out->setIncluded(change.included);
  if (!change.forget) write_record_state(change.state, out->initState());
  return out.canonical_bytes();
}

std::optional<Change> decode_change(std::string_view bytes) {
  return outside::read<schema::Change>(bytes, limits::item_bytes_max, read_change);
}

bool fits_change(const RecordState& state) {
  if (state.writes.size() > limits::change_writes_max) return false;
  // Most states are far from the bound, and this is asked of every event.
  std::size_t bytes = change_overhead_bytes;
  for (const auto& write : state.writes) {
    bytes += write_overhead_bytes + write.payload.size() + write.by.size() + write.facility.size() +
             write.placements.size() * sizeof(Position) + write.settles.size() * sizeof(EventId);
  }
  return bytes <= limits::item_bytes_max;
}

}  // namespace titip
