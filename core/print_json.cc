#include "core/print_json.hh"

#include <array>
#include <charconv>

#include "core/intake_json.hh"
#include "core/text_check.hh"

namespace titip {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::int16_t utc = 0;

template <typename Integer>
void append_number(std::string& out, Integer value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_control(std::string& out, char character) {
  switch (character) {
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(character);
  out += "\\u00";
  out += hex[code >> 4];
  out += hex[code & 0xf];
}

}  // namespace

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (first_.empty()) return;
  if (!first_.back()) out_ += ',';
  first_.back() = false;
}

void JsonWriter::quote(std::string_view value) {
  const bool readable = valid_utf8(value);
  out_ += '"';
  for (const char character : value) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      out_ += '\\';
      out_ += character;
    } else if (code < 0x20) {
      append_control(out_, character);
    } else if (code >= 0x80 && !readable) {
      out_ += replacement;
    } else {
      out_ += character;
    }
  }
  out_ += '"';
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  first_.push_back(true);
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  first_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  first_.push_back(true);
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  first_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

void print_field(JsonWriter& out, const FieldRules& field, const FieldValue& value) {
  if (const auto* is = std::get_if<bool>(&value)) {
    out.boolean(*is);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.text(*text);
  } else if (const auto* reference = std::get_if<RecordReference>(&value)) {
    if (reference->id == 0 && !reference->ref.empty()) {
      out.begin_object().key("ref").text(reference->ref).end_object();
    } else {
      out.text(format_hex_id(reference->id));
    }
  } else {
    const std::int64_t integer = std::get<std::int64_t>(value);
    if (field.kind == FieldKind::date) {
      out.text(format_date(integer));
    } else if (field.kind == FieldKind::time) {
      out.text(format_time({integer, utc}));
    } else if (field.kind == FieldKind::enumeration && integer >= 0 &&
               static_cast<std::uint64_t>(integer) < field.enumerants.size()) {
      out.text(field.enumerants[static_cast<std::size_t>(integer)].name);
    } else {
      // Also an enumerant that only a newer schema names.
      out.number(integer);
    }
  }
}

std::string plain(std::string_view text) {
  const auto masked = with_nik_digits_masked(text);
  if (!has_control_character(masked)) return masked;
  JsonWriter quoted;
  quoted.text(masked);
  return quoted.take();
}

}  // namespace titip
