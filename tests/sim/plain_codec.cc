// The body of a batch without any compression, linked in place of core/batch_codec.cc into the
// simulator that runs very many seeds: the shipped codec takes half of its time, is not decided by
// anything here, and has its own tests and fuzzer. titip-sim-codec runs some seeds with that one.

#include "core/batch_codec.hh"
#include "core/check.hh"
#include "core/limits.hh"

namespace titip {

namespace {

void put_number(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(value >> shift));
}

std::optional<std::uint64_t> take_number(std::string_view& in) {
  if (in.size() < 8) return std::nullopt;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(in[i])} << (8 * i);
  }
  in.remove_prefix(8);
  return value;
}

std::optional<EventId> take_id(std::string_view& in) {
  EventId id;
  for (auto* part : {&id.incarnation, &id.seq, &id.hash.low, &id.hash.high}) {
    const auto value = take_number(in);
    if (!value) return std::nullopt;
    *part = *value;
  }
  const auto lane = take_number(in);
  if (!lane || *lane > 1) return std::nullopt;
  id.lane = static_cast<Lane>(*lane);
  return id;
}

}  // namespace

std::string encode_batch(std::span<const BatchEvent> events, Effort) {
  check(events.size() <= limits::batch_events_max, "more events than a batch may hold");
  std::string body;
  for (const auto& event : events) {
    put_number(body, event.bytes.size() * 2 + (event.born ? 1 : 0));
    body += event.bytes;
    if (!event.born) continue;
    put_number(body, event.born->incarnation);
    put_number(body, event.born->seq);
    put_number(body, event.born->hash.low);
    put_number(body, event.born->hash.high);
    put_number(body, static_cast<std::uint64_t>(event.born->lane));
  }
  return body;
}

std::optional<std::vector<BatchEvent>> decode_batch(std::string_view body) {
  std::vector<BatchEvent> events;
  while (!body.empty()) {
    const auto word = take_number(body);
    if (!word || *word / 2 > body.size()) return std::nullopt;
    BatchEvent event{std::string(body.substr(0, *word / 2)), std::nullopt};
    body.remove_prefix(*word / 2);
    if (*word % 2 == 1) {
      event.born = take_id(body);
      if (!event.born) return std::nullopt;
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace titip
