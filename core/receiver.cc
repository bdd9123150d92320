#include "core/receiver.hh"

#include <algorithm>

#include "core/chain.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "core/mutants.hh"

namespace titip {

namespace {

// A batch has room for more than any one item may be: such an item could never be sent on.
bool holds_too_much(const StreamName& stream, const std::vector<BatchEvent>& items) {
  const auto bytes_max =
      stream.kind == StreamKind::agent_journal ? limits::event_bytes_max : limits::item_bytes_max;
  return std::any_of(items.begin(), items.end(),
                     [&](const BatchEvent& item) { return item.bytes.size() > bytes_max; });
}

}  // namespace

Receiver::Receiver(StreamName stream, const Head& durable)
    : stream_(stream), durable_(durable), expected_(durable) {}

Receiver::Decision Receiver::take(const BatchMessage& batch) {
  check(batch.stream == stream_, "a batch of another stream");
  Decision decision;
  if (batch.from > expected_.seq) return decision;
  const bool compares = chained() && !mutant(Mutant::any_chain);
  if (compares && batch.from == expected_.seq && batch.before != expected_.hash) {
    decision.verdict = Verdict::fork;
    return decision;
  }
  if (batch.to <= expected_.seq) {
    decision.verdict = compares && batch.to == expected_.seq && batch.after != expected_.hash
                           ? Verdict::fork
                           : Verdict::held;
    return decision;
  }

  auto events = decode_batch(batch.body);
  if (!events || (chained() && events->size() != batch.to - batch.from) ||
      holds_too_much(stream_, *events)) {
    decision.verdict = Verdict::undecodable;
    return decision;
  }
  if (!chained()) return take_changes(batch, std::move(*events));
  // The chain is followed from the batch's own beginning; where it passes our head it must agree.
  Hash hash = batch.before;
  Seq seq = batch.from;
  decision.hashes.reserve(events->size());
  std::size_t already_here = 0;
  for (const auto& event : *events) {
    hash = chain_next(hash, event.bytes);
    ++seq;
    if (compares && seq == expected_.seq && hash != expected_.hash) {
      decision.verdict = Verdict::fork;
      return decision;
    }
    if (seq <= expected_.seq) {
      ++already_here;
    } else {
      decision.hashes.push_back(hash);
    }
  }
  if (hash != batch.after) {
    decision.hashes.clear();
    decision.verdict = Verdict::undecodable;
    return decision;
  }
  events->erase(events->begin(), events->begin() + static_cast<std::ptrdiff_t>(already_here));
  decision.verdict = Verdict::store;
  decision.from = expected_.seq;
  decision.before = expected_.hash;
  decision.events = std::move(*events);
  expected_ = {expected_.lane, batch.to, batch.after};
  return decision;
}

Receiver::Decision Receiver::take_changes(const BatchMessage& batch,
                                          std::vector<BatchEvent> changes) {
  // Some may be here already: a change replaces what came before it, so taking it twice is
  // harmless.
  Decision decision;
  decision.verdict = Verdict::store;
  decision.from = expected_.seq;
  decision.events = std::move(changes);
  expected_.seq = batch.to;
  return decision;
}

void Receiver::stored(const Head& durable) {
  durable_ = durable;
  if (expected_.seq < durable.seq) expected_ = durable;
}

void Receiver::not_stored() { expected_ = durable_; }

}  // namespace titip
