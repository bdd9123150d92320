#include "core/intake_lines.hh"

#include "core/intake_json.hh"
#include "core/json_tree.hh"
#include "core/limits.hh"
#include "core/print_json.hh"
#include "core/text_check.hh"

namespace titip {

namespace {

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

void print_fields(JsonWriter& out, std::string_view key, const RecordType& type, FieldMask mask) {
  if (mask == 0) return;
  out.key(key).begin_array();
  for (const auto& field : type.fields) {
    if ((mask & field.bit()) != 0) out.text(field.name);
  }
  out.end_array();
}

// So that an application finds its own event again among the results, whatever is wrong with it.
std::string ref_of(std::string_view json) {
  const auto tree = JsonTree::read(json);
  std::string ref;
  if (!tree || tree->root().kind != JsonKind::object) return ref;
  tree->each(tree->root(), [&](const JsonNode& node) {
    const bool found = node.key == "ref" && node.kind == JsonKind::text &&
                       plain_text(node.text, limits::ref_bytes_max);
    if (found) ref = node.text;
    return !found;
  });
  return ref;
}

}  // namespace

void LineSplitter::feed(std::string_view bytes, std::vector<RawLine>& lines) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (partial_.size() + piece.size() > limits::event_json_bytes_max) {
      too_long_ = true;
      partial_.clear();
    } else if (!too_long_) {
      partial_.append(piece);
    }
    if (end == std::string_view::npos) return;
    end_line(lines);
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(std::vector<RawLine>& lines) {
  if (too_long_ || !partial_.empty()) end_line(lines);
}

void LineSplitter::end_line(std::vector<RawLine>& lines) {
  const auto number = next_number_++;
  if (too_long_ || !blank(partial_)) lines.push_back({number, std::move(partial_), too_long_});
  partial_.clear();
  too_long_ = false;
}

Refusal line_too_long() {
  return {Code::too_long, {}, {std::to_string(limits::event_json_bytes_max)}};
}

IntakeLine parse_line(const RawLine& line, const Registry& registry) {
  if (line.too_long) return {line.number, {}, line_too_long()};
  auto draft = parse_event(line.text, registry);
  auto ref = draft ? draft->ref : ref_of(line.text);
  return {line.number, std::move(ref), std::move(draft)};
}

std::vector<LineResult> save_lines(WriteTxn& txn, const std::vector<IntakeLine>& lines,
                                   const SaveDraft& save) {
  std::vector<LineResult> results;
  results.reserve(lines.size());
  for (const auto& line : lines) {
    if (!line.draft) {
      results.push_back({line.number, line.ref, line.draft.refusal()});
    } else {
      results.push_back({line.number, line.ref, save(txn, *line.draft)});
    }
  }
  return results;
}

std::string result_json(const LineResult& result, const Registry& registry, Language language) {
  JsonWriter out;
  out.begin_object();
  out.key("line").number(result.number);
  if (!result.ref.empty()) out.key("ref").text(result.ref);
  if (result.saved) {
    const auto& saved = *result.saved;
    out.key("id").text(format_hex_id(saved.record.id));
    if (saved.again) out.key("again").boolean(true);
    const auto* type = registry.find(saved.record.type);
    check(type != nullptr, "intake saved a record of an unknown type");
    print_fields(out, "unusual", *type, saved.unusual);
    print_fields(out, "notHeld", *type, saved.not_held);
    if (saved.record_not_held) out.key("recordNotHeld").boolean(true);
  } else {
    const auto& refusal = result.saved.refusal();
    out.key("code").text(code_name(refusal.code));
    if (!refusal.field.empty()) out.key("field").text(refusal.field);
    out.key("message").text(sentence(refusal, language));
  }
  out.end_object();
  return out.take();
}

}  // namespace titip
