#include "core/batch_payload.hh"

#include <algorithm>

#include "core/batch_calendar.hh"
#include "core/batch_reference.hh"
#include "core/batch_slot.hh"
#include "core/batch_values.hh"
#include "core/limits.hh"

namespace titip {

namespace {

enum Column : std::uint32_t {
  column_layout = 2000,
  column_payload,
  column_set,
  column_cleared,
  column_slot
};

// How a date is told.
constexpr unsigned date_of_event = 0;
constexpr unsigned date_as_before = 1;
constexpr unsigned date_other = 2;

// How a text is told: these, or 3 + its place among the recent ones.
constexpr std::uint64_t text_null = 0;
constexpr std::uint64_t text_new = 1;
constexpr std::uint64_t text_said = 2;
constexpr std::uint64_t text_recent = 3;

std::uint64_t sign_extended(std::uint64_t value, unsigned width_log2) {
  const unsigned spare = 64 - (1u << width_log2);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << spare) >> spare);
}

// Of a number: its width and the three bits after its leading one.
std::uint64_t magnitude(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return std::uint64_t{width} << 4 | (width > 4 ? value >> (width - 4) : value);
}

}  // namespace

template <typename Coder>
void PayloadCoder<Coder>::begin(TypeNumber type) {
  type_ = type;
  of_type_ = &memory_.types[type];
  neighbour_ = 0;
  first_date_.reset();
  first_choice_ = 0;
  if (!of_type_->announced) announce(*of_type_);
}

template <typename Coder>
void PayloadCoder<Coder>::announce(TypeMemory& memory) {
  static const KnownType none;
  static const Layout no_layout;
  const auto known_at = known_.find(type_);
  const auto wanted_at = wanted_.find(type_);
  const KnownType& known_type = known_at == known_.end() ? none : known_at->second;
  const Layout& known = known_type.layout;
  const Layout& wanted = wanted_at == wanted_.end() ? no_layout : wanted_at->second;
  memory.layout = known;
  memory.sets = known_type.sets;
  auto& slots = memory.layout.slots;
  if (!code_flag(coder_, wanted == known, column(column_layout))) {
    // Types only grow, so what was known is nearly always where the new layout begins.
    const auto parted = std::ranges::mismatch(wanted.slots, known.slots).in1 - wanted.slots.begin();
    const std::uint64_t kept =
        code_number(coder_, static_cast<std::uint64_t>(parted), column(mix(column_layout, 1)));
    const std::uint64_t size =
        code_number(coder_, wanted.slots.size(), column(mix(column_layout, 2)));
    if (kept > known.slots.size() || kept > size || size > layout_slots_max) coder_.fail();
    slots.resize(coder_.ok() ? kept : 0);
    for (std::uint64_t at = kept; at < size && coder_.ok(); ++at) {
      Slot slot = Coder::encoding ? wanted.slots[at] : Slot{};
      code_slot(coder_, slot, slots.empty() ? Slot{} : slots.back(), mix(column_layout, 10));
      slots.push_back(slot);
    }
  }
  memory.announced = true;
  memory.fields = memory.layout.fields();
  memory.words = memory.layout.words();
  memory.texts = memory.layout.texts();
  memory.slots.resize(slots.size());
}

template <typename Coder>
void PayloadCoder<Coder>::code(WireEvent& event, bool usual, RecordId created) {
  if (usual) {
    event.has_payload = true;
  } else {
    const std::uint64_t op = event.op();
    event.has_payload = code_flag(coder_, event.has_payload, column(column_payload, type_, op));
    std::uint64_t& cleared = event.words[word_cleared];
    cleared = code_surprise(coder_, cleared, column(column_cleared, type_, op));
  }
  code_set(event);
  if (!event.has_payload) return;
  TypeMemory& memory = *of_type_;
  const FieldMask set = event.words[word_set];
  if constexpr (!Coder::encoding) {
    event.payload_words.assign(memory.words, 0);
    event.payload_texts.assign(memory.texts, {});
  }
  const auto& slots = memory.layout.slots;
  for (std::size_t at = 0; at < slots.size(); ++at) {
    if (!slots[at].is_text() && slots[at].in(set)) code_number_slot(event, at, created);
  }
  for (std::size_t at = 0; at < slots.size(); ++at) {
    if (!slots[at].is_text() || !slots[at].in(set)) continue;
    WireText none;
    const std::size_t text = slots[at].offset;
    code_text_slot(text < event.payload_texts.size() ? event.payload_texts[text] : none, at);
  }
}

// A form that has been filled in once is filled in the same way again, or in one of a few.
template <typename Coder>
void PayloadCoder<Coder>::code_set(WireEvent& event) {
  constexpr std::uint64_t fresh = 0;
  constexpr std::size_t sets_max = 24;
  TypeMemory& memory = *of_type_;
  const std::uint64_t kind = std::uint64_t{event.op()} << 16 | type_;
  std::uint64_t& set = event.words[word_set];
  std::uint64_t way = fresh;
  if constexpr (Coder::encoding) {
    const auto found = std::ranges::find(memory.sets, set);
    if (found != memory.sets.end())
      way = 1 + static_cast<std::uint64_t>(found - memory.sets.begin());
  }
  way = code_choice(coder_, way, column(column_set, kind << 8 | memory.last_set, kind));
  memory.last_set = way;
  if (way == fresh) {
    set = memory.fields == 0 ? code_number(coder_, set, column(mix(column_set, 1), kind, 0))
                             : code_fields(set, kind);
    if (memory.sets.size() < sets_max) memory.sets.push_back(set);
  } else if (way <= memory.sets.size()) {
    set = memory.sets[way - 1];
  } else {
    coder_.fail();
  }
}

template <typename Coder>
FieldMask PayloadCoder<Coder>::code_fields(FieldMask set, std::uint64_t kind) {
  FieldMask out = 0;
  std::uint64_t before = kind >> 16;
  for (const Slot& slot : of_type_->layout.slots) {
    if (slot.index == Slot::always) continue;
    const ContextHash site = mix(mix(column_set, kind), 2 + slot.index);
    const Contexts contexts{mix(site, out + 2), mix(site, 1), mix(mix(site, 7), before & 7)};
    const bool is = code_flag(coder_, (set >> slot.index & 1) != 0, contexts);
    if (is) out |= FieldMask{1} << slot.index;
    before = before << 1 | (is ? 1 : 0);
  }
  return out;
}

template <typename Coder>
void PayloadCoder<Coder>::code_number_slot(WireEvent& event, std::size_t at, RecordId created) {
  const Slot& slot = of_type_->layout.slots[at];
  SlotMemory& memory = of_type_->slots[at];
  const ContextHash site = mix(mix(column_slot, type_), at);
  const Contexts like_last = column(site, memory.last, neighbour_);
  const Contexts like_neighbour = column(site, neighbour_, memory.last);
  std::uint64_t value = read_payload(event, slot);
  switch (slot.kind) {
    case SlotKind::flag:
      value = code_flag(coder_, value != 0, like_last) ? 1 : 0;
      neighbour_ = value;
      break;
    case SlotKind::choice:
      value = code_choice(coder_, value, like_last);
      neighbour_ = value;
      if (first_choice_ == 0) first_choice_ = value + 1;
      break;
    case SlotKind::signed_quantity: {
      const std::uint64_t full = sign_extended(value, slot.width_log2);
      const bool negative = code_flag(coder_, full >> 63 != 0, column(mix(site, 8)));
      const std::uint64_t size = code_quantity(coder_, negative ? ~full + 1 : full, like_neighbour);
      value = negative ? ~size + 1 : size;
      neighbour_ = magnitude(size);
      break;
    }
    case SlotKind::date:
      value = code_date(sign_extended(value, slot.width_log2), memory, event, site);
      break;
    case SlotKind::time:
      value = code_time(sign_extended(value, slot.width_log2), event, site);
      break;
    case SlotKind::reference: value = code_record(value, slot.target, created, site); break;
    case SlotKind::quantity:
    default:
      value = code_quantity(coder_, value, like_neighbour);
      neighbour_ = magnitude(value);
      break;
  }
  memory.last = value;
  if constexpr (!Coder::encoding) write_payload(event, slot, value);
}

template <typename Coder>
std::uint64_t PayloadCoder<Coder>::code_date(std::uint64_t value, SlotMemory& memory,
                                             const WireEvent& event, ContextHash site) {
  const std::uint64_t today = day_of(event.words[word_at], event.zone());
  unsigned way = value == today         ? date_of_event
                 : value == memory.last ? date_as_before
                                        : date_other;
  way = code_symbol(coder_, way, 2, column(site, memory.last_way, neighbour_), Mixer::mode);
  memory.last_way = way;
  if (way == date_of_event) {
    value = today;
  } else if (way == date_as_before) {
    value = memory.last;
  } else {
    value =
        today - code_signed(coder_, today - value, column(mix(site, 9), neighbour_, first_choice_));
    neighbour_ = magnitude(today - value);
  }
  if (!first_date_) first_date_ = static_cast<std::int64_t>(value);
  return value;
}

template <typename Coder>
std::uint64_t PayloadCoder<Coder>::code_time(std::uint64_t value, const WireEvent& event,
                                             ContextHash site) {
  constexpr std::int64_t second_ms = 1000;
  const std::uint64_t at = event.words[word_at];
  const auto moved = static_cast<std::int64_t>(value - at);
  const bool whole = code_flag(coder_, moved % second_ms == 0, column(mix(site, 1)));
  const std::int64_t unit = whole ? second_ms : 1;
  const std::uint64_t count =
      code_signed(coder_, static_cast<std::uint64_t>(moved / unit), column(mix(site, 2)));
  return at + count * static_cast<std::uint64_t>(unit);
}

template <typename Coder>
void PayloadCoder<Coder>::code_text_slot(WireText& text, std::size_t at) {
  const Slot& slot = of_type_->layout.slots[at];
  SlotMemory& memory = of_type_->slots[at];
  const ContextHash site = mix(mix(column_slot, type_), at);
  std::uint64_t way = text_null;
  std::uint64_t since = 0;
  if constexpr (Coder::encoding) {
    const auto recent = memory.texts.find(text.bytes);
    const auto said = recent ? std::nullopt : memory_.said.find(text.bytes);
    if (text.present) way = recent ? text_recent + *recent : said ? text_said : text_new;
    since = said.value_or(0);
  }
  way = code_choice(coder_, way, column(site, memory.last_way, neighbour_));
  memory.last_way = way;
  text.present = way != text_null;
  if (way == text_null) return;
  if (way >= text_recent) {
    if (way - text_recent >= memory.texts.size()) return coder_.fail();
    memory.texts.use(way - text_recent, text.bytes);
    return;
  }
  if (way == text_said) {
    since = code_number(coder_, since, column(mix(site, 2)));
    if constexpr (!Coder::encoding) {
      if (!memory_.said.at(since, text.bytes)) return coder_.fail();
    }
  } else {
    code_new_text(text, slot, memory, site);
    memory_.said.add(text.bytes, Coder::encoding);
  }
  memory.texts.add(text.bytes);
}

template <typename Coder>
void PayloadCoder<Coder>::code_new_text(WireText& text, const Slot& slot, const SlotMemory& memory,
                                        ContextHash site) {
  const std::string_view last = memory.texts.last();
  if (slot.kind == SlotKind::nik) {
    code_text(coder_, text.bytes, site, nik_like(last, first_date_), first_choice_,
              limits::event_bytes_max);
  } else {
    code_text(coder_, text.bytes, site, last, 0, limits::event_bytes_max);
  }
}

template <typename Coder>
RecordId PayloadCoder<Coder>::code_record(RecordId id, TypeNumber target, RecordId created,
                                          ContextHash site) {
  return code_reference(coder_, memory_.records[target], id, created, memory_.record_ways[site],
                        site);
}

template class PayloadCoder<SymbolEncoder>;
template class PayloadCoder<SymbolDecoder>;

}  // namespace titip
