#pragma once

// Reading records and journals in one snapshot, for `get`, `list`, `events`, `status` and the HTTP
// API.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/kv.hh"
#include "core/print_json.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

// Which node is asking: what counts as "waiting" and "from elsewhere" differs.
struct RecordReader {
  const Registry& registry;
  PrintOptions options;
  bool agent = false;  // else a hub
};

std::optional<std::string> record_json(const ReadTxn& txn, const RecordReader& reader,
                                       const RecordType& type, RecordId id);

using VisitLine = std::function<bool(const std::string& line)>;  // false: stop

// Every record of a type with an id above `after`, in order of id.
using VisitRecord = std::function<bool(RecordId id, const std::string& line)>;  // false: stop
void each_record(const ReadTxn& txn, const RecordReader& reader, const RecordType& type,
                 RecordId after, const VisitRecord& visit);

// A hub's events after an offset, in order, as `events` prints them.
void each_hub_event(const ReadTxn& txn, const RecordReader& reader, std::uint64_t after,
                    const VisitLine& visit);

}  // namespace titip
