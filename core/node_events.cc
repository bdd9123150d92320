#include "core/node_events.hh"

#include <string_view>
#include <utility>

#include "core/check.hh"
#include "core/event.hh"
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

}  // namespace

std::string enrolment_event(const Registry& registry, const NodeState& node, TimeMs now) {
  auto draft = draft_about(registry, node);
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
