// The body of a batch, byte for byte:
//
//   u8       format: 1; 2 if some events travel as they are; 3 if all do, without the dictionary
//   varint   how many events
//   varint   formats 2 and 3: bytes of what follows
//   bytes    formats 2 and 3: one zstd frame with its content size, those events one after the
//   other bytes    the code, to the end
//
// A varint is little-endian in groups of seven bits, the high bit set on all but the last, no
// longer than it must be. The code is what an adaptive arithmetic coder makes of the events' values
// one by one:
//
//   batch_symbols.hh    bits of symbols: contexts, mixing, arithmetic coder
//   batch_values.hh     numbers and texts as symbols
//   batch_wire.hh       a canonical event as plain values, and back
//   batch_layout.hh     where the fields of a record type lie; travels along where it is not known
//   batch_events.hh     how the envelope's values are foretold
//   batch_payload.hh    how a record's fields are foretold
//   batch_primed.hh     the dictionary: what the coder has learnt beforehand
//
// Whatever changes one of these changes the format: give it a new format byte. tests/unit pins the
// bytes. docs/decisions says why this is not zstd over columns, with the measurements.

#include "core/batch_codec.hh"

#include <zstd.h>

#include <algorithm>

#include "core/batch_coding.hh"
#include "core/batch_primed.hh"
#include "core/check.hh"
#include "core/limits.hh"

namespace titip {

namespace {

constexpr char format_coded = 1;
constexpr char format_with_raw = 2;
constexpr char format_all_raw = 3;
constexpr int level_smallest = 15;  // of zstd, for the few events that travel as they are
constexpr int level_fast = 1;

// A model is a megabyte: too much to make for every batch.
SymbolModel& working_model(const SymbolModel* primed) {
  thread_local SymbolModel model;
  model.start(primed);
  return model;
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fu) << shift;
    if (byte < 0x80) return byte == 0 && shift > 0 ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

std::string compress(std::string_view raw, int level) {
  std::string frame(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compress(frame.data(), frame.size(), raw.data(), raw.size(), level);
  check(ZSTD_isError(size) == 0, "zstd refuses to compress");
  frame.resize(size);
  return frame;
}

// Only one whole frame that says how long its content is, and not more than a batch may hold.
std::optional<std::string> decompress(std::string_view frame) {
  const auto content = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (content == ZSTD_CONTENTSIZE_UNKNOWN || content == ZSTD_CONTENTSIZE_ERROR) return std::nullopt;
  if (content > limits::batch_raw_bytes_max) return std::nullopt;
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return std::nullopt;
  std::string raw(content, '\0');
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), frame.data(), frame.size());
  if (size != raw.size()) return std::nullopt;
  return raw;
}

std::string body_of(char format, std::size_t count, const CodedEvents& coded, int level) {
  std::string body(1, format);
  put_varint(body, count);
  if (format != format_coded) {
    const std::string frame = compress(coded.raw, level);
    put_varint(body, frame.size());
    body += frame;
  }
  return body += coded.code;
}

std::string foretold_body(std::span<const BatchEvent> events) {
  const PrimedModel& primed = primed_model();
  const CodedEvents coded = code_events(events, working_model(&primed.model), primed.types, false);
  return body_of(coded.raw.empty() ? format_coded : format_with_raw, events.size(), coded,
                 level_smallest);
}

std::string plain_body(std::span<const BatchEvent> events, int level) {
  const CodedEvents coded = code_events(events, working_model(nullptr), {}, true);
  return body_of(format_all_raw, events.size(), coded, level);
}

}  // namespace

std::string encode_batch(std::span<const BatchEvent> events, Effort effort) {
  check(events.size() <= limits::batch_events_max, "more events than a batch may hold");
  std::size_t bytes = 0;
  for (const BatchEvent& event : events) bytes += event.bytes.size();
  check(bytes <= limits::batch_raw_bytes_max, "more bytes than a batch may hold");

  if (effort == Effort::fast) return plain_body(events, level_fast);
  std::string body = foretold_body(events);
  // What is sent must come back: a fault here must cost bytes, not events.
  const auto back = decode_batch(body);
  return back && std::ranges::equal(*back, events) ? body : plain_body(events, level_smallest);
}

std::optional<std::vector<BatchEvent>> decode_batch(std::string_view body) {
  if (body.empty()) return std::nullopt;
  const char format = body.front();
  body.remove_prefix(1);
  if (format < format_coded || format > format_all_raw) return std::nullopt;
  const auto count = take_varint(body);
  if (!count || *count > limits::batch_events_max) return std::nullopt;
  std::string raw;
  if (format != format_coded) {
    const auto size = take_varint(body);
    if (!size || *size > body.size()) return std::nullopt;
    auto held = decompress(body.substr(0, *size));
    if (!held) return std::nullopt;
    raw = std::move(*held);
    body.remove_prefix(*size);
  }
  if (format == format_all_raw) {
    return read_events(*count, body, raw, working_model(nullptr), {}, nullptr);
  }
  const PrimedModel& primed = primed_model();
  return read_events(*count, body, raw, working_model(&primed.model), primed.types, nullptr);
}

}  // namespace titip
