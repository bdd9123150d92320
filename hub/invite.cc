#include "hub/invite.hh"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/limits.hh"
#include "core/registry.hh"
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

// No item is empty, unless `text` is.
std::vector<std::string> items_of(const std::string& text) {
  std::vector<std::string> items;
  for (std::size_t from = 0; !text.empty() && from <= text.size();) {
    const auto to = std::min(text.find(',', from), text.size());
    items.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return items;
}

std::string known_types() {
  std::string names;
  for (const auto& type : Registry::ilp().types()) {
    if (!type.system) names += (names.empty() ? "" : ",") + type.name;
  }
  return names;
}

}  // namespace

Result<Scope> requested_scope(const InviteRequest& request) {
  if (kind_named(request.kind) != FacilityKind::district) {
    if (!request.types.empty()) return Refusal{Code::only_districts, "--types", {}};
    if (!request.areas.empty()) return Refusal{Code::only_districts, "--areas", {}};
    if (request.withhold_identifying) {
      return Refusal{Code::only_districts, "--withhold-identifying", {}};
    }
  }
  Scope scope;
  scope.withhold_identifying = request.withhold_identifying;
  for (const auto& name : items_of(request.types)) {
    const auto* type = Registry::ilp().find(name);
    if (type == nullptr || type->system) {
      return Refusal{Code::bad_option, "--types", {known_types()}};
    }
    if (std::ranges::find(scope.types, type->number) == scope.types.end()) {
      scope.types.push_back(type->number);
    }
  }
  if (request.areas.size() > limits::scope_list_bytes_max) {
    return Refusal{Code::text_too_long, "--areas", {std::to_string(limits::scope_list_bytes_max)}};
  }
  for (auto& area : items_of(request.areas)) {
    if (!valid_area(area)) return Refusal{Code::bad_option, "--areas", {"94.04,94.05"}};
    scope.areas.push_back(std::move(area));
  }
  return scope;
}

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
  auto scope = requested_scope(request);
  if (!scope) return scope.refusal();
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
  made.state.scope = std::move(scope).value();
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
