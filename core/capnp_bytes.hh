#pragma once

// Cap'n Proto structs as plain bytes: one segment, no segment table, a multiple of 8 bytes. For our
// own store, behind its checksum; what comes from outside is opened by EventReader and
// decode_frame.

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "core/check.hh"
#include "core/limits.hh"

namespace titip {

// As capnp::canonicalize, without the second walk by which that checks its own work. Throws what
// capnp throws at what it cannot read.
std::string canonical_bytes(capnp::AnyStruct::Reader root);
// As canonical_bytes, of a struct within `message`, which is canonical itself: what the struct
// holds stands together behind it then. check()s that it ends where the message does, or before.
std::string canonical_part(capnp::AnyStruct::Reader part, kj::ArrayPtr<const capnp::word> message);
// Whether the words that `root` was read from are its canonical form, the pointer to it included.
bool is_canonical(capnp::AnyStruct::Reader root, kj::ArrayPtr<const capnp::word> words);

// Builds one struct; `size_hint` bytes of a first segment avoid a second allocation.
template <typename Root>
class StoredBuilder {
 public:
  explicit StoredBuilder(std::size_t size_hint = 1024)
      : message_(static_cast<unsigned>(size_hint / sizeof(capnp::word) + 32)),
        root_(message_.template initRoot<Root>()) {}

  typename Root::Builder get() { return root_; }
  typename Root::Builder* operator->() { return &root_; }

  std::string bytes() {
    const auto segments = message_.getSegmentsForOutput();
    if (segments.size() != 1) return canonical_bytes();
    const auto raw = segments[0].asBytes();
    return {reinterpret_cast<const char*>(raw.begin()), raw.size()};
  }

  // For what is hashed: the same for equal values, and unchanged when the schema gains fields.
  std::string canonical_bytes() { return titip::canonical_bytes(root_.asReader()); }

 private:
  capnp::MallocMessageBuilder message_;
  typename Root::Builder root_;
};

// Reads one struct out of a copy that is aligned; LMDB's values are not.
template <typename Root>
class StoredReader {
 public:
  explicit StoredReader(std::string_view bytes)
      : held_(bytes.size() > sizeof small_ ? kj::heapArray<capnp::word>(words_in(bytes)) : nullptr),
        segment_(held_ == nullptr ? small_.data() : held_.begin(), words_in(bytes)),
        message_(kj::arrayPtr(&segment_, 1), options()) {
    check(bytes.size() % sizeof(capnp::word) == 0, "a stored value is not whole words");
    std::memcpy(held_ == nullptr ? small_.data() : held_.begin(), bytes.data(), bytes.size());
    root_ = message_.template getRoot<Root>();
  }

  const typename Root::Reader& get() const { return root_; }
  const typename Root::Reader* operator->() const { return &root_; }
  kj::ArrayPtr<const capnp::word> words() const { return segment_; }

 private:
  static std::size_t words_in(std::string_view bytes) { return bytes.size() / sizeof(capnp::word); }
  static capnp::ReaderOptions options() {
    capnp::ReaderOptions options;
    options.nestingLimit = limits::nesting_max;
    return options;
  }

  std::array<capnp::word, 64> small_;  // most values fit, and take nothing from the heap
  kj::Array<capnp::word> held_;        // of larger ones
  kj::ArrayPtr<const capnp::word> segment_;
  capnp::SegmentArrayMessageReader message_;
  typename Root::Reader root_;
};

// The bytes of a Data or Text, and back.
inline std::string_view view_of(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
inline std::string_view view_of(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
inline capnp::Data::Reader data_of(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
inline kj::StringPtr text_of(const std::string& text) { return {text.c_str(), text.size()}; }

}  // namespace titip
