#pragma once

// Pairs of records of which a person must say whether they are one: a link and an unlink of them
// stand side by side; or an unlink stands, and links by way of others join them all the same.

#include <vector>

#include "core/record_state.hh"
#include "core/types.hh"

namespace titip {

// Of records that are shown as one, or of one by itself.
struct Member {
  RecordId id = 0;
  RecordState state;  // no writes: it is not held
};

// A word about a pair, as it stands in the state of either.
struct PairSaid {
  RecordId one = 0;  // the lower id
  RecordId other = 0;
  Write write;
  bool operator==(const PairSaid&) const = default;
};

struct OpenPair {
  RecordId one = 0;  // the lower id
  RecordId other = 0;
  bool same = false;            // what is shown
  std::vector<PairSaid> words;  // of the two, then the links of each step of the way
  std::vector<RecordId> way;    // by which others the two are joined, in order; empty: by none
  bool operator==(const OpenPair&) const = default;
};

// Ascending, each once.
std::vector<OpenPair> open_pairs(const std::vector<Member>& members);

}  // namespace titip
