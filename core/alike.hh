#pragma once

// Records that may be one: a child who was entered twice, a dose that two places reported, two
// people under one NIK. The schema's $duplicates says by which fields; a machine finds them and a
// person decides, by a link or an unlink. Nothing is merged here.
//
// Keys of the table `identities`, where a record is type u16, id u64:
//   'h' hash of a list's values (16 bytes), record → nothing. Hashed under a secret of this store,
//   so
//       that no index holds a NIK
//   'p' record, other id u64 → Alike; both ways round
// A store without the secret (a hub's shell draws it) has no such index.

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/kv.hh"
#include "core/record_state.hh"
#include "core/registry.hh"
#include "core/types.hh"

namespace titip {

struct AlikePair {
  RecordKey record;  // the lower id
  RecordId other = 0;
  TimeMs since = 0;      // hub time
  std::uint64_t by = 0;  // which of the type's alike_keys, by index
};

// An event has turned `before` into `after`, and the store holds it so.
void update_alike(WriteTxn& txn, const Registry& registry, const RecordKey& record,
                  const RecordState& before, const RecordState& after, TimeMs now);

// Draws up the index of all that the store holds, once. `secret`: random, of 32 bytes.
void build_alike(WriteTxn& txn, const Registry& registry, std::string_view secret, TimeMs now);
bool has_alike(const ReadTxn& txn);

// Oldest first. `type` 0: of every type.
std::vector<AlikePair> alike_pairs(const ReadTxn& txn, TypeNumber type = 0);
// Whether the two stand there as a pair.
bool is_alike(const ReadTxn& txn, const RecordKey& record, RecordId other);
// How many there are; one value read.
std::uint64_t open_alike(const ReadTxn& txn);

}  // namespace titip
