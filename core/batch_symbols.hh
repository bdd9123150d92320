#pragma once

// The bottom of the batch codec: small symbols in, as few bits as they deserve out. Every bit of a
// symbol is predicted by several contexts, their predictions are mixed, and a binary arithmetic
// coder spends −log2 p on what came true. Both sides learn from what they coded, so they predict
// alike; all of it is integer arithmetic, so that a tablet and a hub of other make agree to the
// bit.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace titip {

using ContextHash = std::uint32_t;

// A context is a hash of whatever the symbol may depend on. Its upper bits choose a line.
constexpr ContextHash mix(ContextHash hash, std::uint64_t value) {
  std::uint64_t mixed = (hash ^ value * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  mixed ^= mixed >> 32;
  mixed *= 0xd6e8feb86659fd93u;
  return static_cast<ContextHash>(mixed >> 32);
}

// What a coder has learnt. A batch starts from a primed model without copying it whole: a line is
// copied when the batch first touches it.
class SymbolModel {
 public:
  static constexpr unsigned inputs_max = 6;
  static constexpr unsigned mixers = 32;

  SymbolModel();
  // `primed` must outlive this model; null: begin knowing nothing.
  void start(const SymbolModel* primed);

  // The probability of a 1 as 22 bits, below it how often the cell was updated, 10 bits.
  using Cell = std::uint32_t;
  // One nibble's binary tree under one context: cells 1 to 15. Cell 0 says whose it is: 16 bits of
  // the context, and the run that last touched it. A context has two places to lie, the second
  // beside the first.
  struct alignas(64) Line {
    std::array<Cell, 16> cells;
  };
  Line& line(ContextHash context) {
    const std::size_t at = context >> (32 - lines_log2);
    const Cell owner = run_ << 16 | (context & 0xffff);
    if (lines_[at].cells[0] == owner) return lines_[at];
    if (lines_[at ^ 1].cells[0] == owner) return lines_[at ^ 1];
    return take(at, context);
  }

  // In 1/16384.
  using Weights = std::array<std::int32_t, inputs_max>;
  Weights* weights(unsigned mixer) {
    return &weights_[(mixer % mixers) * 4];
  }  // by bit of the symbol

 private:
  static constexpr unsigned lines_log2 = 14;
  static constexpr std::uint32_t run_max = 0xffff;

  Line& take(std::size_t at, ContextHash context);
  void freshen(std::size_t at);

  std::unique_ptr<Line[]> lines_;
  std::vector<Weights> weights_;
  std::uint32_t run_ = 0;
  const SymbolModel* primed_ = nullptr;
};

// ln(p / (1 − p)) in 1/256 from a probability of 12 bits, and back.
extern const std::array<std::int16_t, 4096> stretch_table;
extern const std::array<std::uint16_t, 4096> squash_table;  // by stretched + 2048
// How far the next cell update goes, in 1/65536, by the count of those before.
inline constexpr std::uint32_t cell_count_max = 250;
extern const std::array<std::uint16_t, cell_count_max + 1> rate_table;

// The mixed probability of one bit, and learning from how it came out.
template <std::size_t N>
class BitPredictor {
  static_assert(N <= SymbolModel::inputs_max);

 public:
  BitPredictor(SymbolModel& model, const std::array<ContextHash, N>& contexts, unsigned mixer)
      : weights_(model.weights(mixer)) {
    for (std::size_t i = 0; i < N; ++i) lines_[i] = model.line(contexts[i]).cells.data();
  }

  // Of a 1, as 12 bits, never 0.
  std::uint32_t predict(unsigned node) {
    node_ = node;
    std::int32_t sum = 0;
    each([&](std::size_t i) {
      stretched_[i] = stretch_table[lines_[i][node] >> 20];
      sum += (*weights_)[i] * stretched_[i];
    });
    mixed_ = squash_table[static_cast<std::size_t>(std::clamp(sum >> 14, -2047, 2047) + 2048)];
    return mixed_;
  }

  void learn(unsigned bit) {
    constexpr std::int32_t learning_rate = 6;
    constexpr std::int32_t weight_max = 10 << 14;  // so that a sum of all inputs fits 32 bits
    const std::int32_t missed =
        (static_cast<std::int32_t>(bit << 12) - static_cast<std::int32_t>(mixed_)) * learning_rate;
    each([&](std::size_t i) {
      const std::int32_t moved = (*weights_)[i] + ((stretched_[i] * missed + (1 << 14)) >> 15);
      (*weights_)[i] = std::clamp(moved, -weight_max, weight_max);
      learn_cell(lines_[i][node_], bit);
    });
    ++weights_;
  }

 private:
  // Unrolled by hand: -O2 does not.
  template <typename Do>
  static void each(Do&& what) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (what(I), ...); }
    (std::make_index_sequence<N>{});
  }
  static void learn_cell(SymbolModel::Cell& cell, unsigned bit) {
    const std::uint32_t count = cell & 0x3ff;
    const std::int64_t probability = cell >> 10;
    const std::int64_t target = -std::int64_t{bit} & ((1 << 22) - 1);
    const std::int64_t moved = probability + ((target - probability) * rate_table[count] >> 16);
    cell = static_cast<SymbolModel::Cell>(moved << 10) | std::min(count + 1, cell_count_max);
  }

  std::array<SymbolModel::Cell*, N> lines_;
  std::array<std::int32_t, N> stretched_{};
  unsigned node_ = 1;
  SymbolModel::Weights* weights_;
  std::uint32_t mixed_ = 0;
};

class SymbolEncoder {
 public:
  static constexpr bool encoding = true;

  explicit SymbolEncoder(SymbolModel& model) : model_(model) {}

  // `bits` 1 to 4. Returns `value`, as the decoder does.
  template <std::size_t N>
  unsigned symbol(unsigned value, unsigned bits, const std::array<ContextHash, N>& contexts,
                  unsigned mixer) {
    BitPredictor<N> predictor(model_, contexts, mixer);
    unsigned node = 1;
    for (unsigned bit = bits; bit-- > 0;) {
      const unsigned is = (value >> bit) & 1u;
      put_bit(is, predictor.predict(node));
      predictor.learn(is);
      node = node * 2 + is;
    }
    return value;
  }
  // As likely 0 as 1: what nothing predicts.
  std::uint64_t plain_bits(std::uint64_t value, unsigned bits);

  bool ok() const { return true; }
  void fail() {}
  // Ends the code in as few bytes as make it unambiguous.
  std::string finish();

 private:
  void put_bit(unsigned bit, std::uint32_t probability) {
    const auto middle =
        static_cast<std::uint32_t>(low_ + (std::uint64_t{high_ - low_} * probability >> 12));
    if (bit != 0) {
      high_ = middle;
    } else {
      low_ = middle + 1;
    }
    while (((low_ ^ high_) & 0xff000000u) == 0) {
      out_.push_back(static_cast<char>(high_ >> 24));
      low_ <<= 8;
      high_ = high_ << 8 | 0xffu;
    }
  }

  SymbolModel& model_;
  std::string out_;
  std::uint32_t low_ = 0;
  std::uint32_t high_ = 0xffffffffu;
};

class SymbolDecoder {
 public:
  static constexpr bool encoding = false;

  SymbolDecoder(SymbolModel& model, std::string_view code);

  template <std::size_t N>
  unsigned symbol(unsigned /*value*/, unsigned bits, const std::array<ContextHash, N>& contexts,
                  unsigned mixer) {
    BitPredictor<N> predictor(model_, contexts, mixer);
    unsigned node = 1;
    for (unsigned bit = 0; bit < bits; ++bit) {
      const unsigned is = get_bit(predictor.predict(node));
      predictor.learn(is);
      node = node * 2 + is;
    }
    return node - (1u << bits);
  }
  std::uint64_t plain_bits(std::uint64_t value, unsigned bits);

  // False once something was read that no encoder writes; what is read then means nothing.
  bool ok() const { return ok_; }
  void fail() { ok_ = false; }
  // Whether the code ends just as the encoder would have ended it after what was read.
  bool finish() const;

 private:
  unsigned get_bit(std::uint32_t probability) {
    const auto middle =
        static_cast<std::uint32_t>(low_ + (std::uint64_t{high_ - low_} * probability >> 12));
    const unsigned bit = window_ <= middle ? 1 : 0;
    if (bit != 0) {
      high_ = middle;
    } else {
      low_ = middle + 1;
    }
    while (((low_ ^ high_) & 0xff000000u) == 0) {
      low_ <<= 8;
      high_ = high_ << 8 | 0xffu;
      window_ = window_ << 8 | next_byte();
      if (taken_ > code_.size() + 4) ok_ = false;
    }
    return bit;
  }
  // Past the end of the code come zeros: the encoder left them away.
  std::uint32_t next_byte() {
    const std::size_t at = taken_++;
    return at < code_.size() ? static_cast<unsigned char>(code_[at]) : 0;
  }

  SymbolModel& model_;
  std::string_view code_;
  std::size_t taken_ = 0;  // bytes shifted in, those past the end included
  std::uint32_t low_ = 0;
  std::uint32_t high_ = 0xffffffffu;
  std::uint32_t window_ = 0;
  bool ok_ = true;
};

}  // namespace titip
