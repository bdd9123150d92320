// In place of core/registry_ilp.cc, in the programs of this folder.

#include "core/registry.hh"
#include "tests/older/older_ilp.capnp.h"

namespace titip {

const Registry& Registry::ilp() {
  static const Registry registry = Registry::of(capnp::Schema::from<older::Vocabulary>());
  return registry;
}

}  // namespace titip
