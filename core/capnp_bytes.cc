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

std::string canonical_part(capnp::AnyStruct::Reader part, kj::ArrayPtr<const capnp::word> message) {
  const auto data = part.getDataSection();
  const auto words = part.totalSize().wordCount;
  const auto* begin = reinterpret_cast<const capnp::word*>(data.begin());
  check(words == 0 || (begin >= message.begin() && begin <= message.end() &&
                       words <= static_cast<std::size_t>(message.end() - begin)),
        "a part of a message that stands apart from it");
  // A struct's pointer: where it begins, in words behind the pointer, times 4; then its sizes.
  // One that is empty begins at its own pointer.
  const std::uint64_t pointers = part.getPointerSection().size();
  const std::uint64_t pointer =
      words == 0 ? 0xffff'fffcu
                 : std::uint64_t{data.size() / sizeof(capnp::word)} << 32 | pointers << 48;
  std::string bytes;
  bytes.reserve((words + 1) * sizeof(capnp::word));
  for (unsigned at = 0; at < 64; at += 8) bytes.push_back(static_cast<char>(pointer >> at & 0xff));
  if (words > 0) bytes.append(reinterpret_cast<const char*>(begin), words * sizeof(capnp::word));
  return bytes;
}

bool is_canonical(capnp::AnyStruct::Reader root, kj::ArrayPtr<const capnp::word> words) {
  auto canonical = kj::heapArray<capnp::word>(words.size());
  std::memset(canonical.begin(), 0, canonical.asBytes().size());
  return put_canonical(root, canonical) == words.size() &&
         std::memcmp(canonical.begin(), words.begin(), words.asBytes().size()) == 0;
}

}  // namespace titip
