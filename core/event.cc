#include "core/event.hh"

#include <capnp/any.h>
#include <capnp/message.h>
#include <algorithm>

#include <array>
#include <span>

#include "core/capnp_bytes.hh"
#include "core/check.hh"
#include "core/payload_slot.hh"

namespace titip {

namespace {
// By the ordinals of Op.
constexpr std::array<std::string_view, 6> op_words{"new",  "set",    "retract",
                                                   "link", "unlink", "resolve"};
}  // namespace

std::string_view op_word(Op op) { return op_words[static_cast<std::size_t>(op)]; }

std::optional<Op> op_named(std::string_view word) {
  const auto found = std::ranges::find(op_words, word);
  if (found == op_words.end()) return std::nullopt;
  return static_cast<Op>(found - op_words.begin());
}

namespace {

// Room for nearly every event, so that building one allocates nothing but the result.
constexpr std::size_t scratch_words = 192;

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;  // clang 14 does not deduce it

void write_text(capnp::AnyStruct::Builder payload, std::uint32_t slot, const std::string& text) {
  if (text.empty()) return;  // a null pointer reads the same, and only one of the forms is made
  payload.getPointerSection()[slot].setAs<capnp::Text>(text_of(text));
}

// `references` loses the ones that are used.
void write_field(capnp::AnyStruct::Builder payload, const FieldRules& field,
                 const FieldValue& value, std::span<const RecordId>& references) {
  const std::uint32_t slot = slot_of(field);
  const auto number = [&](std::uint64_t bits) {
    auto data = payload.getDataSection();
    write_slot({data.begin(), data.size()}, slot, field.bits, bits);
  };
  std::visit(Overloaded{
                 [&](bool is) { number(is ? 1 : 0); },
                 [&](std::int64_t integer) { number(static_cast<std::uint64_t>(integer)); },
                 [&](const std::string& text) { write_text(payload, slot, text); },
                 [&](const RecordReference&) {
                   check(!references.empty(), "a reference of the draft was not resolved");
                   number(references.front());
                   references = references.subspan(1);
                 },
             },
             value);
}

void write_payload(schema::Event::Builder event, const EventDraft& draft, const EventStamp& stamp) {
  std::span<const RecordId> references = stamp.references;
  const auto shape = draft.type->schema.getProto().getStruct();
  const auto payload =
      event.getPayload().initAsAnyStruct(shape.getDataWordCount(), shape.getPointerCount());
  FieldMask set = 0;
  for (const auto& [field, value] : draft.set) {
    set |= field->bit();
    write_field(payload, *field, value, references);
  }
  check(references.empty(), "more references resolved than the draft has");
  check((set & draft.cleared) == 0, "a field is both set and cleared");
  event.setSetFields(set);
}

void write_settles(schema::Event::Builder event, const std::vector<EventId>& settles) {
  if (settles.empty()) return;
  auto list = event.initSettles(static_cast<unsigned>(settles.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    const EventId& id = settles[i];
    list[i].setIncarnation(id.incarnation);
    list[i].setSeq(id.seq);
    list[i].setHashLow(id.hash.low);
    list[i].setHashHigh(id.hash.high);
    list[i].setLane(static_cast<schema::Lane>(id.lane));
  }
}

void write_envelope(schema::Event::Builder event, const EventDraft& draft,
                    const EventStamp& stamp) {
  event.setRecord(stamp.record);
  event.setType(draft.type->number);
  event.setOp(static_cast<schema::Op>(draft.op));
  event.setZoneMinutes(draft.zone_minutes.value_or(stamp.zone_minutes));
  event.setSaved(stamp.clock.wall);
  event.setAt(draft.at.value_or(stamp.clock.wall));
  event.setUptime(stamp.clock.uptime);
  event.setBoot(stamp.clock.boot);
  event.setClearedFields(draft.cleared);
  if (!draft.by.empty()) event.setBy(text_of(draft.by));
  if (!draft.ref.empty()) event.setRef(text_of(draft.ref));
  if (!draft.note.empty()) event.setNote(text_of(draft.note));
  event.setBasisEpoch(stamp.version.as_of.epoch);
  event.setBasisOffset(stamp.version.as_of.offset);
  event.setSeen(stamp.version.seen);
  event.setOther(stamp.other);
}

}  // namespace

std::string make_event(const EventDraft& draft, const EventStamp& stamp) {
  check(draft.type != nullptr, "an event has a type");
  check(stamp.record != 0, "an event has a record");
  std::array<capnp::word, scratch_words> scratch{};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch.data(), scratch.size()));
  auto event = message.initRoot<schema::Event>();
  write_envelope(event, draft, stamp);
  if (!draft.set.empty()) write_payload(event, draft, stamp);
  write_settles(event, draft.settles);
  return canonical_bytes(event.asReader());
}

}  // namespace titip
