#include "core/batch_symbols.hh"

#include <algorithm>

namespace titip {

namespace {

constexpr std::int32_t stretched_max = 2047;
constexpr SymbolModel::Cell unknown_cell = 1u << 31;
constexpr SymbolModel::Cell count_mask = 0x3ff;
constexpr std::int32_t weight_first = 16384 * 35 / 100;

// 4096 / (1 + e^(−x / 256)), between points that are 128 apart.
constexpr std::int32_t squash(std::int32_t stretched) {
  constexpr std::array<std::int32_t, 33> at{1,    2,    3,    6,    10,   16,   27,   45,   73,
                                            120,  194,  310,  488,  747,  1101, 1546, 2047, 2549,
                                            2994, 3348, 3607, 3785, 3901, 3975, 4024, 4050, 4068,
                                            4079, 4085, 4089, 4092, 4093, 4094};
  const std::int32_t clamped = std::clamp(stretched, -stretched_max, stretched_max);
  const auto step = static_cast<std::size_t>((clamped >> 7) + 16);
  const std::int32_t within = clamped & 127;
  return (at[step] * (128 - within) + at[step + 1] * within + 64) >> 7;
}

constexpr std::array<std::uint16_t, 4096> make_squash() {
  std::array<std::uint16_t, 4096> table{};
  for (std::int32_t i = 0; i < 4096; ++i) {
    table[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(squash(i - 2048));
  }
  return table;
}

constexpr std::array<std::int16_t, 4096> make_stretch() {
  std::array<std::int16_t, 4096> table{};
  std::size_t next = 0;
  for (std::int32_t stretched = -stretched_max; stretched <= stretched_max; ++stretched) {
    for (; next <= static_cast<std::size_t>(squash(stretched)); ++next) {
      table[next] = static_cast<std::int16_t>(stretched);
    }
  }
  for (; next < table.size(); ++next) table[next] = stretched_max;
  return table;
}

// 1 / (count + 1.5). Beyond the last a cell forgets the old as it learns: children are weighed in
// the morning and pressures taken in the afternoon.
constexpr std::array<std::uint16_t, cell_count_max + 1> make_rates() {
  std::array<std::uint16_t, cell_count_max + 1> table{};
  for (std::uint32_t count = 0; count <= cell_count_max; ++count) {
    table[count] = static_cast<std::uint16_t>(131072 / (2 * count + 3));
  }
  return table;
}

}  // namespace

constinit const std::array<std::int16_t, 4096> stretch_table = make_stretch();
constinit const std::array<std::uint16_t, 4096> squash_table = make_squash();
constinit const std::array<std::uint16_t, cell_count_max + 1> rate_table = make_rates();

SymbolModel::SymbolModel()
    : lines_(std::make_unique<Line[]>(std::size_t{1} << lines_log2)), weights_(mixers * 4) {}

void SymbolModel::start(const SymbolModel* primed) {
  primed_ = primed;
  if (++run_ > run_max) {
    run_ = 1;
    for (std::size_t i = 0; i < std::size_t{1} << lines_log2; ++i) lines_[i].cells[0] = 0;
  }
  if (primed != nullptr) {
    weights_ = primed->weights_;
    return;
  }
  Weights even;
  even.fill(weight_first);
  std::fill(weights_.begin(), weights_.end(), even);
}

// Brings a line into this run.
void SymbolModel::freshen(std::size_t at) {
  Line& line = lines_[at];
  if (line.cells[0] >> 16 == run_) return;
  const bool held = primed_ != nullptr && primed_->lines_[at].cells[0] >> 16 == primed_->run_;
  if (held) {
    line = primed_->lines_[at];
    line.cells[0] = run_ << 16 | (line.cells[0] & 0xffff);
  } else {
    line.cells.fill(unknown_cell);
    line.cells[0] = run_ << 16;
  }
}

SymbolModel::Line& SymbolModel::take(std::size_t at, ContextHash context) {
  const std::size_t beside = at ^ 1;
  freshen(at);
  freshen(beside);
  const Cell owner = run_ << 16 | (context & 0xffff);
  if (lines_[at].cells[0] == owner) return lines_[at];
  if (lines_[beside].cells[0] == owner) return lines_[beside];
  // The one that was used less makes room.
  const Cell count_here = lines_[at].cells[1] & count_mask;
  const Cell count_beside = lines_[beside].cells[1] & count_mask;
  Line& line = lines_[count_here <= count_beside ? at : beside];
  line.cells.fill(unknown_cell);
  line.cells[0] = owner;
  return line;
}

std::uint64_t SymbolEncoder::plain_bits(std::uint64_t value, unsigned bits) {
  for (unsigned bit = bits; bit-- > 0;) put_bit((value >> bit) & 1u, 2048);
  return value;
}

namespace {

// The fewest leading bytes of a number that, followed by zeros, lies in [low, high], and that
// number.
struct Ending {
  std::size_t bytes = 0;
  std::uint32_t value = 0;
};

Ending shortest_ending(std::uint32_t low, std::uint32_t high) {
  for (std::size_t bytes = 0; bytes < 4; ++bytes) {
    const std::uint64_t step = std::uint64_t{1} << (32 - 8 * bytes);
    const std::uint64_t value = (low + step - 1) / step * step;
    if (value <= high) return {bytes, static_cast<std::uint32_t>(value)};
  }
  return {4, low};
}

}  // namespace

std::string SymbolEncoder::finish() {
  const Ending ending = shortest_ending(low_, high_);
  for (std::size_t i = 0; i < ending.bytes; ++i) {
    out_.push_back(static_cast<char>(ending.value >> (24 - 8 * i)));
  }
  return std::move(out_);
}

SymbolDecoder::SymbolDecoder(SymbolModel& model, std::string_view code)
    : model_(model), code_(code) {
  for (int i = 0; i < 4; ++i) window_ = window_ << 8 | next_byte();
}

std::uint64_t SymbolDecoder::plain_bits(std::uint64_t /*value*/, unsigned bits) {
  std::uint64_t value = 0;
  for (unsigned bit = 0; bit < bits; ++bit) value = value << 1 | get_bit(2048);
  return value;
}

bool SymbolDecoder::finish() const {
  if (!ok_) return false;
  const Ending ending = shortest_ending(low_, high_);
  const std::size_t before = taken_ - 4;
  if (before + ending.bytes != code_.size()) return false;
  for (std::size_t i = 0; i < ending.bytes; ++i) {
    if (code_[before + i] != static_cast<char>(ending.value >> (24 - 8 * i))) return false;
  }
  return true;
}

}  // namespace titip
