#pragma once

// Lines of events, as `put` and an NDJSON request bring them: parsed one by one, saved in groups,
// answered one by one. A bad line refuses itself and no other.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/refusal.hh"
#include "core/registry.hh"
#include "core/save_draft.hh"

namespace titip {

// A line as it came, bounded: of one beyond limits::event_json_bytes_max only its number is kept.
struct RawLine {
  std::uint64_t number = 0;  // from 1
  std::string text;
  bool too_long = false;
};

// Cuts a stream of bytes into lines.
class LineSplitter {
 public:
  explicit LineSplitter(std::uint64_t first_number = 1) : next_number_(first_number) {}

  // Appends the lines that `bytes` complete; the rest waits for more. Blank lines count but are not
  // kept.
  void feed(std::string_view bytes, std::vector<RawLine>& lines);
  // The input has ended: a last line without an end counts.
  void finish(std::vector<RawLine>& lines);

 private:
  void end_line(std::vector<RawLine>& lines);

  std::uint64_t next_number_;
  std::string partial_;
  bool too_long_ = false;
};

struct IntakeLine {
  std::uint64_t number = 0;
  std::string ref;  // also of a refused line, where it can be read
  Result<EventDraft> draft;
};

// Of a line that is longer than limits::event_json_bytes_max.
Refusal line_too_long();

IntakeLine parse_line(const RawLine& line, const Registry& registry);

struct LineResult {
  std::uint64_t number = 0;
  std::string ref;
  Result<Saved> saved;
};

// How this node saves one draft.
using SaveDraft = std::function<Result<Saved>(WriteTxn& txn, const EventDraft& draft)>;

// Saves every good line in one transaction; bad ones keep their refusal.
std::vector<LineResult> save_lines(WriteTxn& txn, const std::vector<IntakeLine>& lines,
                                   const SaveDraft& save);

// {"line","ref","id"} or {"line","ref","code","field","message"}; `unusual` and `notHeld` name
// fields that a person should look at.
std::string result_json(const LineResult& result, const Registry& registry, Language language);

}  // namespace titip
