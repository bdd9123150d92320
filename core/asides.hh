#pragma once

// What a custodian keeps of a hub's journal beside the line that it holds: given back to a hub that
// may be another than the one which answers next, if two copies of it are alive.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/epochs.hh"
#include "core/kv.hh"
#include "core/link_messages.hh"
#include "core/meta.hh"
#include "core/types.hh"

namespace titip {

// Entries up to `tip` in its line. Forgotten once the journal that is held here is seen to have
// them.
struct Aside {
  meta::HeldPosition tip;
  std::uint64_t handed_in = 0;  // the epoch in which a hub took it
  Position taken;               // by which position it stands in that hub's line; offset 0: unknown
};
std::vector<Aside> asides(const ReadTxn& txn);
void put_asides(WriteTxn& txn, const std::vector<Aside>& asides);

// Whether a hub has it whose line ends at `end`, in the epoch of its opening. `history` knows that
// line.
bool has_aside(const LineHistory& history, const Position& end, const HeldAside& aside);

struct AsideReview {
  std::vector<Aside> remain;
  std::optional<meta::HeldPosition> owed;  // what the hub lacks: it is to be given this first
};
// What is to become of them, with a hub whose line ends at `end` and whose journal goes on from
// what is held here.
AsideReview review_asides(const ReadTxn& txn, const std::vector<EpochEntry>& told,
                          const Position& end);

}  // namespace titip
