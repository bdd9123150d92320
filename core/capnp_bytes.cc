#include "core/capnp_bytes.hh"

#include "schema/event.capnp.h"

namespace titip {

namespace {

// Puts the canonical form into `out`, which is zero, and says how many words it takes. An exception
// if there is no room.
std::size_t put_canonical(capnp::AnyStruct::Reader root, kj::ArrayPtr<capnp::word> out) {
  capnp::FlatMessageBuilder message(out);
  // Of whatever type it is: the copy follows the words and not a schema.
  using Any = schema::Event;
  message.initRoot<capnp::AnyPointer>().setCanonicalAs<Any>(root.as<Any>());
  return message.getSegmentsForOutput()[0].size();
}

}  // namespace

std::string canonical_bytes(capnp::AnyStruct::Reader root) {
  const auto words = root.totalSize().wordCount + 1;  // the pointer to it
  // A string's bytes are aligned as words are, be they its own or from the heap.
  std::string bytes(words * sizeof(capnp::word), '\0');
  const auto used = put_canonical(root, {reinterpret_cast<capnp::word*>(bytes.data()), words});
  bytes.resize(used * sizeof(capnp::word));
  return bytes;
}

bool is_canonical(capnp::AnyStruct::Reader root, kj::ArrayPtr<const capnp::word> words) {
  auto canonical = kj::heapArray<capnp::word>(words.size());
  std::memset(canonical.begin(), 0, canonical.asBytes().size());
  return put_canonical(root, canonical) == words.size() &&
         std::memcmp(canonical.begin(), words.begin(), words.asBytes().size()) == 0;
}

}  // namespace titip
