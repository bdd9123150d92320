#pragma once

// The body of a Batch: consecutive events of one stream in as few bytes as we can. This is where
// the prepaid data is saved; the format is documented in batch_codec.cc, where it is defined.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hh"

namespace titip {

struct BatchEvent {
  std::string bytes;            // canonical event, or opaque bytes that are carried as they are
  std::optional<EventId> born;  // only when it stands elsewhere than where it was born
  bool operator==(const BatchEvent&) const = default;
};

// smallest: for prepaid data; 6 to 9 bytes and 8 us an event. fast: for a wire that is faster than
// that and not paid by the byte, and for a peer that finds the other undecodable: nothing but zstd;
// 30 bytes, 1 us.
enum class Effort : std::uint8_t { smallest, fast };

// Never fails within limits::batch_events_max and batch_raw_bytes_max (check()ed): what cannot be
// foretold and reproduced exactly travels as it is.
std::string encode_batch(std::span<const BatchEvent> events, Effort effort = Effort::smallest);

// nullopt: not a body that encode_batch makes, or beyond limits::batch_events_max or
// batch_raw_bytes_max. Reads garbage safely. The body has no checksum, since that of the chain
// follows: damage may read as other events than were sent, and the hash of the batch then differs.
std::optional<std::vector<BatchEvent>> decode_batch(std::string_view body);

}  // namespace titip
