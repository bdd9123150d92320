#include "core/resolve_pair.hh"

#include <algorithm>

#include "core/alike.hh"
#include "core/hub_put.hh"
#include "core/record_group.hh"

namespace titip {

namespace {

// Only what is asked about: that two are one is a word about both, and what was seen is of one.
std::optional<Refusal> refuse_pair(const ReadTxn& txn, const RecordKey& record, RecordId other,
                                   const RecordType& type) {
  if (type.alike_keys.empty()) return Refusal{Code::not_allowed_here, "same", {"resolve"}};
  if (other == record.id) return Refusal{Code::linked_to_itself, "other", {}};
  const auto state_of = stored_states(txn);
  if (!state_of({record.type, other})) return Refusal{Code::not_found, "other", {}};
  const auto words = pair_words(state_of(record).value_or(RecordState{}));
  const bool said = std::ranges::find(words, other, &PairWord::other) != words.end();
  if (said || is_alike(txn, record, other)) return std::nullopt;
  return Refusal{Code::not_asked, "other", {}};
}

}  // namespace

Result<Settled> settle_pair(WriteTxn& txn, const United& whole, const RecordKey& named,
                            const Decision& decision, const IntakeContext& context,
                            std::uint64_t epoch) {
  const auto* type = context.registry.find(named.type);
  const auto& [other, op] = decision.pair.value();
  if (auto refused = refuse_pair(txn, named, other, *type)) return *std::move(refused);
  EventDraft draft;
  draft.type = type;
  draft.op = op;
  draft.record.id = named.id;
  draft.other.id = other;
  draft.by = decision.by;
  draft.note = decision.note;
  draft.version = Version{whole.state.as_of, 0};
  const auto saved = save_hub_draft(txn, draft, context, epoch);
  if (!saved) return saved.refusal();
  return settled_as(txn, named, *type, op, saved->seq);
}

}  // namespace titip
