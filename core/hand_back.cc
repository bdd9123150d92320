#include "core/hand_back.hh"

#include "core/asides.hh"
#include "core/hub_journal.hh"

namespace titip {

KeptSource::KeptSource(const ReadTxn& txn)
    : txn_(txn),
      held_(meta::held(txn, StreamKind::hub_journal)),
      line_(line_of(txn, held_.position.epoch)) {}

Head KeptSource::head() const { return {Lane::routine, held_.position.offset, held_.hash}; }

std::optional<Hash> KeptSource::hash_at(Seq offset) const {
  if (offset == 0) return hub_chain_start();
  if (offset == held_.position.offset) return held_.hash;
  const auto kept = find_kept_entry(txn_, offset, line_.epoch_of(offset));
  return kept ? std::optional(kept->hash) : std::nullopt;
}

StreamItems KeptSource::read(Seq from, std::size_t count, std::size_t raw_bytes) const {
  StreamItems read{{}, from};
  std::size_t bytes = 0;
  while (read.items.size() < count && read.to < held_.position.offset) {
    const auto kept = find_kept_entry(txn_, read.to + 1, line_.epoch_of(read.to + 1));
    if (!kept) break;
    bytes += kept->item.size();
    if (!read.items.empty() && bytes > raw_bytes) break;
    read.items.push_back({std::string(kept->item), {}});
    ++read.to;
  }
  return read;
}

meta::HeldPosition shared_with_hub(const ReadTxn& txn, const std::vector<EpochEntry>& told,
                                   const Position& hub_end) {
  const auto held = meta::held(txn, StreamKind::hub_journal);
  // What is told goes on, further back, in what was told before.
  auto theirs = told;
  if (!told.empty() && told.back().parent != 0) {
    const auto older = line_of(txn, told.back().parent);
    theirs.insert(theirs.end(), older.entries().begin(), older.entries().end());
  }
  const auto shared =
      shared_position(line_of(txn, held.position.epoch), held.position, EpochLine(theirs), hub_end);
  if (shared.offset == 0) return {};
  const auto hash = KeptSource(txn).hash_at(shared.offset);
  return hash ? meta::HeldPosition{shared, *hash} : meta::HeldPosition{};
}

void resume_journal(WriteTxn& txn, const meta::HeldPosition& shared, std::uint64_t handed_in) {
  const auto held = meta::held(txn, StreamKind::hub_journal);
  if (held.position.offset > shared.position.offset) {
    auto all = asides(txn);
    all.push_back({held, handed_in, {}});
    put_asides(txn, all);
  }
  meta::put_held(txn, StreamKind::hub_journal, shared);
  rewind_tail(txn, StreamKind::hub_journal, shared.position.offset);
}

}  // namespace titip
