#include "core/batch_wire.hh"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/limits.hh"

namespace titip {

namespace {

static_assert(std::endian::native == std::endian::little, "Cap'n Proto's order is the machine's");

constexpr std::size_t word_bytes = 8;
constexpr std::size_t event_pointers_max = 3;  // by, ref, payload; with more it travels raw
constexpr std::uint64_t kind_struct = 0;
constexpr std::uint64_t kind_list = 1;
constexpr std::uint64_t bytes_list = 2;  // element size of a list of bytes

struct StructShape {
  std::size_t data = 0;
  std::size_t pointers = 0;
  std::size_t words() const { return data + pointers; }
};

// Walks the one order that canonical form allows: every object begins where the last one ended.
class Walk {
 public:
  explicit Walk(std::string_view bytes) : bytes_(bytes), words_(bytes.size() / word_bytes) {}

  std::uint64_t word(std::size_t at) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at * word_bytes, word_bytes);
    return value;
  }

  bool open_struct(std::size_t pointer_at, StructShape& shape) {
    const std::uint64_t pointer = word(pointer_at);
    shape = {static_cast<std::uint16_t>(pointer >> 32), static_cast<std::uint16_t>(pointer >> 48)};
    if (shape.words() == 0) return pointer == empty_struct;
    return (pointer & 3) == kind_struct && starts_next(pointer_at, pointer) && take(shape.words());
  }

  bool read_text(std::size_t pointer_at, WireText& text) {
    const std::uint64_t pointer = word(pointer_at);
    text.present = pointer != 0;
    text.bytes.clear();
    if (!text.present) return true;
    if ((pointer & 3) != kind_list || (pointer >> 32 & 7) != bytes_list) return false;
    const auto count = static_cast<std::size_t>(pointer >> 35);
    const std::size_t begin = next_;
    if (count == 0 || !starts_next(pointer_at, pointer)) return false;
    if (!take((count + word_bytes - 1) / word_bytes)) return false;
    const char* chars = bytes_.data() + begin * word_bytes;
    text.bytes.assign(chars, count - 1);
    // A terminator within could not be told from the one at the end.
    return chars[count - 1] == 0 && text.bytes.find('\0') == std::string::npos;
  }

  static constexpr std::uint64_t empty_struct = 0xfffffffc;
  bool at_end() const { return next_ == words_; }

 private:
  bool starts_next(std::size_t pointer_at, std::uint64_t pointer) const {
    const auto offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
    return offset >= 0 && pointer_at + 1 + static_cast<std::size_t>(offset) == next_;
  }
  bool take(std::size_t words) {
    if (words > words_ - next_) return false;
    next_ += words;
    return true;
  }

  std::string_view bytes_;
  std::size_t words_;
  std::size_t next_ = 1;  // the first word is the root's pointer
};

bool parse_payload(Walk& walk, std::size_t pointer_at, std::size_t payload_at, WireEvent& event) {
  event.payload_words.clear();
  event.payload_texts.clear();
  event.has_payload = walk.word(pointer_at) != 0;
  if (!event.has_payload) return true;
  StructShape shape;
  if (!walk.open_struct(pointer_at, shape)) return false;
  event.payload_words.resize(shape.data);
  for (std::size_t i = 0; i < shape.data; ++i) event.payload_words[i] = walk.word(payload_at + i);
  event.payload_texts.resize(shape.pointers);
  for (std::size_t i = 0; i < shape.pointers; ++i) {
    if (!walk.read_text(payload_at + shape.data + i, event.payload_texts[i])) return false;
  }
  return true;
}

// What canonical form keeps: nothing after the last word or pointer that is not zero.
template <typename Range, typename IsZero>
std::size_t kept(const Range& range, IsZero is_zero) {
  std::size_t count = range.size();
  while (count > 0 && is_zero(range[count - 1])) --count;
  return count;
}

bool is_zero_word(std::uint64_t word) { return word == 0; }
bool is_null_text(const WireText& text) { return !text.present; }

std::size_t text_words(const WireText& text) {
  return text.present ? (text.bytes.size() + word_bytes) / word_bytes : 0;
}

StructShape payload_shape(const WireEvent& event) {
  return {kept(event.payload_words, is_zero_word), kept(event.payload_texts, is_null_text)};
}

StructShape event_shape(const WireEvent& event) {
  const std::size_t pointers = event.has_payload   ? 3
                               : event.ref.present ? 2
                               : event.by.present  ? 1
                                                   : 0;
  return {kept(event.words, is_zero_word), pointers};
}

class Composer {
 public:
  explicit Composer(std::size_t words) : bytes_(words * word_bytes, '\0') {}

  // Places a struct where the last object ended and returns that place.
  std::size_t place_struct(std::size_t pointer_at, StructShape shape) {
    const std::size_t at = next_;
    const std::uint64_t offset =
        shape.words() == 0 ? Walk::empty_struct : (at - pointer_at - 1) << 2;
    put(pointer_at, offset | std::uint64_t{shape.data} << 32 | std::uint64_t{shape.pointers} << 48);
    next_ += shape.words();
    return at;
  }
  void place_text(std::size_t pointer_at, const WireText& text) {
    if (!text.present) return;
    put(pointer_at, (next_ - pointer_at - 1) << 2 | kind_list | bytes_list << 32 |
                        std::uint64_t{text.bytes.size() + 1} << 35);
    std::memcpy(bytes_.data() + next_ * word_bytes, text.bytes.data(), text.bytes.size());
    next_ += text_words(text);
  }
  void put(std::size_t at, std::uint64_t word) {
    std::memcpy(bytes_.data() + at * word_bytes, &word, word_bytes);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::size_t next_ = 1;
};

}  // namespace

bool parse_event_bytes(std::string_view bytes, WireEvent& event) {
  if (bytes.size() < word_bytes || bytes.size() > limits::event_bytes_max) return false;
  if (bytes.size() % word_bytes != 0) return false;
  Walk walk(bytes);
  StructShape shape;
  if (!walk.open_struct(0, shape) || shape.data > event_words ||
      shape.pointers > event_pointers_max) {
    return false;
  }
  event.words.fill(0);
  for (std::size_t i = 0; i < shape.data; ++i) event.words[i] = walk.word(1 + i);
  const std::size_t pointers_at = 1 + shape.data;
  event.by = {};
  event.ref = {};
  event.has_payload = false;
  if (shape.pointers > 0 && !walk.read_text(pointers_at, event.by)) return false;
  if (shape.pointers > 1 && !walk.read_text(pointers_at + 1, event.ref)) return false;
  const std::size_t payload_at = 1 + shape.words() + text_words(event.by) + text_words(event.ref);
  if (shape.pointers > 2 && !parse_payload(walk, pointers_at + 2, payload_at, event)) return false;
  const bool holes_empty = event.words[word_kinds] >> 48 == 0 && event.words[word_boot] >> 32 == 0;
  return walk.at_end() && holes_empty && compose_event(event) == bytes;
}

std::size_t composed_size(const WireEvent& event) {
  std::size_t words = 1 + event_shape(event).words() + text_words(event.by) + text_words(event.ref);
  if (event.has_payload) {
    words += payload_shape(event).words();
    for (const WireText& text : event.payload_texts) words += text_words(text);
  }
  return words * word_bytes;
}

std::string compose_event(const WireEvent& event) {
  Composer composer(composed_size(event) / word_bytes);
  const StructShape shape = event_shape(event);
  const std::size_t at = composer.place_struct(0, shape);
  for (std::size_t i = 0; i < shape.data; ++i) composer.put(at + i, event.words[i]);
  const std::size_t pointers_at = at + shape.data;
  composer.place_text(pointers_at, event.by);
  composer.place_text(pointers_at + 1, event.ref);
  if (!event.has_payload) return composer.take();
  const StructShape payload = payload_shape(event);
  const std::size_t payload_at = composer.place_struct(pointers_at + 2, payload);
  for (std::size_t i = 0; i < payload.data; ++i)
    composer.put(payload_at + i, event.payload_words[i]);
  for (std::size_t i = 0; i < payload.pointers; ++i) {
    composer.place_text(payload_at + payload.data + i, event.payload_texts[i]);
  }
  return composer.take();
}

}  // namespace titip
