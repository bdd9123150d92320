#pragma once

// A record as it is shown: by itself, or with those that it is linked with as one. Every member
// keeps frontiers of its own; they are united only to be looked at, so links come and go in any
// order and parting them loses nothing.

#include <vector>

#include "core/kv.hh"
#include "core/open_pairs.hh"
#include "core/record_group.hh"
#include "core/record_state.hh"
#include "core/registry.hh"

namespace titip {

struct United {
  // Canonical: the lowest id of those that live, else of those that are held, else of all.
  RecordKey record;
  std::vector<RecordId> members;  // ascending; one: nothing is linked
  // As if one record: which writes stand in each field of any member, in order of event id. Of two
  // members' writes one hides the other only if its author had seen that and what links them.
  RecordState state;
  RecordId speaks_for_life = 0;      // the member by which it is judged whether the group lives
  std::vector<OpenPair> open_pairs;  // in which a member stands

  bool is_held() const { return !state.writes.empty() && !only_linked(state); }
  bool is_group() const { return members.size() > 1; }
};

// By itself, whatever it is linked with.
United alone(const RecordKey& record, RecordState state);
// `record` is held in `state`. Its asOf is what whoever looks at it has seen. Who had seen what of
// another member is judged by what every node knows, the hub's line of epochs, so that all show the
// same.
United united(const ReadTxn& txn, const RecordKey& record, RecordState state,
              const RecordType& type);
// As it is stored; of a record that is not held there are no writes.
United united(const ReadTxn& txn, const RecordKey& record, const RecordType& type);

}  // namespace titip
