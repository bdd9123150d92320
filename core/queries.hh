#pragma once

// Reading records and journals in one snapshot, for `get`, `list`, `events`, `status` and the HTTP
// API.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/hub_journal.hh"
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
  // Of the hub whose part of a district's store this is, printed with everything; else empty.
  std::string_view hub_facility = {};
};

// One record, and of each field who wrote what is shown.
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

// One entry of a hub's journal as `events` prints it, also where it was copied to. `epoch` is that
// of the hub that appended it; `quarantined` is why it was not applied, or empty.
std::string hub_entry_line(const RecordReader& reader, const HubEntry& entry, std::uint64_t epoch,
                           std::string_view quarantined);

// One line of a feed, and where it stands.
struct KeptLine {
  std::uint64_t at = 0;  // offset or position
  std::string line;
};
using VisitKept = std::function<bool(const KeptLine&)>;  // false: stop after those of this place
// What a district keeps of a hub's journal (core/district_store.hh), as `events` prints it.
void each_kept_event_line(const ReadTxn& txn, const RecordReader& reader, std::uint64_t after,
                          const VisitKept& visit);
// Changes after a position, at a hub and at a district: the record as it is, or
// {"type","id","forget":true}; and where it stands, as `position`.
void each_kept_change_line(const ReadTxn& txn, const RecordReader& reader, std::uint64_t after,
                           const VisitKept& visit);

}  // namespace titip
