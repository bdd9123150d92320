// The one place where a program gets its vocabulary. It is a file of its own so that the programs
// of tests/older can have an older one: theirs is linked before this member of the library is
// looked at.

#include "core/registry.hh"
#include "schema/ilp.capnp.h"

namespace titip {

const Registry& Registry::ilp() {
  static const Registry registry = Registry::of(capnp::Schema::from<schema::Vocabulary>());
  return registry;
}

}  // namespace titip
