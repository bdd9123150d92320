#pragma once

// `join --replace` of agent and district: whether an invitation of a new hub may take the place of
// the one that is there.

#include "core/kv.hh"
#include "core/refusal.hh"
#include "io/invitation.hh"

namespace titip {

enum class NewHubStep : std::uint8_t {
  replace,  // the former hub is to be left
  done,     // that was done before with this very invitation, or it has enrolled this node
};

// `txn` holds what came of `known`, and nothing of another hub. Refused: nothing_to_replace, unless
// a hub has enrolled this node; revoked; other_facility; same_hub.
Result<NewHubStep> step_to_new_hub(const ReadTxn& txn, const Invitation& known,
                                   const Invitation& fresh);

}  // namespace titip
