// What a batch's decoder does with bytes that no encoder made.

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/batch_codec.hh"
#include "core/limits.hh"
#include "tests/support/made_batches.hh"

namespace titip {
namespace {

// The code has no redundancy: what is left of it may read as other events, which the chain hash
// tells.
TEST(HostileBatch, TruncatedBatchNeverReadsAsTheWhole) {
  auto events = weighings(12);
  events.push_back({"opaque", std::nullopt});
  for (const auto& batch : {weighings(12), events}) {
    const std::string body = encode_batch(batch);
    for (std::size_t size = 0; size < body.size(); ++size) {
      const auto back = decode_batch(std::string_view(body).substr(0, size));
      EXPECT_FALSE(back == batch) << size;
    }
    EXPECT_FALSE(decode_batch(std::string_view(body).substr(0, body.size() / 2)).has_value());
  }
}

TEST(HostileBatch, TrailingBytesAreRefused) {
  const std::string body = encode_batch(weighings(12));
  for (const char last : {'\0', '\1', '\xff'}) EXPECT_FALSE(decode_batch(body + last).has_value());
}

TEST(HostileBatch, FlippedBitsAreReadSafely) {
  auto events = posyandu(30, Saving::as_it_goes);
  events.push_back({"opaque", std::nullopt});
  const std::string body = encode_batch(events);
  for (std::size_t bit = 0; bit < body.size() * 8; bit += 5) {
    std::string changed = body;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const auto back = decode_batch(changed);
    if (back) {
      EXPECT_LE(back->size(), limits::batch_events_max);
    }
  }
}

TEST(HostileBatch, NoiseIsReadSafely) {
  Seeded random(17);
  for (int i = 0; i < 300; ++i) {
    std::string noise{static_cast<char>(random.between(1, 3)), '\xff', '\x1f'};
    for (int size = random.between(0, 400); size > 0; --size)
      noise.push_back(static_cast<char>(random.next()));
    decode_batch(noise);
  }
}

TEST(HostileBatch, BatchBeyondLimitsIsRefused) {
  EXPECT_FALSE(decode_batch(std::string_view("\1\x81\x20", 3)).has_value());  // 4097 events
  EXPECT_FALSE(
      decode_batch(std::string_view("\1\x80\x00", 3)).has_value());     // 0, longer than it must be
  EXPECT_FALSE(decode_batch(std::string_view("\4\0", 2)).has_value());  // no such format
  const std::string large(limits::batch_raw_bytes_max + 1, '\0');
  std::string frame(ZSTD_compressBound(large.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), large.data(), large.size(), 1));
  ASSERT_LT(frame.size(), 128u);
  const std::string body = std::string("\2\1") + static_cast<char>(frame.size()) + frame;
  EXPECT_FALSE(decode_batch(body).has_value());
}

}  // namespace
}  // namespace titip
