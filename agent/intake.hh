#pragma once

// Where events enter an agent: lines are parsed on the loop, saved by the writer in groups, and
// answered once they are durable.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/agent_node.hh"
#include "core/intake_lines.hh"
#include "io/writer.hh"

namespace titip {

class AgentIntake {
 public:
  using Answer = std::function<void(std::vector<LineResult>)>;

  // `appended` is called after each group that saved something new, with the records it is about,
  // some perhaps more than once.
  using Appended = std::function<void(const std::vector<RecordKey>& records)>;
  AgentIntake(AgentNode& node, Writer& writer, Appended appended);

  // Answers on the loop, one result a line, in order; a full device refuses every new event.
  void save(std::vector<IntakeLine> lines, Answer answer);

 private:
  AgentNode& node_;
  Writer& writer_;
  Appended appended_;
  bool full_ = false;               // told already
  std::shared_ptr<RecordIds> ids_;  // the writer may still use it when this is gone
};

// Why the device takes nothing new, or nothing; what it holds can still be sent.
std::optional<Code> no_room(const Store& store);

// The same without a daemon: saves in this process, which holds the lock. Throws nothing for a full
// device.
std::vector<LineResult> save_now(AgentNode& node, RecordIds& ids,
                                 const std::vector<IntakeLine>& lines);

}  // namespace titip
