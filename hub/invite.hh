#pragma once

#include <string>

#include "core/nodes.hh"
#include "core/refusal.hh"
#include "hub/hub_node.hh"
#include "io/invitation.hh"

namespace titip {

// What a person asks of `titip-hub invite`.
struct InviteRequest {
  std::string facility, name, area;
  std::string kind;  // posyandu, pustu, puskesmas or district
  // What a district may have, separated by commas; empty: all.
  std::string types, areas;
  bool withhold_identifying = false;
};

struct MadeInvitation {
  InvitationState state;  // to be stored; the secret is not in it
  std::string link;       // titip://…, to be handed over
};

// What the request gives a district, or what is wrong with it: asked also before a daemon is, whose
// answer has no room for what would be right.
Result<Scope> requested_scope(const InviteRequest& request);

// `endpoint`: where devices reach this hub. Single use, for 24 hours.
Result<MadeInvitation> make_invitation(const HubNode& node, const InviteRequest& request,
                                       const std::string& endpoint);

// Where devices reach the hub: what --public says, else the address it listens on. bad_option when
// that is a wildcard that no device could dial.
Result<std::string> public_endpoint(const Config& config, const std::string& listening);

}  // namespace titip
