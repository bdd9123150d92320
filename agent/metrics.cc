#include "agent/metrics.hh"

#include "core/agent_journal.hh"
#include "core/meta.hh"
#include "io/metrics_text.hh"

namespace titip {

namespace {

std::string_view lane_word(Lane lane) { return lane == Lane::urgent ? "urgent" : "routine"; }

}  // namespace

std::string agent_metrics(AgentNode& node, const AgentStatus& status) {
  constexpr auto counter = MetricType::counter;
  constexpr auto gauge = MetricType::gauge;
  const auto txn = node.store().read();
  MetricsText out;
  out.metric("titip_events_saved_total", counter, "Events durable on this device.");
  for (const auto lane : all_lanes) {
    out.sample(journal_head(*txn, lane).seq, {{"lane", lane_word(lane)}});
  }
  out.metric("titip_events_durable_at_hub_total", counter,
             "Events for which this device holds the hub's receipt.");
  for (const auto lane : all_lanes) {
    out.sample(meta::acknowledged(*txn, lane).seq, {{"lane", lane_word(lane)}});
  }
  out.metric("titip_events_durable_at_district_total", counter,
             "Events for which this device holds the district's receipt.");
  for (const auto lane : all_lanes) out.sample(meta::safe(*txn, lane), {{"lane", lane_word(lane)}});
  out.value("titip_items_received_total", counter, "Changes of records received from the hub.",
            status.received);
  out.value("titip_events_quarantined", gauge, "Events that the hub could not apply.",
            status.quarantined);
  out.value("titip_conflicts", gauge,
            "Records held here that are under review: a person must decide.", status.under_review);
  out.value("titip_oldest_unsent_seconds", gauge,
            "Age of the oldest event that is not durable at the hub; 0 if there is none.",
            status.oldest_unsent_seconds);
  out.value("titip_link_connected", gauge, "1 while the hub has welcomed this device.",
            status.connected ? 1 : 0);
  out.value("titip_link_bytes_sent_total", counter, "Bytes of frames sent since installation.",
            status.bytes_sent);
  out.value("titip_link_bytes_received_total", counter,
            "Bytes of frames received since installation.", status.bytes_received);
  add_store_metrics(out, node.store().usage());
  return out.take();
}

}  // namespace titip
