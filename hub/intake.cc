#include "hub/intake.hh"

#include <memory>

#include "core/hub_put.hh"
#include "io/keys.hh"

namespace titip {

MakeSave saving_at(const HubNode& node) {
  const auto ids = std::make_shared<RecordIds>(random_u64());
  return [&node, ids]() -> SaveDraft {
    return [ids, context = node.intake_context(*ids), epoch = node.epoch()](
               WriteTxn& txn, const EventDraft& draft) {
      return save_hub_draft(txn, draft, context, epoch);
    };
  };
}

}  // namespace titip
