#pragma once

// How the fields of a record are foretold from the fields before them and from earlier records of
// the type. Every function is written once for both directions (see batch_values.hh).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/batch_layout.hh"
#include "core/batch_symbols.hh"
#include "core/batch_tables.hh"
#include "core/batch_wire.hh"
#include "core/types.hh"

namespace titip {

struct SlotMemory {
  std::uint64_t last = 0;
  std::uint64_t last_way = 0;  // how its last value was told
  RecentTexts texts;
};

struct TypeMemory {
  bool announced = false;
  Layout layout;
  FieldMask fields = 0;  // that the layout tells of
  std::size_t words = 0;
  std::size_t texts = 0;
  std::vector<FieldMask> sets;  // that its events had, in order of appearance
  std::uint64_t last_set = 0;   // how the last one's was told
  std::vector<SlotMemory> slots;
};

struct PayloadMemory {
  std::unordered_map<TypeNumber, TypeMemory> types;
  std::unordered_map<TypeNumber, RecordTable> records;
  std::unordered_map<ContextHash, std::uint64_t>
      record_ways;  // by site: how the last ones were told
  SaidTexts said;
};

using Layouts = std::unordered_map<TypeNumber, Layout>;

// What the primed model knows of a type: its layout, and which fields its forms set.
struct KnownType {
  Layout layout;
  std::vector<FieldMask> sets;
};
using KnownTypes = std::unordered_map<TypeNumber, KnownType>;

template <typename Coder>
class PayloadCoder {
 public:
  // All must outlive it. `known` came with the primed model; `wanted` is what an encoder uses.
  PayloadCoder(Coder& coder, PayloadMemory& memory, const KnownTypes& known, const Layouts& wanted)
      : coder_(coder), memory_(memory), known_(known), wanted_(wanted) {}

  // Before anything else of an event of that type.
  void begin(TypeNumber type);
  // Masks and payload. `usual`: there is one, and nothing is cleared. `created`: the last record
  // made.
  void code(WireEvent& event, bool usual, RecordId created);

  void created(TypeNumber type, RecordId id) { memory_.records[type].add(id, Coder::encoding); }
  // `site` tells apart where references stand.
  RecordId code_record(RecordId id, TypeNumber target, RecordId created, ContextHash site);

 private:
  void announce(TypeMemory& memory);
  void code_set(WireEvent& event);
  FieldMask code_fields(FieldMask set, std::uint64_t kind);
  void code_number_slot(WireEvent& event, std::size_t at, RecordId created);
  void code_text_slot(WireText& text, std::size_t at);
  void code_new_text(WireText& text, const Slot& slot, const SlotMemory& memory, ContextHash site);
  std::uint64_t code_date(std::uint64_t value, SlotMemory& memory, const WireEvent& event,
                          ContextHash site);
  std::uint64_t code_time(std::uint64_t value, const WireEvent& event, ContextHash site);

  Coder& coder_;
  PayloadMemory& memory_;
  const KnownTypes& known_;
  const Layouts& wanted_;

  // Of the event being coded.
  TypeNumber type_ = 0;
  TypeMemory* of_type_ = nullptr;
  std::uint64_t neighbour_ = 0;             // how large the number before was, roughly
  std::optional<std::int64_t> first_date_;  // in days
  std::uint64_t first_choice_ = 0;
};

}  // namespace titip
