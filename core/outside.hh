#pragma once

// Canonical structs that another node made, without a segment table: items of the streams
// hub_journal and hub_changes. Trusts nothing: an aligned copy, limits on size, nesting and
// traversal, and one form for one content, so that nothing lies under anything else.

#include <capnp/any.h>
#include <capnp/message.h>
#include <kj/exception.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/capnp_bytes.hh"
#include "core/limits.hh"
#include "core/text_check.hh"

namespace titip::outside {

// Thrown by the readers of this namespace only, and caught by `read`.
struct Malformed {};

inline void require(bool holds) {
  if (!holds) throw Malformed{};
}

inline std::string text(capnp::Text::Reader text, std::size_t bytes_max) {
  require(text.size() <= bytes_max && valid_utf8(view_of(text)));
  return std::string(view_of(text));
}

// A struct of texts and numbers, or nothing: what read_field can open.
bool valid_payload(capnp::AnyPointer::Reader pointer);

// Whether the words are the canonical form of some struct.
bool is_canonical(kj::ArrayPtr<const capnp::word> words);

// What `read` makes of the Root in `bytes`, unless it finds it malformed; it is also given the
// words that the Root is read from, which are canonical.
template <typename Root, typename Read>
auto read(std::string_view bytes, std::size_t bytes_max, Read read) -> std::optional<
    std::invoke_result_t<Read, typename Root::Reader, kj::ArrayPtr<const capnp::word>>> {
  if (bytes.empty() || bytes.size() > bytes_max || bytes.size() % sizeof(capnp::word) != 0) {
    return std::nullopt;
  }
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  if (!is_canonical(words)) return std::nullopt;
  // No loop or overlap is left for a limit to stop.
  capnp::ReaderOptions options;
  options.traversalLimitInWords = UINT64_MAX >> 8;
  options.nestingLimit = limits::nesting_max;
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  try {
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(segments, 1), options);
    return read(message.getRoot<Root>(), segments[0]);
  } catch (const kj::Exception&) {
    // What the parser says is never read: it can quote what a person typed.
    return std::nullopt;
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

}  // namespace titip::outside
