#pragma once

// How each part of an event is foretold from the events before it in the batch. Every function is
// written once for both directions (see batch_values.hh), so what the encoder does the decoder
// undoes.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/batch_payload.hh"
#include "core/batch_symbols.hh"
#include "core/batch_tables.hh"
#include "core/batch_wire.hh"
#include "core/types.hh"

namespace titip {

// Everything that a batch remembers of its own events.
struct BatchMemory {
  PayloadMemory payload;
  std::array<std::uint64_t, event_words> last{};
  std::uint64_t place = 0;  // of the event being coded
  bool at_is_saved = false;
  unsigned at_step = 0;
  std::uint64_t at_width = 0;
  std::uint64_t saved_step = 0;
  RecordId created = 0;
  std::uint64_t offset = 0;      // of the last basis
  std::uint64_t seen = 0;        // by the last event that had seen something,
  std::uint64_t seen_place = 0;  // and its place
  std::vector<std::uint64_t> epochs;
  RecentTexts authors;
  std::uint64_t author_way = 0;
  RefTable refs;
  std::uint64_t ref_way = 0;
};

template <typename Coder>
class EventCoder {
 public:
  // All must outlive it.
  EventCoder(Coder& coder, BatchMemory& memory, const KnownTypes& known, const Layouts& wanted)
      : coder_(coder), memory_(memory), payload_(coder, memory.payload, known, wanted) {}

  void code(WireEvent& event);

 private:
  void code_kinds(WireEvent& event);
  void code_usual(WireEvent& event);
  void code_record(WireEvent& event);
  void code_times(WireEvent& event);
  void code_at(WireEvent& event);
  void code_basis(WireEvent& event);
  void code_epoch(WireEvent& event);
  void code_author(WireText& text, TypeNumber type);
  void code_ref(WireText& text, TypeNumber type);

  Coder& coder_;
  BatchMemory& memory_;
  PayloadCoder<Coder> payload_;
  bool usual_ = false;  // the event being coded
};

}  // namespace titip
