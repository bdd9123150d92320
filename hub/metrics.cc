#include "hub/metrics.hh"

#include <algorithm>

#include "core/alike.hh"
#include "core/hub_journal.hh"
#include "core/intake_json.hh"
#include "core/review_list.hh"
#include "io/clock.hh"
#include "io/metrics_text.hh"

namespace titip {

namespace {

constexpr auto gauge = MetricType::gauge;

void add_node_metrics(MetricsText& out, const std::vector<NodeState>& nodes,
                      const IsConnected& connected) {
  constexpr TimeMs ms_per_second = 1000;
  const TimeMs now = read_clock().wall;
  const auto each = [&](std::string_view name, MetricType type, std::string_view help,
                        const auto& value) {
    out.metric(name, type, help);
    for (const auto& node : nodes) {
      const std::optional<std::uint64_t> known = value(node);
      const auto id = format_hex_id(node.id);
      if (known) out.sample(*known, {{"node", id}, {"facility", node.facility}});
    }
  };
  using Known = std::optional<std::uint64_t>;
  each("titip_node_have_events", gauge, "Events of the node that are durable here.",
       [](const NodeState& node) { return Known(events_held(node)); });
  each("titip_node_safe_events", gauge, "Events of the node that a custodian holds durably.",
       [](const NodeState& node) { return Known(events_safe(node)); });
  each("titip_node_behind_events", gauge,
       "Events the node had when it last said Hello, less those held since.",
       [](const NodeState& node) { return Known(events_behind(node)); });
  each("titip_node_last_seen_seconds", gauge,
       "Seconds since the node was last heard, 0 while it is connected; absent if it never was.",
       [&](const NodeState& node) {
         if (connected(node.id)) return Known(0);
         if (node.last_seen == 0) return Known();
         return Known(std::max<TimeMs>(0, now - node.last_seen) / ms_per_second);
       });
  each("titip_node_connected", gauge, "1 while the node has a session.",
       [&](const NodeState& node) { return Known(connected(node.id) ? 1 : 0); });
  each("titip_node_revoked", gauge, "1 once the node is revoked.",
       [](const NodeState& node) { return Known(node.revoked_at != 0 ? 1 : 0); });
}

}  // namespace

std::string hub_metrics(HubNode& node, const IsConnected& connected, std::size_t sessions) {
  const auto txn = node.store().read();
  const auto nodes = all_nodes(*txn);
  MetricsText out;
  out.value("titip_journal_offset", gauge, "End of the hub's journal.", journal_end(*txn).offset);
  out.value("titip_records", gauge, "Records held.", txn->count(Table::records));
  out.value("titip_conflicts", gauge, "Records under review: a person must decide.",
            open_conflicts(*txn));
  out.value("titip_alike_pairs", gauge, "Pairs of records that may be one: a person must decide.",
            open_alike(*txn));
  out.value("titip_quarantined", gauge, "Events that could not be applied.",
            txn->count(Table::quarantine));
  out.value("titip_nodes", gauge, "Nodes ever enrolled.", nodes.size());
  out.value("titip_sessions", gauge, "Nodes that are connected.", sessions);
  add_store_metrics(out, node.store().usage());
  add_node_metrics(out, nodes, connected);
  return out.take();
}

}  // namespace titip
