// What a posyandu's events cost on the wire: bytes an event by size of batch, beside zstd -19 over
// the same lines as people type them; by record type; and the processor's time for it.

#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/batch_codec.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "tests/support/posyandu_events.hh"

namespace titip {

namespace {

using Clock = std::chrono::steady_clock;

std::vector<BatchEvent> as_batch(const std::vector<MadeEvent>& made, std::size_t from,
                                 std::size_t to) {
  std::vector<BatchEvent> events;
  for (std::size_t i = from; i < to; ++i) events.push_back({made[i].bytes, std::nullopt});
  return events;
}

double zstd_bytes(const std::vector<MadeEvent>& made, std::size_t from, std::size_t to) {
  std::string lines;
  for (std::size_t i = from; i < to; ++i) lines += made[i].line + '\n';
  std::string out(ZSTD_compressBound(lines.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), lines.data(), lines.size(), 19);
  check(ZSTD_isError(size) == 0, "zstd refuses to compress");
  return static_cast<double>(size);
}

std::size_t encoded_bytes(const std::vector<MadeEvent>& made, std::size_t from, std::size_t to,
                          Effort effort = Effort::smallest) {
  std::size_t bytes = 0;
  for (std::size_t at = from; at < to; at += limits::batch_events_max) {
    bytes += encode_batch(as_batch(made, at, std::min(to, at + limits::batch_events_max)), effort)
                 .size();
  }
  return bytes;
}

void by_batch_size(const char* saving, const std::vector<MadeEvent>& made) {
  for (const std::size_t size : {1u, 4u, 16u, 64u, 256u, 1000u, 10000u}) {
    if (size > made.size()) continue;
    // Several places of the stream, as many as cost little.
    const std::size_t samples = std::min<std::size_t>(64, made.size() / size);
    double ours = 0;
    double fast = 0;
    double zstd = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      const std::size_t from = (made.size() - size) / samples * i;
      ours += static_cast<double>(encoded_bytes(made, from, from + size));
      fast += static_cast<double>(encoded_bytes(made, from, from + size, Effort::fast));
      zstd += zstd_bytes(made, from, from + size);
    }
    const auto events = static_cast<double>(samples * size);
    std::printf(
        "%-11s %6zu events a batch: %6.2f bytes an event; fast %6.2f; zstd -19 of the lines "
        "%6.2f\n",
        saving, size, ours / events, fast / events, zstd / events);
  }
}

// What each type adds to a batch of 1,000: the batch with it less the batch without it.
void by_type(const std::vector<MadeEvent>& made) {
  std::map<std::string, std::size_t> counts;
  for (const auto& event : made) ++counts[event.type];
  const double whole = static_cast<double>(encoded_bytes(made, 0, made.size()));
  for (const auto& [type, count] : counts) {
    std::vector<MadeEvent> others;
    for (const auto& event : made) {
      if (event.type != type) others.push_back(event);
    }
    const double rest = static_cast<double>(encoded_bytes(others, 0, others.size()));
    std::printf("%-20s %5zu of %zu, %6.2f bytes an event\n", type.c_str(), count, made.size(),
                (whole - rest) / static_cast<double>(count));
  }
}

void speed(const std::vector<MadeEvent>& made, std::size_t batch) {
  double encode_us = 0;
  double decode_us = 0;
  for (std::size_t at = 0; at + batch <= made.size(); at += batch) {
    const auto events = as_batch(made, at, at + batch);
    const auto begin = Clock::now();
    const std::string body = encode_batch(events);
    const auto middle = Clock::now();
    const auto back = decode_batch(body);
    const auto end = Clock::now();
    check(back && *back == events, "a batch does not come back");
    encode_us += std::chrono::duration<double, std::micro>(middle - begin).count();
    decode_us += std::chrono::duration<double, std::micro>(end - middle).count();
  }
  const auto events = static_cast<double>(made.size() / batch * batch);
  std::printf("%6zu events a batch: encoding %5.2f us an event, decoding %5.2f us\n", batch,
              encode_us / events, decode_us / events);
}

}  // namespace

}  // namespace titip

int main(int argc, char** argv) {
  using namespace titip;
  const std::uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 7;
  std::vector<MadeEvent> first;
  for (const auto& [saving, name] :
       {std::pair{Saving::at_once, "at once"}, std::pair{Saving::as_it_goes, "as it goes"}}) {
    PosyanduEvents events(seed, "PSY-0417", saving);
    auto made = next_of_lane(events, Lane::routine, 10'000);
    by_batch_size(name, made);
    if (first.empty()) first = std::move(made);
  }
  speed(first, 1);
  speed(first, 64);
  speed(first, 1000);
  by_type(first);
  return 0;
}
