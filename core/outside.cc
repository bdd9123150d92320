#include "core/outside.hh"

namespace titip::outside {

namespace {

// In canonical form nothing is read twice but list tags; more is an attack.
constexpr std::uint64_t reads_per_word_max = 8;

}  // namespace

bool is_canonical(kj::ArrayPtr<const capnp::word> words) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = reads_per_word_max * words.size();
  options.nestingLimit = limits::nesting_max;
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  try {
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(segments, 1), options);
    const auto root = message.getRoot<capnp::AnyPointer>();
    // MessageReader::isCanonical overlooks the spare bits of a list's tag.
    return root.isStruct() && titip::is_canonical(root.getAs<capnp::AnyStruct>(), words);
  } catch (const kj::Exception&) {
    return false;
  }
}

}  // namespace titip::outside
