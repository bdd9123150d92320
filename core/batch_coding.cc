#include "core/batch_coding.hh"

#include <algorithm>

#include "core/batch_born.hh"
#include "core/batch_events.hh"
#include "core/batch_values.hh"
#include "core/check.hh"
#include "core/limits.hh"

namespace titip {

namespace {

enum Column : std::uint32_t { column_raw = 1, column_raw_size };

// What an event may be told by, the cheapest first.
enum class Telling : std::uint8_t { known_layout, schema_layout, plain_layout, raw };

// The layouts of this build's schema.
const Layouts& schema_layouts() {
  static const Layouts layouts = [] {
    Layouts all;
    const Registry& registry = Registry::ilp();
    for (const RecordType& type : registry.types()) {
      all.emplace(type.number, layout_of(type, registry));
    }
    return all;
  }();
  return layouts;
}

Telling telling_of(const WireEvent& event, const KnownTypes& known) {
  const auto in_model = known.find(event.type());
  if (in_model != known.end() && in_model->second.layout.covers(event))
    return Telling::known_layout;
  const auto in_schema = schema_layouts().find(event.type());
  if (in_schema != schema_layouts().end() && in_schema->second.covers(event)) {
    return Telling::schema_layout;
  }
  const bool small =
      plain_layout(event.payload_words.size(), event.payload_texts.size()).has_value();
  return small ? Telling::plain_layout : Telling::raw;
}

struct Plan {
  std::vector<Telling> tellings;  // by event
  Layouts wanted;                 // by type
};

struct TypePlan {
  Telling telling = Telling::known_layout;
  std::size_t words = 0;
  std::size_t texts = 0;
};

Layout layout_for(TypeNumber type, const TypePlan& plan, const KnownTypes& known) {
  if (plan.telling == Telling::known_layout) return known.at(type).layout;
  if (plan.telling == Telling::schema_layout) return schema_layouts().at(type);
  return plain_layout(plan.words, plan.texts).value_or(Layout{});
}

Plan plan_events(std::span<const BatchEvent> events, const KnownTypes& known, bool all_raw) {
  Plan plan;
  plan.tellings.assign(events.size(), Telling::raw);
  if (all_raw) return plan;
  std::unordered_map<TypeNumber, TypePlan> types;
  WireEvent event;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!parse_event_bytes(events[i].bytes, event)) continue;
    const Telling telling = plan.tellings[i] = telling_of(event, known);
    if (telling == Telling::raw) continue;
    TypePlan& type = types[event.type()];
    type.telling = std::max(type.telling, telling);
    type.words = std::max(type.words, event.payload_words.size());
    type.texts = std::max(type.texts, event.payload_texts.size());
  }
  for (const auto& [type, type_plan] : types)
    plan.wanted[type] = layout_for(type, type_plan, known);
  return plan;
}

template <typename Coder>
bool code_is_raw(Coder& coder, bool is_raw, bool last) {
  return code_flag(coder, is_raw, column(column_raw, last ? 1 : 0, 0));
}

}  // namespace

CodedEvents code_events(std::span<const BatchEvent> events, SymbolModel& model,
                        const KnownTypes& known, bool all_raw) {
  const Plan plan = plan_events(events, known, all_raw);
  SymbolEncoder encoder(model);
  BatchMemory memory;
  EventCoder<SymbolEncoder> coder(encoder, memory, known, plan.wanted);
  CodedEvents out;
  WireEvent event;
  bool last_raw = false;
  std::optional<EventId> last_born;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::optional<EventId> born = events[i].born;
    code_born(encoder, last_born, born);
    bool is_raw = plan.tellings[i] == Telling::raw;
    if (!is_raw) {
      check(parse_event_bytes(events[i].bytes, event),
            "an event that was read cannot be read again");
      // Another event of its type may have asked for a layout that this one does not fit.
      is_raw = !plan.wanted.at(event.type()).covers(event);
    }
    last_raw = code_is_raw(encoder, is_raw, last_raw);
    if (is_raw) {
      code_number(encoder, events[i].bytes.size(), column(column_raw_size));
      out.raw += events[i].bytes;
    } else {
      coder.code(event);
    }
  }
  out.code = encoder.finish();
  return out;
}

std::optional<std::vector<BatchEvent>> read_events(std::size_t count, std::string_view code,
                                                   std::string_view raw, SymbolModel& model,
                                                   const KnownTypes& known, KnownTypes* met) {
  static const Layouts none;
  SymbolDecoder decoder(model, code);
  BatchMemory memory;
  EventCoder<SymbolDecoder> coder(decoder, memory, known, none);
  std::vector<BatchEvent> events;
  std::size_t bytes_left = limits::batch_raw_bytes_max;
  WireEvent event;
  bool last_raw = false;
  std::optional<EventId> last_born;
  for (std::size_t i = 0; i < count; ++i) {
    BatchEvent out;
    code_born(decoder, last_born, out.born);
    last_raw = code_is_raw(decoder, false, last_raw);
    std::size_t size = 0;
    if (last_raw) {
      size = code_number(decoder, 0, column(column_raw_size));
      if (!decoder.ok() || size > raw.size() || size > bytes_left) return std::nullopt;
      out.bytes = raw.substr(0, size);
      raw.remove_prefix(size);
    } else {
      coder.code(event);
      if (!decoder.ok()) return std::nullopt;
      size = composed_size(event);
      if (size > limits::event_bytes_max || size > bytes_left) return std::nullopt;
      out.bytes = compose_event(event);
    }
    bytes_left -= size;
    events.push_back(std::move(out));
  }
  if (!raw.empty() || !decoder.finish()) return std::nullopt;
  if (met != nullptr) {
    for (const auto& [type, of_type] : memory.payload.types) {
      (*met)[type] = {of_type.layout, of_type.sets};
    }
  }
  return events;
}

}  // namespace titip
