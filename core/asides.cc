#include "core/asides.hh"

#include "core/epochs.hh"

namespace titip {

namespace {

constexpr std::size_t aside_bytes = 7 * sizeof(std::uint64_t);

}  // namespace

std::vector<Aside> asides(const ReadTxn& txn) {
  std::vector<Aside> all;
  const auto value = txn.get(Table::meta, meta::asides);
  if (!value) return all;
  for (std::size_t at = 0; at + aside_bytes <= value->size(); at += aside_bytes) {
    const auto number = [&](std::size_t i) { return key_u64(*value, at + i * 8); };
    all.push_back(
        {{{number(0), number(1)}, {number(2), number(3)}}, number(4), {number(5), number(6)}});
  }
  return all;
}

void put_asides(WriteTxn& txn, const std::vector<Aside>& asides) {
  if (asides.empty()) {
    txn.erase(Table::meta, meta::asides);
    return;
  }
  Key value;
  for (const auto& aside : asides) {
    value.u64(aside.tip.position.epoch).u64(aside.tip.position.offset);
    value.u64(aside.tip.hash.low).u64(aside.tip.hash.high).u64(aside.handed_in);
    value.u64(aside.taken.epoch).u64(aside.taken.offset);
  }
  txn.put(Table::meta, meta::asides, value);
}

bool has_aside(const LineHistory& history, const Position& end, const HeldAside& aside) {
  if (end.epoch == 0) return false;
  if (history.covers(end, aside.tip)) return true;
  // The same run of the hub that took it: it stands there by now.
  if (aside.taken.offset == 0) return aside.handed_in == end.epoch;
  return history.covers(end, aside.taken);
}

AsideReview review_asides(const ReadTxn& txn, const std::vector<EpochEntry>& told,
                          const Position& end) {
  AsideReview review;
  const LineHistory history(txn, told);
  const auto held = meta::held(txn, StreamKind::hub_journal).position;
  const auto opening = told.empty() ? 0 : told.front().epoch;
  for (auto aside : asides(txn)) {
    // The line that is held here has it, as it is or placed again.
    if (history.covers(held, aside.tip.position)) continue;
    if (aside.taken.offset > 0 && history.covers(held, aside.taken)) continue;
    // The same run of the hub that took it: it stands there by now.
    if (aside.taken.offset == 0 && aside.handed_in == opening) aside.taken = end;
    const bool has = has_aside(history, end, {aside.tip.position, aside.handed_in, aside.taken});
    if (!has && !review.owed) {
      review.owed = aside.tip;
    } else {
      review.remain.push_back(aside);
    }
  }
  // It is this hub's own, but may be needed by its copy.
  if (review.owed) {
    review.remain.push_back({meta::held(txn, StreamKind::hub_journal), opening, end});
  }
  return review;
}

}  // namespace titip
