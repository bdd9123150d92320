#pragma once

// schema::RecordState as a part of other structs. core/record_state.hh has it as bytes of its own.

#include "core/record_state.hh"
#include "schema/store.capnp.h"

namespace titip {

void write_record_state(const RecordState& state, schema::RecordState::Builder out);

// Reads a state that may come from anywhere, out of a message that is canonical. Throws
// outside::Malformed, also when its lists hold more items together than the message has bytes.
RecordState read_record_state(schema::RecordState::Reader in,
                              kj::ArrayPtr<const capnp::word> message);

}  // namespace titip
