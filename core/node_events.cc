#include "core/node_events.hh"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/check.hh"
#include "core/event.hh"
#include "core/payload.hh"
#include "core/record_state.hh"

namespace titip {

namespace {

std::string to_hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    hex.push_back(digits[value >> 4]);
    hex.push_back(digits[value & 15]);
  }
  return hex;
}

EventDraft draft_about(const Registry& registry, const NodeState& node) {
  EventDraft draft;
  draft.type = registry.find("Node");
  check(draft.type != nullptr, "the schema has no type Node");
  draft.record.id = node.id;
  return draft;
}

void set(EventDraft& draft, std::string_view name, FieldValue value) {
  const auto* field = draft.type->field(name);
  check(field != nullptr, "the schema's Node lacks a field");
  draft.set.emplace_back(field, std::move(value));
}

// Names with commas between them.
template <typename Items, typename NameOf>
std::string listed(const Items& items, NameOf name_of) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ",") + std::string(name_of(item));
  return text;
}

void set_scope(EventDraft& draft, const Registry& registry, const Scope& scope) {
  if (!scope.types.empty()) {
    set(draft, "types", listed(scope.types, [&](TypeNumber number) {
          const auto* type = registry.find(number);
          return type == nullptr ? std::to_string(number) : type->name;
        }));
  }
  if (!scope.areas.empty()) {
    set(draft, "areas", listed(scope.areas, [](const std::string& area) { return area; }));
  }
  if (scope.withhold_identifying) set(draft, "withheld", true);
}

std::string event_about(const Registry& registry, const NodeState& node, Op op, TimeMs now) {
  auto draft = draft_about(registry, node);
  draft.op = op;
  set(draft, "facility", node.facility);
  set(draft, "kind", std::int64_t{static_cast<std::uint8_t>(node.kind)});
  set(draft, "name", node.name);
  set(draft, "publicKey", to_hex(node.public_key));
  set(draft, "enrolledAt", std::int64_t{node.enrolled_at});
  if (!node.area.empty()) set(draft, "area", node.area);
  set_scope(draft, registry, node.scope);
  EventStamp stamp;
  stamp.record = node.id;
  stamp.clock.wall = now;
  return make_event(draft, stamp);
}

// The shown value of a field as a text or number; nothing if there is none.
template <typename Value>
std::optional<Value> shown(const RecordState& state, const RecordType& type,
                           std::string_view name) {
  const auto* field = type.field(name);
  check(field != nullptr, "the schema's Node lacks a field");
  const auto value = shown_field(state, *field);
  if (!value || value->cleared) return std::nullopt;
  const PayloadView payload(value->from->payload);
  const auto read = read_field(*field, payload.get());
  const auto* as = std::get_if<Value>(&read);
  return as == nullptr ? std::nullopt : std::optional(*as);
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
    if (error != std::errc() || end != hex.data() + at + 2) return {};
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

std::vector<std::string> parts_of(const std::string& listed) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < listed.size();) {
    const auto comma = std::min(listed.find(',', at), listed.size());
    parts.push_back(listed.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

Scope scope_of(const RecordState& state, const RecordType& node, const Registry& registry) {
  Scope scope;
  for (const auto& name : parts_of(shown<std::string>(state, node, "types").value_or(""))) {
    const auto* type = registry.find(name);
    // A type that is unknown here: nothing of it is here to be had.
    unsigned number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    scope.types.push_back(type != nullptr ? type->number : static_cast<TypeNumber>(number));
  }
  scope.areas = parts_of(shown<std::string>(state, node, "areas").value_or(""));
  scope.withhold_identifying = shown<bool>(state, node, "withheld").value_or(false);
  return scope;
}

}  // namespace

std::string enrolment_event(const Registry& registry, const NodeState& node, TimeMs now) {
  return event_about(registry, node, Op::create, now);
}

std::string confirmation_event(const Registry& registry, const NodeState& node, TimeMs now) {
  return event_about(registry, node, Op::set, now);
}

std::optional<NodeState> node_is_back(WriteTxn& txn, const Registry& registry, NodeId id,
                                      const RecordState& state) {
  const auto& type = *registry.find("Node");
  const auto key = from_hex(shown<std::string>(state, type, "publicKey").value_or(""));
  const auto owner = find_node_of_key(txn, key);
  auto node = find_node(txn, id);
  const bool other = (owner && *owner != id) || (node && node->public_key != key);
  if (key.empty() || other) return std::nullopt;
  const bool known = node && !node->pending;
  if (!node) node = begin_node(txn, id);
  const auto revoked_before = node->revoked_at;
  node->public_key = key;
  node->pending = false;
  node->kind = static_cast<FacilityKind>(shown<std::int64_t>(state, type, "kind").value_or(1));
  node->facility = shown<std::string>(state, type, "facility").value_or("");
  node->name = shown<std::string>(state, type, "name").value_or("");
  node->area = shown<std::string>(state, type, "area").value_or("");
  node->enrolled_at = shown<std::int64_t>(state, type, "enrolledAt").value_or(0);
  node->scope = scope_of(state, type, registry);
  const auto revoked = shown<std::int64_t>(state, type, "revokedAt").value_or(0);
  if (revoked != 0) node->revoked_at = revoked;
  if (known && node->revoked_at == revoked_before) return std::nullopt;
  put_node(txn, *node);
  return node;
}

std::string revocation_event(const ReadTxn& txn, const Registry& registry, const NodeState& node) {
  auto draft = draft_about(registry, node);
  draft.op = Op::set;
  set(draft, "revokedAt", std::int64_t{node.revoked_at});
  EventStamp stamp;
  stamp.record = node.id;
  stamp.clock.wall = node.revoked_at;
  if (const auto value = txn.get(Table::records, Key().u16(draft.type->number).u64(node.id))) {
    stamp.version.as_of = decode_record_state(*value).as_of;
  }
  return make_event(draft, stamp);
}

}  // namespace titip
