#include "tests/sim/cast.hh"

#include "core/registry.hh"
#include "tests/support/seeded.hh"

namespace titip {

std::vector<CastMember> cast_of(std::uint64_t seed) {
  Seeded random(seed ^ 0xca57);
  const auto area = [&](const char* code) { return random.chance(400) ? code : ""; };
  const std::string melati = area("31.71.02");
  std::vector<CastMember> cast{
      {"melati-1", FacilityKind::posyandu, "PSY-1", melati},
      {"melati-2", FacilityKind::posyandu, "PSY-1", melati},
      {"pustu", FacilityKind::pustu, "PST-1", area("31.71")},
      {"kenanga", FacilityKind::posyandu, "PSY-2", area("31.72.05")},
      {"dinas", FacilityKind::district, "DIN-1", ""},
      {"program", FacilityKind::district, "DIN-2", ""},
  };
  Scope& scope = cast.back().scope;
  scope.withhold_identifying = true;
  for (const auto* type : {"Person", "Immunization", "Referral", "DangerSign", "StockMovement"}) {
    scope.types.push_back(Registry::ilp().find(type)->number);
  }
  if (random.chance(400)) scope.areas = {"31.71"};
  return cast;
}

Certificate hub_profile() {
  Certificate profile;
  profile.kind = FacilityKind::puskesmas;
  profile.facility = "PKM-1";
  profile.name = "Puskesmas Satu";
  return profile;
}

const std::vector<std::string>& known_facilities() {
  static const std::vector<std::string> codes{"PSY-1", "PSY-2", "PST-1", "PKM-1", "PSY-9"};
  return codes;
}

const std::vector<std::string>& known_areas() {
  static const std::vector<std::string> codes{"31.71.02", "31.71.02.1001", "31.71",
                                              "31.72.05", "31.72.05.1001", "91.05"};
  return codes;
}

}  // namespace titip
