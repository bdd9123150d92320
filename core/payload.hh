#pragma once

// The payload of a Write, opened for read_field: a struct of the record type as its author's schema
// knew it.

#include <capnp/any.h>

#include "core/capnp_bytes.hh"

namespace titip {

using PayloadView = StoredReader<capnp::AnyStruct>;

}  // namespace titip
