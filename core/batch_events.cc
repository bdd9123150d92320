#include "core/batch_events.hh"

#include <algorithm>
#include <array>

#include "core/batch_values.hh"
#include "core/limits.hh"

namespace titip {

namespace {

// Columns of the envelope; each starts contexts of its own.
enum Column : std::uint32_t {
  column_type = 1000,
  column_usual,
  column_op,
  column_zone,
  column_created,
  column_record,
  column_other,
  column_boot,
  column_at_is_saved,
  column_at_step,
  column_at,
  column_saved,
  column_uptime,
  column_basis,
  column_epoch,
  column_offset,
  column_seen,
  column_author,
  column_ref
};

// How a text is told: these, or 2 + its place among the recent ones.
constexpr std::uint64_t text_null = 0;
constexpr std::uint64_t text_new = 1;
constexpr std::uint64_t text_recent = 2;

}  // namespace

template <typename Coder>
void EventCoder<Coder>::code(WireEvent& event) {
  code_kinds(event);
  payload_.begin(event.type());
  code_usual(event);
  code_record(event);
  code_times(event);
  if (!usual_) code_basis(event);
  code_author(event.by, event.type());
  code_ref(event.ref, event.type());
  payload_.code(event, usual_, memory_.created);
  memory_.last = event.words;
  ++memory_.place;
}

template <typename Coder>
void EventCoder<Coder>::code_kinds(WireEvent& event) {
  const std::uint64_t before = memory_.last[word_kinds] & 0xffffffff;
  const std::uint64_t type =
      code_small(coder_, event.type(), column(column_type, before & 0xffff, before >> 16));
  const std::uint64_t op = code_choice(coder_, event.op(), column(column_op, type, before));
  event.words[word_kinds] = (event.words[word_kinds] & ~std::uint64_t{0xffffffff}) |
                            (op & 0xffff) << 16 | (type & 0xffff);
}

// Nearly every event is one more of a day's work: nothing seen from the hub, no clock set, no zone
// crossed. One flag says so for all of that.
template <typename Coder>
void EventCoder<Coder>::code_usual(WireEvent& event) {
  auto& words = event.words;
  const auto& last = memory_.last;
  const bool same_zone = words[word_kinds] >> 32 == last[word_kinds] >> 32;
  const bool foretold =
      words[word_uptime] - last[word_uptime] == words[word_saved] - last[word_saved];
  const bool is =
      same_zone && foretold && words[word_boot] == last[word_boot] &&
      (words[word_other] | words[word_epoch] | words[word_offset] | words[word_seen]) == 0 &&
      words[word_cleared] == 0 && event.has_payload;
  usual_ = code_flag(coder_, is, column(column_usual, event.op(), memory_.place == 0 ? 1 : 0));
  if (usual_) {
    for (const EventWord word : {word_other, word_epoch, word_offset, word_seen, word_cleared}) {
      words[word] = 0;
    }
    words[word_boot] = last[word_boot];
    words[word_kinds] =
        (last[word_kinds] & ~std::uint64_t{0xffffffff}) | (words[word_kinds] & 0xffffffff);
    return;
  }
  const std::uint64_t last_zone = last[word_kinds] >> 32;
  const std::uint64_t zone = last_zone + code_surprise(coder_, event.zone() - last_zone,
                                                       column(column_zone, memory_.place, 0));
  words[word_kinds] = (words[word_kinds] & 0xffffffff) | (zone & 0xffff) << 32;
  const bool same_boot = code_flag(coder_, memory_.place > 0 && words[word_boot] == last[word_boot],
                                   column(column_boot, memory_.place > 0 ? 1 : 0, 0));
  words[word_boot] = same_boot ? last[word_boot] : coder_.plain_bits(words[word_boot], 32);
}

template <typename Coder>
void EventCoder<Coder>::code_record(WireEvent& event) {
  RecordId& id = event.words[word_record];
  if (event.op() == static_cast<std::uint16_t>(Op::create)) {
    const Contexts contexts = column(column_created, memory_.created == 0 ? 1 : 2, event.type());
    id = memory_.created + 1 + code_surprise(coder_, id - memory_.created - 1, contexts);
    memory_.created = id;
    payload_.created(event.type(), id);
  } else {
    id = payload_.code_record(id, event.type(), memory_.created, mix(column_record, event.op()));
  }
  if (usual_) return;
  RecordId& other = event.words[word_other];
  if (code_flag(coder_, other != 0, column(column_other, event.op(), 0))) {
    other = payload_.code_record(other, event.type(), memory_.created, column_other);
  } else {
    other = 0;
  }
}

template <typename Coder>
void EventCoder<Coder>::code_times(WireEvent& event) {
  auto& words = event.words;
  const auto& last = memory_.last;
  code_at(event);
  if (memory_.at_is_saved) {
    words[word_saved] = words[word_at];
  } else {
    const std::uint64_t foretold = memory_.place > 0 ? last[word_saved] : words[word_at];
    const std::uint64_t step =
        code_surprise(coder_, words[word_saved] - foretold,
                      column(column_saved, memory_.saved_step, memory_.place > 0 ? 1 : 0));
    words[word_saved] = foretold + step;
    memory_.saved_step = std::min<std::uint64_t>(zigzag(step), 64);
  }
  const std::uint64_t uptime = last[word_uptime] + words[word_saved] - last[word_saved];
  if (usual_) {
    words[word_uptime] = uptime;
  } else if (words[word_boot] == last[word_boot]) {
    words[word_uptime] =
        uptime + code_surprise(coder_, words[word_uptime] - uptime, column(column_uptime));
  } else {
    words[word_uptime] = code_number(coder_, words[word_uptime], column(mix(column_uptime, 1)));
  }
}

// In minutes, seconds or milliseconds, whichever the author's program counts in.
template <typename Coder>
void EventCoder<Coder>::code_at(WireEvent& event) {
  static constexpr std::array<std::int64_t, 4> steps{0, 1, 1'000, 60'000};
  std::uint64_t& at = event.words[word_at];
  memory_.at_is_saved = code_flag(coder_, at == event.words[word_saved],
                                  column(column_at_is_saved, memory_.at_is_saved, event.type()));
  const auto moved = static_cast<std::int64_t>(at - memory_.last[word_at]);
  unsigned step = 3;
  while (step > 1 && moved % steps[step] != 0) --step;
  if (moved == 0) step = 0;
  step =
      code_symbol(coder_, step, 2,
                  column(column_at_step, memory_.at_step << 1 | memory_.at_is_saved, event.type()),
                  Mixer::mode);
  std::uint64_t count = 0;
  if (step != 0) {
    const auto units = static_cast<std::uint64_t>(moved / steps[step]);
    count = code_signed(
        coder_, units,
        column(mix(column_at, step), memory_.at_width, memory_.place > 0 ? event.type() : 0));
    memory_.at_width = static_cast<std::uint64_t>(std::bit_width(zigzag(count)));
  }
  at = memory_.last[word_at] + count * static_cast<std::uint64_t>(steps[step]);
  memory_.at_step = step;
}

template <typename Coder>
void EventCoder<Coder>::code_epoch(WireEvent& event) {
  constexpr std::uint64_t none = 0;
  constexpr std::uint64_t fresh = 1;
  constexpr std::uint64_t held = 2;
  constexpr std::size_t held_max = 8;
  auto& epochs = memory_.epochs;
  std::uint64_t& epoch = event.words[word_epoch];
  std::uint64_t way = none;
  if (Coder::encoding && epoch != 0) {
    const auto place = static_cast<std::size_t>(std::ranges::find(epochs, epoch) - epochs.begin());
    way = place == epochs.size() ? fresh : held + place;
  }
  way = code_choice(coder_, way, column(column_epoch, event.op(), event.type()));
  if (way == none) {
    epoch = 0;
  } else if (way == fresh) {
    epoch = coder_.plain_bits(epoch, 64);
    if (epochs.size() < held_max) epochs.push_back(epoch);
  } else if (way - held < epochs.size()) {
    epoch = epochs[way - held];
  } else {
    coder_.fail();
  }
}

template <typename Coder>
void EventCoder<Coder>::code_basis(WireEvent& event) {
  auto& words = event.words;
  code_epoch(event);
  // Without an epoch an offset means nothing and is zero.
  const bool based = words[word_epoch] != 0;
  const std::uint64_t offset = based ? memory_.offset : 0;
  words[word_offset] =
      offset + code_surprise(coder_, words[word_offset] - offset, column(column_offset, based, 0));
  if (based) memory_.offset = words[word_offset];

  if (!code_flag(coder_, words[word_seen] != 0, column(column_seen, event.op(), event.type()))) {
    words[word_seen] = 0;
    return;
  }
  // One's own stream grows by one with every event: what was seen moves with the place.
  const std::uint64_t foretold = memory_.seen + memory_.place - memory_.seen_place;
  words[word_seen] =
      foretold + code_surprise(coder_, words[word_seen] - foretold,
                               column(mix(column_seen, 1), memory_.seen == 0 ? 1 : 0, event.op()));
  memory_.seen = words[word_seen];
  memory_.seen_place = memory_.place;
}

template <typename Coder>
void EventCoder<Coder>::code_author(WireText& text, TypeNumber type) {
  std::uint64_t way = text_null;
  if constexpr (Coder::encoding) {
    const auto place = memory_.authors.find(text.bytes);
    if (text.present) way = place ? text_recent + *place : text_new;
  }
  const bool as_last =
      code_flag(coder_, way == text_recent, column(column_author, memory_.author_way, type));
  way = as_last ? text_recent : code_choice(coder_, way, column(mix(column_author, 2), type, 0));
  memory_.author_way = memory_.author_way << 1 & 7;
  memory_.author_way |= as_last ? 1 : 0;
  text.present = way != text_null;
  if (way == text_new) {
    code_text(coder_, text.bytes, mix(column_author, 1), memory_.authors.last(), 0,
              limits::event_bytes_max);
    memory_.authors.add(text.bytes);
  } else if (way >= text_recent && way - text_recent < memory_.authors.size()) {
    memory_.authors.use(way - text_recent, text.bytes);
  } else if (way != text_null) {
    coder_.fail();
  }
}

template <typename Coder>
void EventCoder<Coder>::code_ref(WireText& text, TypeNumber type) {
  constexpr std::uint64_t null = 0;
  constexpr std::uint64_t fresh = 1;
  constexpr std::uint64_t in_series = 2;  // and the place of the series
  auto& series = memory_.refs.series;
  std::uint64_t way = null;
  std::uint64_t number = 0;
  if (Coder::encoding && text.present) {
    const auto found = memory_.refs.find(text.bytes);
    way = found ? in_series + found->first : fresh;
    number = found ? found->second : 0;
  }
  const bool next = code_flag(
      coder_,
      way == memory_.ref_way && (way < in_series || number == series[way - in_series].number + 1),
      column(column_ref, memory_.ref_way, type));
  if (!next) way = code_choice(coder_, way, column(mix(column_ref, 1), memory_.ref_way, type));
  if (next) way = memory_.ref_way;
  memory_.ref_way = way;
  text.present = way != null;
  if (way == null) return;
  if (way == fresh) {
    code_text(coder_, text.bytes, mix(column_ref, 2), memory_.refs.last, 0,
              limits::event_bytes_max);
    memory_.refs.add(text.bytes);
    return;
  }
  if (way - in_series >= series.size()) return coder_.fail();
  RefSeries& found = series[way - in_series];
  if (next) {
    ++found.number;
  } else {
    found.number +=
        1 + code_signed(coder_, number - found.number - 1, column(mix(column_ref, 3), 0, type));
  }
  if constexpr (!Coder::encoding) text.bytes = found.with(found.number);
}

template class EventCoder<SymbolEncoder>;
template class EventCoder<SymbolDecoder>;

}  // namespace titip
