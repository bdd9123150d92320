#include "agent/intake.hh"

#include <memory>

#include "io/keys.hh"

namespace titip {

MakeSave saving_at(const AgentNode& node) {
  const auto ids = std::make_shared<RecordIds>(random_u64());
  return [&node, ids]() -> SaveDraft {
    return [ids, context = node.intake_context(*ids)](WriteTxn& txn, const EventDraft& draft) {
      return save_draft(txn, draft, context);
    };
  };
}

}  // namespace titip
