#include <kj/exception.h>

#include <cstring>

#include "core/capnp_bytes.hh"
#include "core/event.hh"
#include "core/limits.hh"
#include "core/outside.hh"
#include "core/payload_slot.hh"
#include "core/text_check.hh"

namespace titip {

namespace {

constexpr auto op_last = static_cast<std::uint16_t>(Op::resolve);

// In canonical form nothing is read twice but list tags and the texts looked at; more is an attack.
constexpr std::uint64_t reads_per_word_max = 8;

bool is_text(capnp::Text::Reader text, std::size_t bytes_max) {
  return text.size() <= bytes_max && valid_utf8(view_of(text));
}

// The text that a pointer holds, or nullopt if it holds something else. A null pointer is "".
std::optional<std::string_view> text_at(capnp::AnyPointer::Reader pointer) {
  if (pointer.isNull()) return std::string_view{};
  if (!pointer.isList()) return std::nullopt;
  const auto list = pointer.getAs<capnp::AnyList>();
  if (list.getElementSize() != capnp::ElementSize::BYTE) return std::nullopt;
  const auto bytes = list.getRawBytes();
  if (bytes.size() == 0 || bytes.back() != 0) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(bytes.begin()), bytes.size() - 1);
}

bool is_byte_list(capnp::AnyPointer::Reader pointer) {
  return pointer.isList() &&
         pointer.getAs<capnp::AnyList>().getElementSize() == capnp::ElementSize::BYTE;
}

// A list of empty structs costs no bytes however long it is; a list of numbers reads as structs.
bool is_settles(capnp::AnyPointer::Reader pointer, std::size_t words) {
  if (pointer.isNull()) return true;
  if (!pointer.isList()) return false;
  const auto list = pointer.getAs<capnp::AnyList>();
  return list.getElementSize() == capnp::ElementSize::INLINE_COMPOSITE && list.size() <= words;
}

capnp::AnyPointer::Reader pointer_of(schema::Event::Reader event, unsigned slot) {
  const auto pointers = capnp::AnyStruct::Reader(event).getPointerSection();
  return slot < pointers.size() ? pointers[slot] : capnp::AnyPointer::Reader();
}

constexpr unsigned settles_slot = 3;  // by, ref, payload, settles: the order in schema/event.capnp

bool is_event(schema::Event::Reader event, std::size_t words) {
  return event.getRecord() != 0 && static_cast<std::uint16_t>(event.getOp()) <= op_last &&
         (event.getSetFields() & event.getClearedFields()) == 0 &&
         is_text(event.getBy(), limits::author_bytes_max) &&
         is_text(event.getRef(), limits::ref_bytes_max) &&
         is_text(event.getNote(), limits::note_bytes_max) &&
         outside::valid_payload(event.getPayload()) &&
         is_settles(pointer_of(event, settles_slot), words);
}

// Everything is looked at once under tight limits, so that later reading needs none.
bool is_well_formed(kj::ArrayPtr<const capnp::word> words) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = reads_per_word_max * words.size();
  options.nestingLimit = limits::nesting_max;
  const kj::ArrayPtr<const capnp::word> segments[] = {words};
  try {
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(segments, 1), options);
    const auto root = message.getRoot<capnp::AnyPointer>();
    return root.isStruct() && is_event(root.getAs<schema::Event>(), words.size()) &&
           is_canonical(root.getAs<capnp::AnyStruct>(), words);
  } catch (const kj::Exception&) {
    // What the parser says is never read: it can quote what a person typed.
    return false;
  }
}

capnp::ReaderOptions checked_options() {
  capnp::ReaderOptions options;
  // The bytes have been walked: no loop or overlap is left for a limit to stop, and a reader of
  // many fields must not run into one.
  options.traversalLimitInWords = UINT64_MAX >> 8;
  return options;
}

std::int64_t sign_extended(std::uint64_t value, std::uint8_t bits) {
  const int spare = 64 - bits;
  return static_cast<std::int64_t>(value << spare) >> spare;
}

}  // namespace

// Record types point to texts only, so a list of bytes in a payload is a text, known here or not.
bool outside::valid_payload(capnp::AnyPointer::Reader pointer) {
  if (pointer.isNull()) return true;
  if (!pointer.isStruct()) return false;
  for (const auto inner : pointer.getAs<capnp::AnyStruct>().getPointerSection()) {
    if (!is_byte_list(inner)) continue;
    const auto text = text_at(inner);
    if (!text || !valid_utf8(*text)) return false;
  }
  return true;
}

struct EventReader::Held {
  explicit Held(kj::Array<capnp::word> aligned)
      : words(kj::mv(aligned)),
        segments{words.asPtr()},
        message(kj::arrayPtr(segments, 1), checked_options()),
        event(message.getRoot<schema::Event>()) {}

  kj::Array<capnp::word> words;
  kj::ArrayPtr<const capnp::word> segments[1];
  capnp::SegmentArrayMessageReader message;
  schema::Event::Reader event;
};

std::optional<EventReader> EventReader::open(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > limits::event_bytes_max) return std::nullopt;
  if (bytes.size() % sizeof(capnp::word) != 0) return std::nullopt;
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  if (!is_well_formed(words)) return std::nullopt;
  return EventReader(std::make_unique<Held>(kj::mv(words)));
}

EventReader::EventReader(std::unique_ptr<Held> held) : held_(std::move(held)) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

std::string_view EventReader::bytes() const {
  const auto bytes = held_->words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

schema::Event::Reader EventReader::get() const { return held_->event; }

RecordKey EventReader::record() const { return {held_->event.getType(), held_->event.getRecord()}; }

Op EventReader::op() const { return static_cast<Op>(held_->event.getOp()); }

capnp::AnyStruct::Reader EventReader::payload() const {
  return held_->event.getPayload().getAs<capnp::AnyStruct>();
}

FieldValue read_field(const FieldRules& field, capnp::AnyStruct::Reader payload) {
  const std::uint32_t slot = slot_of(field);
  if (field.kind == FieldKind::text) {
    const auto pointers = payload.getPointerSection();
    if (slot >= pointers.size()) return std::string();
    return std::string(text_at(pointers[slot]).value_or(std::string_view{}));
  }
  const auto data = payload.getDataSection();
  const std::uint64_t value = read_slot({data.begin(), data.size()}, slot, field.bits);
  if (field.kind == FieldKind::boolean) return value != 0;
  if (field.kind == FieldKind::record) return RecordReference{value, {}};
  return field.is_signed ? sign_extended(value, field.bits) : static_cast<std::int64_t>(value);
}

}  // namespace titip
