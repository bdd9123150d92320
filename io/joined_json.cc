#include "io/joined_json.hh"

#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

std::string joined_json(const std::string& facility, const std::string& name,
                        const std::optional<Certificate>& certificate) {
  JsonWriter out;
  out.begin_object().key("hub");
  if (certificate) {
    out.text(certificate->hub_facility);
  } else {
    out.null();
  }
  out.key("facility").text(certificate ? certificate->facility : facility);
  out.key("name").text(certificate ? certificate->name : name).key("node");
  if (certificate) {
    out.text(format_hex_id(certificate->node));
  } else {
    out.null();
  }
  out.key("enrolled").boolean(certificate.has_value()).end_object();
  return out.take();
}

}  // namespace titip
