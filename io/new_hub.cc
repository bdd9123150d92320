#include "io/new_hub.hh"

#include <string>

#include "core/meta.hh"
#include "core/replace_hub.hh"

namespace titip {

namespace {

std::string named(const Invitation& invitation) {
  switch (invitation.kind) {
    case FacilityKind::posyandu: return invitation.facility + " (posyandu)";
    case FacilityKind::pustu: return invitation.facility + " (pustu)";
    case FacilityKind::puskesmas: return invitation.facility + " (puskesmas)";
    case FacilityKind::district: break;
  }
  return invitation.facility + " (district)";
}

}  // namespace

Result<NewHubStep> step_to_new_hub(const ReadTxn& txn, const Invitation& known,
                                   const Invitation& fresh) {
  const bool enrolled = txn.get(Table::meta, meta::certificate).has_value();
  if (!enrolled && !awaits_new_hub(txn)) return Refusal{Code::nothing_to_replace, {}, {}};
  // Whom its hub had revoked it would be revoked at the new one, too, once a district says so.
  if (txn.get(Table::meta, meta::refused) == code_name(Code::revoked)) {
    return Refusal{Code::revoked, {}, {}};
  }
  if (known.facility != fresh.facility || known.kind != fresh.kind) {
    return Refusal{Code::other_facility, {}, {named(fresh), named(known)}};
  }
  if (print_invitation(known) == print_invitation(fresh)) return NewHubStep::done;
  // Until the new hub has enrolled it a node may be given another invitation, also of that hub.
  if (enrolled && known.hub_key == fresh.hub_key) return Refusal{Code::same_hub, {}, {}};
  return NewHubStep::replace;
}

}  // namespace titip
