#pragma once

// Where events enter a node: lines are parsed on the loop, saved by the writer in groups, and
// answered once they are durable.

#include <functional>
#include <optional>
#include <vector>

#include "core/intake_lines.hh"
#include "io/store.hh"
#include "io/writer.hh"

namespace titip {

// Makes what saves one group, with the clock read now. What it returns is used on the writer's
// thread, and must own all that may be gone by then.
using MakeSave = std::function<SaveDraft()>;

class Intake {
 public:
  using Answer = std::function<void(std::vector<LineResult>)>;

  // `appended` is called on the loop after each group that saved something new, with the records it
  // is about, some perhaps more than once.
  using Appended = std::function<void(const std::vector<RecordKey>& records)>;
  Intake(const Store& store, Writer& writer, MakeSave make_save, Appended appended);

  // Answers on the loop, one result a line, in order; a full device refuses every new event.
  void save(std::vector<IntakeLine> lines, Answer answer);

 private:
  const Store& store_;
  Writer& writer_;
  MakeSave make_save_;
  Appended appended_;
  bool full_ = false;  // told already
};

// Why the device takes nothing new, or nothing; what it holds can still be sent.
std::optional<Code> no_room(const Store& store);

// The same without a daemon: saves in this process, which holds the lock. Throws nothing for a full
// device.
std::vector<LineResult> save_now(Store& store, const MakeSave& make_save,
                                 const std::vector<IntakeLine>& lines);

}  // namespace titip
