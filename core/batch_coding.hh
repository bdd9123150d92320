#pragma once

// The coded part of a batch, over any model: a primed one for batches, an empty one for the
// dictionary.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch_codec.hh"
#include "core/batch_payload.hh"
#include "core/batch_symbols.hh"

namespace titip {

struct CodedEvents {
  std::string code;
  std::string raw;  // the events that only travel as they are, one after the other
};

// `all_raw`: do not take events apart.
CodedEvents code_events(std::span<const BatchEvent> events, SymbolModel& model,
                        const KnownTypes& known, bool all_raw);

// nullopt: not what code_events makes, or beyond limits::batch_raw_bytes_max. `met` receives
// what is now known of the types in it, if not null.
std::optional<std::vector<BatchEvent>> read_events(std::size_t count, std::string_view code,
                                                   std::string_view raw, SymbolModel& model,
                                                   const KnownTypes& known, KnownTypes* met);

}  // namespace titip
