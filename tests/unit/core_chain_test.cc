#include "core/chain.hh"

#include <gtest/gtest.h>

#include <string>

namespace titip {
namespace {

// The vectors were computed with Python's hashlib, which shares no code with libsodium:
//   blake2b(domain) = hashlib.blake2b(bytes([len(domain)]) + domain + data, digest_size=16)
constexpr Incarnation incarnation = 0x0123456789abcdef;

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(Chain, HashIsBlake2bOfSixteenBytesUnderADomain) {
  EXPECT_EQ(blake2b("titip test", "berat badan"), (Hash{0x2a1c01d38eabb2e4, 0xdbf71355e6ecbcd1}));
  EXPECT_EQ(blake2b("titip test", ""), (Hash{0x64f6fb72152d4d9b, 0xd1407307b9c9a775}));
}

TEST(Chain, DomainAndBytesCannotBeShiftedIntoEachOther) {
  EXPECT_NE(blake2b("ab", "c"), blake2b("a", "bc"));
  EXPECT_NE(blake2b("abc", ""), blake2b("", "abc"));
}

TEST(Chain, StartNamesIncarnationAndLane) {
  const Hash routine = chain_start(incarnation, Lane::routine);
  EXPECT_EQ(routine, (Hash{0xf262be6b36d56758, 0x429b11a4c2b3bba7}));
  EXPECT_EQ(chain_start(incarnation, Lane::urgent), (Hash{0xb2defdba8a59d5e5, 0x94e34ee674b38078}));
  EXPECT_NE(routine, chain_start(incarnation + 1, Lane::routine));
}

TEST(Chain, EachHashCoversTheOneBefore) {
  const Hash one = chain_next(chain_start(incarnation, Lane::routine), "event one!");
  const Hash two = chain_next(one, "");
  const Hash three = chain_next(two, all_bytes());
  EXPECT_EQ(one, (Hash{0x58e14e8be1006e29, 0xed05b0d943e03c6e}));
  EXPECT_EQ(two, (Hash{0x7375f8add6a9aec3, 0x967591afc03578cd}));
  EXPECT_EQ(three, (Hash{0xd6b081aadc6d4ae1, 0xc008f52004fa06d0}));
}

TEST(Chain, OneBitOfAnEventChangesEveryHashAfterIt) {
  const Hash start = chain_start(incarnation, Lane::urgent);
  EXPECT_NE(chain_next(chain_next(start, "a"), "same"), chain_next(chain_next(start, "c"), "same"));
}

TEST(Chain, OrderOfEventsMatters) {
  const Hash start = chain_start(incarnation, Lane::urgent);
  EXPECT_NE(chain_next(chain_next(start, "a"), "b"), chain_next(chain_next(start, "b"), "a"));
}

}  // namespace
}  // namespace titip
