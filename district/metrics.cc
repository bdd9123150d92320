#include "district/metrics.hh"

#include <algorithm>

#include "core/intake_json.hh"
#include "io/metrics_text.hh"

namespace titip {

std::string district_metrics(const DistrictStatus& status, const StoreUsage& usage, TimeMs now) {
  constexpr auto counter = MetricType::counter;
  constexpr auto gauge = MetricType::gauge;
  constexpr TimeMs ms_per_second = 1000;
  MetricsText out;
  using Known = std::optional<std::uint64_t>;
  const auto each = [&](std::string_view name, MetricType type, std::string_view help,
                        const auto& value) {
    out.metric(name, type, help);
    for (const auto& hub : status.hubs) {
      const Known known = value(hub);
      const auto id = format_hex_id(hub.id);
      if (known) out.sample(*known, {{"hub", id}, {"facility", hub.facility}});
    }
  };
  out.value("titip_hubs", gauge, "Hubs that this district has joined.", status.hubs.size());
  each("titip_hub_events_kept_total", counter, "Events of the hub that are durable here.",
       [](const HubStatus& hub) { return Known(hub.events); });
  each("titip_hub_journal_offset", gauge, "Up to where the hub's journal is durable here.",
       [](const HubStatus& hub) { return Known(hub.journal.offset); });
  each("titip_hub_changes_kept_total", counter, "Changes of the hub's records taken here.",
       [](const HubStatus& hub) { return Known(hub.changes); });
  each("titip_conflicts", gauge, "Records of the hub under review: a person must decide.",
       [](const HubStatus& hub) { return Known(hub.under_review); });
  each(
      "titip_hub_custodian", gauge, "1 if the hub sends its journal; absent until it has said.",
      [](const HubStatus& hub) { return hub.custodian ? Known(*hub.custodian ? 1 : 0) : Known(); });
  each("titip_hub_last_sync_seconds", gauge,
       "Seconds since the hub last sent or answered; absent if it never did.",
       [&](const HubStatus& hub) {
         if (!hub.last_sync) return Known();
         return Known(std::max<TimeMs>(0, now - *hub.last_sync) / ms_per_second);
       });
  each("titip_link_connected", gauge, "1 while the hub has welcomed this district.",
       [](const HubStatus& hub) { return Known(hub.connected ? 1 : 0); });
  each("titip_link_bytes_sent_total", counter, "Bytes of frames sent since the hub was joined.",
       [](const HubStatus& hub) { return Known(hub.bytes_sent); });
  each("titip_link_bytes_received_total", counter,
       "Bytes of frames received since the hub was joined.",
       [](const HubStatus& hub) { return Known(hub.bytes_received); });
  add_store_metrics(out, usage);
  return out.take();
}

}  // namespace titip
