#pragma once

// Randomness that is the same on every machine and compiler, which std::*_distribution is not.

#include <cstddef>
#include <cstdint>
#include <span>

namespace titip {

class Seeded {
 public:
  explicit Seeded(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (Steele, Lea and Flood 2014).
  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  // Both ends included. The bias of the remainder is far below what a test could see.
  int between(int low, int high) {
    const auto width = static_cast<std::uint64_t>(std::int64_t{high} - low + 1);
    return static_cast<int>(low + static_cast<std::int64_t>((next() >> 16) % width));
  }

  std::size_t below(std::size_t count) { return static_cast<std::size_t>((next() >> 16) % count); }

  bool chance(int permille) { return between(0, 999) < permille; }

  // Roughly normal, in thousandths of a standard deviation: the sum of twelve uniform numbers.
  int normal() {
    int sum = 0;
    for (int i = 0; i < 12; ++i) sum += between(0, 1000);
    return sum - 6000;
  }

  template <typename T>
  const T& one_of(std::span<const T> choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace titip
