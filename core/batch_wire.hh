#pragma once

// A canonical event taken apart into plain values, and put together again to the same bytes.
// Canonical Cap'n Proto leaves no choice of layout, so the values are enough. This reads the
// encoding by hand, since it must not depend on what this build's schema knows, and is compared
// with the original byte for byte.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace titip {

struct WireText {
  bool present = false;  // else a null pointer
  std::string bytes;     // without the terminator
};

// The data words of schema/event.capnp's Event.
enum EventWord : std::uint8_t {
  word_record,
  word_kinds,
  word_saved,
  word_at,
  word_uptime,
  word_boot,
  word_set,
  word_cleared,
  word_epoch,
  word_offset,
  word_seen,
  word_other,
  event_words
};

struct WireEvent {
  std::array<std::uint64_t, event_words> words{};
  WireText by;
  WireText ref;
  bool has_payload = false;
  std::vector<std::uint64_t> payload_words;
  std::vector<WireText> payload_texts;

  // Of the second word: type, op and zone in 16 bits each.
  std::uint16_t type() const { return static_cast<std::uint16_t>(words[word_kinds]); }
  std::uint16_t op() const { return static_cast<std::uint16_t>(words[word_kinds] >> 16); }
  std::uint16_t zone() const { return static_cast<std::uint16_t>(words[word_kinds] >> 32); }
};

// False: not an event that compose_event would make again; `event` is then undefined. Reads garbage
// safely.
bool parse_event_bytes(std::string_view bytes, WireEvent& event);

// Bytes that compose_event will make; for bounding before making them.
std::size_t composed_size(const WireEvent& event);
std::string compose_event(const WireEvent& event);

}  // namespace titip
