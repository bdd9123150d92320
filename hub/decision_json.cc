#include "hub/decision_json.hh"

#include <charconv>
#include <optional>

#include "core/print_json.hh"

namespace titip {

namespace {

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "2", or "birthDate:2" for each of several.
std::optional<Refusal> write_take(JsonWriter& out, const std::vector<std::string>& take) {
  if (take.empty()) return std::nullopt;
  const Refusal unclear{Code::bad_option, "--take", {"--take 2, --take FIELD:2"}};
  out.key("take");
  if (take.size() == 1 && take.front().find(':') == std::string::npos) {
    const auto number = number_in<std::uint64_t>(take.front());
    if (!number) return unclear;
    out.number(*number);
    return std::nullopt;
  }
  out.begin_object();
  for (const auto& each : take) {
    const auto colon = each.rfind(':');
    if (colon == std::string::npos) return unclear;
    const auto number = number_in<std::uint64_t>(std::string_view(each).substr(colon + 1));
    if (!number) return unclear;
    out.key(std::string_view(each).substr(0, colon)).number(*number);
  }
  out.end_object();
  return std::nullopt;
}

std::optional<Refusal> write_set(JsonWriter& out, const std::vector<std::string>& set,
                                 const RecordType& type) {
  if (set.empty()) return std::nullopt;
  out.key("set").begin_object();
  for (const auto& each : set) {
    const auto equals = each.find('=');
    if (equals == std::string::npos) {
      return Refusal{Code::bad_option, "--set", {"--set FIELD=VALUE"}};
    }
    const auto name = std::string_view(each).substr(0, equals);
    const auto value = std::string_view(each).substr(equals + 1);
    const auto* field = type.field(name);
    out.key(name);
    if (value.empty()) {
      out.null();
    } else if (field != nullptr && field->kind == FieldKind::boolean &&
               (value == "true" || value == "false")) {
      out.boolean(value == "true");
    } else if (const auto number = number_in<std::int64_t>(value);
               field != nullptr && field->kind == FieldKind::integer && number) {
      out.number(*number);
    } else {
      out.text(value);
    }
  }
  out.end_object();
  return std::nullopt;
}

}  // namespace

Result<std::string> decision_json(const ResolveRequest& request, const RecordType& type) {
  JsonWriter out;
  out.begin_object();
  if (auto refused = write_take(out, request.take)) return *std::move(refused);
  if (auto refused = write_set(out, request.set, type)) return *std::move(refused);
  if (!request.same.empty()) out.key("same").text(request.same);
  if (!request.apart.empty()) out.key("apart").text(request.apart);
  if (!request.note.empty()) out.key("note").text(request.note);
  if (!request.by.empty()) out.key("by").text(request.by);
  out.key("seen").text(request.seen).end_object();
  return out.take();
}

}  // namespace titip
