#include "core/hub_put.hh"

#include "core/check.hh"
#include "core/hub_journal.hh"

namespace titip {

namespace {

class HubOwn : public OwnJournal {
 public:
  HubOwn(WriteTxn& txn, HubContext context) : txn_(txn), context_(std::move(context)) {}

  // The hub's journal is its own stream: how far an author saw it, the asOf says already. A `seen`
  // that comes from an agent's page counts another stream.
  Version author_saw(const std::optional<Version>& said, const RecordKey&,
                     const RecordState& state) const override {
    return {said ? said->as_of : state.as_of, 0};
  }

  Result<Seq> append(const std::string& event, const EventDraft&, RecordState) override {
    const auto place = append_recorded(txn_, event, context_);
    if (!place) return place.refusal();
    return place->place.offset;
  }

 private:
  WriteTxn& txn_;
  HubContext context_;
};

}  // namespace

Result<Saved> save_hub_draft(WriteTxn& txn, const EventDraft& draft, const IntakeContext& context,
                             std::uint64_t epoch) {
  check(context.node == 0, "a hub is no node of its own");
  HubOwn journal(txn, {context.registry, epoch, context.clock.wall, context.facility});
  return save_draft_in(journal, txn, draft, context);
}

}  // namespace titip
