#pragma once

// Chain hashes: what makes a stream's position unforgeable. h(0) names the stream, h(n) covers
// h(n-1) and the canonical bytes of event n, so equal heads mean equal histories.

#include <string_view>

#include "core/types.hh"

namespace titip {

// 16-byte BLAKE2b of `bytes` under a domain word, so that no two uses can be confused.
Hash blake2b(std::string_view domain, std::string_view bytes);
// Of bytes that nobody without the key, of 16 to 64 bytes, can try out.
Hash keyed_blake2b(std::string_view key, std::string_view bytes);

Hash chain_start(Incarnation incarnation, Lane lane);
Hash chain_next(const Hash& before, std::string_view event_bytes);

}  // namespace titip
