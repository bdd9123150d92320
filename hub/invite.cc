#include "hub/invite.hh"

#include "core/limits.hh"
#include "core/text_check.hh"
#include "io/clock.hh"
#include "io/endpoint.hh"

namespace titip {

namespace {

std::optional<FacilityKind> kind_named(std::string_view word) {
  if (word == "posyandu") return FacilityKind::posyandu;
  if (word == "pustu") return FacilityKind::pustu;
  if (word == "puskesmas") return FacilityKind::puskesmas;
  if (word == "district") return FacilityKind::district;
  return std::nullopt;
}

}  // namespace

Result<MadeInvitation> make_invitation(const HubNode& node, const InviteRequest& request,
                                       const std::string& endpoint) {
  const auto kind = kind_named(request.kind);
  if (!kind) return Refusal{Code::bad_option, "--kind", {}};
  if (!plain_name(request.facility, limits::facility_code_bytes_max)) {
    return Refusal{Code::bad_option, "--facility", {}};
  }
  if (!plain_name(request.name, limits::name_bytes_max))
    return Refusal{Code::bad_option, "--name", {}};
  if (!request.area.empty() && !valid_area(request.area)) {
    return Refusal{Code::bad_option, "--area", {}};
  }
  Invitation invitation;
  invitation.endpoint = endpoint;
  invitation.hub_key = node.keys().curve.public_key;
  invitation.hub_signing_key = node.keys().signing.public_key;
  invitation.seed = make_curve_pair().secret_key;
  invitation.expires_at = read_clock().wall + limits::invitation_ms;
  invitation.kind = *kind;
  invitation.facility = request.facility;
  invitation.name = request.name;
  const auto pair = curve_pair_of_seed(invitation.seed);

  MadeInvitation made;
  made.state.public_key.assign(reinterpret_cast<const char*>(pair.public_key.data()),
                               pair.public_key.size());
  made.state.facility = request.facility;
  made.state.name = request.name;
  made.state.area = request.area;
  made.state.kind = *kind;
  made.state.expires_at = invitation.expires_at;
  made.link = print_invitation(invitation);
  return made;
}

Result<std::string> public_endpoint(const Config& config, const std::string& listening) {
  const auto& endpoint = config.public_endpoint.empty() ? listening : config.public_endpoint;
  if (!valid_dial_endpoint(endpoint)) {
    return Refusal{Code::bad_option, "--public", {"--public tcp://HOST:PORT"}};
  }
  return endpoint;
}

}  // namespace titip
