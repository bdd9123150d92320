#include "hub/revoke.hh"

#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

std::string revoked_json(const Revoked& revoked) {
  JsonWriter out;
  out.begin_object();
  out.key("node").text(format_hex_id(revoked.node.id));
  out.key("facility").text(revoked.node.facility).key("name").text(revoked.node.name);
  out.key("revokedAt").text(format_time({revoked.node.revoked_at, 0}));
  if (revoked.again) out.key("again").boolean(true);
  out.end_object();
  return out.take();
}

std::string revoked_text(const Revoked& revoked, Language language) {
  const auto who = revoked.node.name + " (" + revoked.node.facility + ", " +
                   format_hex_id(revoked.node.id) + ")";
  if (language == Language::indonesian) {
    return who + (revoked.again ? " sudah dicabut sebelumnya."
                                : " dicabut: hub tidak menerima apa pun lagi darinya.");
  }
  return who + (revoked.again ? " was revoked before."
                              : " is revoked: the hub takes nothing more from it.");
}

}  // namespace titip
