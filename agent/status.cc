#include "agent/status.hh"

#include <algorithm>

#include "agent/intake.hh"
#include "core/agent_journal.hh"
#include "core/intake_json.hh"
#include "core/meta.hh"
#include "core/print_json.hh"
#include "core/review_list.hh"
#include "io/clock.hh"
#include "io/elapsed_text.hh"

namespace titip {

namespace {

constexpr TimeMs ms_per_second = 1000;

// How the link stands, in one sentence.
std::string link_sentence(const AgentStatus& status, bool indonesian) {
  if (!status.refused.empty()) {
    const auto code = code_named(status.refused).value_or(Code::not_enrolled);
    return sentence({code, {}, {}}, indonesian ? Language::indonesian : Language::english);
  }
  if (!status.running) {
    return indonesian ? "titip-agent tidak berjalan: jalankan 'titip-agent run' agar data terkirim."
                      : "titip-agent is not running: start 'titip-agent run' so that data is sent.";
  }
  if (status.connected) {
    return indonesian ? "Terhubung dengan hub." : "Connected to the hub.";
  }
  return indonesian ? "Belum terhubung; akan mencoba lagi sendiri."
                    : "Not connected; it goes on trying by itself.";
}

}  // namespace

AgentStatus read_status(AgentNode& node) {
  const auto txn = node.store().read();
  const TimeMs now = read_clock().wall;
  AgentStatus status;
  status.facility = node.invitation().facility;
  status.name = node.invitation().name;
  status.hub = node.invitation().endpoint;
  if (node.certificate()) {
    status.node = node.certificate()->node;
    status.facility = node.certificate()->facility;
    status.name = node.certificate()->name;
    status.hub = node.certificate()->hub_name + " (" + node.invitation().endpoint + ")";
  }
  status.zone_minutes = node.zone_minutes_at(now);
  for (const auto lane : all_lanes) {
    status.saved += journal_head(*txn, lane).seq;
    status.durable_at_hub += meta::acknowledged(*txn, lane).seq;
    status.durable_at_district += meta::safe(*txn, lane);
  }
  const auto at_hub = [&](Lane lane) { return meta::acknowledged(*txn, lane).seq; };
  const auto at_district = [&](Lane lane) { return meta::safe(*txn, lane); };
  status.complete_at_hub = oldest_beyond(*txn, at_hub).value_or(now);
  status.complete_at_district = oldest_beyond(*txn, at_district).value_or(now);
  status.received = meta::get_u64(*txn, meta::items_received).value_or(0);
  status.quarantined = txn->count(Table::quarantine);
  status.under_review = open_conflicts(*txn);
  status.oldest_unsent_seconds = oldest_unsent_seconds(*txn, now);
  if (const auto at = meta::get_u64(*txn, meta::last_sync))
    status.last_sync = static_cast<TimeMs>(*at);
  status.bytes_sent = meta::get_u64(*txn, meta::bytes_sent).value_or(0);
  status.bytes_received = meta::get_u64(*txn, meta::bytes_received).value_or(0);
  status.hub_position = meta::get_position(*txn, meta::hub_highest).value_or(Position{});
  if (const auto code = txn->get(Table::meta, meta::refused)) status.refused = *code;
  status.no_room = no_room(node.store());
  return status;
}

std::string status_json(const AgentStatus& status) {
  JsonWriter out;
  out.begin_object();
  out.key("node");
  if (status.node == 0) {
    out.null();
  } else {
    out.text(format_hex_id(status.node));
  }
  out.key("facility")
      .text(status.facility)
      .key("name")
      .text(status.name)
      .key("hub")
      .text(status.hub);
  out.key("running").boolean(status.running).key("connected").boolean(status.connected);
  out.key("saved").number(status.saved);
  out.key("durableAtHub").number(status.durable_at_hub);
  out.key("durableAtDistrict").number(status.durable_at_district);
  out.key("completeAtHubUntil").text(format_time({status.complete_at_hub, 0}));
  out.key("completeAtDistrictUntil").text(format_time({status.complete_at_district, 0}));
  out.key("receivedFromHub").number(status.received);
  out.key("quarantined").number(status.quarantined);
  out.key("underReview").number(status.under_review);
  out.key("oldestUnsentSeconds").number(status.oldest_unsent_seconds);
  out.key("lastSync");
  if (status.last_sync) {
    out.text(format_time({*status.last_sync, 0}));
  } else {
    out.null();
  }
  out.key("bytesSent").number(status.bytes_sent).key("bytesReceived").number(status.bytes_received);
  out.key("hubEpoch");
  if (status.hub_position.epoch == 0) {
    out.null();
  } else {
    out.text(format_hex_id(status.hub_position.epoch));
  }
  out.key("cursor").number(status.hub_position.offset);
  if (!status.refused.empty()) out.key("refusedByHub").text(status.refused);
  out.key("acceptsNew").boolean(!status.no_room);
  out.end_object();
  return out.take();
}

std::string status_text(const AgentStatus& status, Language language, TimeMs now) {
  const bool indonesian = language == Language::indonesian;
  const auto line = [](std::string_view label, const std::string& value) {
    std::string text(label);
    text.resize(std::max<std::size_t>(text.size(), 26), ' ');
    return "  " + text + value + "\n";
  };
  std::string text =
      status.name + " (" + status.facility + ")\n" + link_sentence(status, indonesian) + "\n";
  text += line(indonesian ? "Tersimpan di sini" : "Saved here", std::to_string(status.saved));
  text += line(indonesian ? "Aman di hub" : "Durable at the hub",
               std::to_string(status.durable_at_hub));
  text += line(indonesian ? "Aman di dinas" : "Durable at the district",
               std::to_string(status.durable_at_district));
  text += line(indonesian ? "Lengkap di hub sampai" : "Complete at the hub until",
               format_time({status.complete_at_hub, status.zone_minutes}));
  text += line(indonesian ? "Lengkap di dinas sampai" : "At the district until",
               format_time({status.complete_at_district, status.zone_minutes}));
  text += line(indonesian ? "Menunggu dikirim" : "Waiting to be sent",
               std::to_string(status.saved - status.durable_at_hub));
  if (status.oldest_unsent_seconds > 0) {
    text += line(indonesian ? "Yang tertua disimpan" : "The oldest of them saved",
                 ago(static_cast<TimeMs>(status.oldest_unsent_seconds) * ms_per_second, language));
  }
  if (status.quarantined > 0) {
    text += line(indonesian ? "Dikarantina hub" : "In quarantine at the hub",
                 std::to_string(status.quarantined));
  }
  if (status.under_review > 0) {
    text += line(indonesian ? "Perlu diputuskan" : "To be decided",
                 std::to_string(status.under_review));
  }
  text += line(indonesian ? "Diterima dari hub" : "Received from the hub",
               std::to_string(status.received));
  text += line("Hub", status.hub);
  text += line(indonesian ? "Jawaban terakhir hub" : "Last answer of the hub",
               status.last_sync ? ago(now - *status.last_sync, language)
                                : std::string(indonesian ? "belum pernah" : "never yet"));
  text +=
      line(indonesian ? "Data terpakai" : "Data used",
           std::to_string(status.bytes_sent) + (indonesian ? " bita terkirim, " : " bytes sent, ") +
               std::to_string(status.bytes_received) + (indonesian ? " diterima" : " received"));
  if (status.no_room) text += "  " + sentence({*status.no_room, {}, {}}, language) + "\n";
  return text;
}

}  // namespace titip
