#include "hub/value_text.hh"

#include "core/intake_json.hh"
#include "core/print_json.hh"

namespace titip {

namespace {

std::string clock_text(Confidence confidence, const Words& words) {
  switch (confidence) {
    case Confidence::anchored:
      return words("jam dicocokkan dengan hub", "clock held against the hub's");
    case Confidence::wall: return words("menurut jam perangkat", "by the device's clock");
    case Confidence::clamped:
      return words("jam perangkat tidak mungkin benar", "the device's clock cannot be right");
  }
  return "";
}

}  // namespace

std::string value_text(const FieldRules& field, const FieldValue& value, const Words& words) {
  if (const auto* is = std::get_if<bool>(&value))
    return *is ? words("ya", "yes") : words("tidak", "no");
  if (const auto* text = std::get_if<std::string>(&value)) return plain(*text);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (field.kind == FieldKind::date) return format_date(*integer);
    const auto ordinal = static_cast<std::uint64_t>(*integer);
    if (field.kind == FieldKind::enumeration && ordinal < field.enumerants.size()) {
      const auto& choice = field.enumerants[ordinal];
      return words.label(choice.label, choice.name);
    }
    if (field.kind == FieldKind::integer) return std::to_string(*integer) + " " + field.unit;
  }
  // As JSON has it, without quotes.
  JsonWriter out;
  print_field(out, field, value);
  auto text = out.take();
  std::erase(text, '"');
  return text;
}

std::string author_text(const Write& write, const Words& words) {
  std::string text = write.by.empty() ? words("tanpa nama", "no name given") : plain(write.by);
  text += ", " + plain(write.facility);
  text += write.origin == 0 ? words(" (di hub ini)", " (at this hub)")
                            : words(", perangkat ", ", device ") + format_hex_id(write.origin);
  text += ", " + format_time({write.at, write.zone_minutes}) + " (";
  if (write.order.corrected_time != write.at) {
    text += words("terkoreksi ", "corrected to ") +
            format_time({write.order.corrected_time, write.zone_minutes}) + ", ";
  }
  return text + clock_text(write.order.confidence, words) + ")";
}

}  // namespace titip
