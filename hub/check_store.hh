#pragma once

// Whether a hub's store is sound: what `verify` does, and what a backup must pass.

#include <cstdint>

#include "core/link_messages.hh"
#include "io/store.hh"

namespace titip {

struct SoundStore {
  std::uint64_t values = 0;  // read, their checksums right
  std::uint64_t events = 0;  // in the journal, their chain followed
  Position end;              // of the journal; epoch 0: it is empty
};

// Throws StoreDamaged, or RefusalError damaged that says where.
SoundStore check_hub_store(Store& store);

// How far the journal in a snapshot reaches.
Position journal_position(const ReadTxn& txn);

}  // namespace titip
