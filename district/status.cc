#include "district/status.hh"

#include <algorithm>

#include "core/epochs.hh"
#include "core/intake_json.hh"
#include "core/meta.hh"
#include "core/print_json.hh"
#include "core/review_list.hh"
#include "io/elapsed_text.hh"

namespace titip {

namespace {

HubStatus read_hub(DistrictNode& node, const JoinedHub& hub, const LinkStateOf& link) {
  const auto txn = node.read(hub);
  HubStatus status;
  status.id = hub.id;
  status.endpoint = hub.invitation.endpoint;
  if (hub.certificate) {
    status.facility = hub.certificate->hub_facility;
    status.name = hub.certificate->hub_name;
    status.node = hub.certificate->node;
  }
  status.journal = meta::held(txn, StreamKind::hub_journal).position;
  if (const auto epoch = current_line(txn).epoch_of(status.journal.offset);
      epoch != 0 && status.journal.offset > 0) {
    status.journal.epoch = epoch;  // of its last entry, as the hub's own status says it
  }
  if (const auto sends = meta::get_u64(txn, meta::sends_journal)) {
    status.other_history = other_history(txn);
    if (!status.other_history) status.custodian = *sends != 0;
  }
  status.events = meta::get_u64(txn, meta::events_kept).value_or(0);
  status.changes = last_kept_change(txn);
  status.under_review = open_conflicts(txn);
  if (const auto at = meta::get_u64(txn, meta::last_sync)) {
    status.last_sync = static_cast<TimeMs>(*at);
  }
  status.bytes_sent = meta::get_u64(txn, meta::bytes_sent).value_or(0);
  status.bytes_received = meta::get_u64(txn, meta::bytes_received).value_or(0);
  if (const auto code = txn.get(Table::meta, meta::refused)) status.refused = *code;
  if (const auto state = link(hub.id)) {
    status.connected = state->connected;
    status.bytes_sent = state->bytes_sent;
    status.bytes_received = state->bytes_received;
  }
  return status;
}

void hex_or_null(JsonWriter& out, std::uint64_t id) {
  if (id == 0) {
    out.null();
  } else {
    out.text(format_hex_id(id));
  }
}

void print_hub(JsonWriter& out, const HubStatus& hub) {
  out.begin_object();
  out.key("id").text(format_hex_id(hub.id)).key("facility").text(hub.facility);
  out.key("name").text(hub.name).key("endpoint").text(hub.endpoint);
  hex_or_null(out.key("node"), hub.node);
  out.key("connected").boolean(hub.connected);
  out.key("custodian");
  if (hub.custodian) {
    out.boolean(*hub.custodian);
  } else {
    out.null();
  }
  if (hub.other_history) out.key("otherHistory").boolean(true);
  out.key("events").number(hub.events).key("offset").number(hub.journal.offset);
  hex_or_null(out.key("epoch"), hub.journal.epoch);
  out.key("changes").number(hub.changes);
  out.key("underReview").number(hub.under_review);
  out.key("lastSync");
  if (hub.last_sync) {
    out.text(format_time({*hub.last_sync, 0}));
  } else {
    out.null();
  }
  out.key("bytesSent").number(hub.bytes_sent).key("bytesReceived").number(hub.bytes_received);
  if (!hub.refused.empty()) out.key("refusedByHub").text(hub.refused);
  out.end_object();
}

std::string link_sentence(const HubStatus& hub, bool running, Language language) {
  const bool indonesian = language == Language::indonesian;
  if (!hub.refused.empty()) {
    return sentence({code_named(hub.refused).value_or(Code::not_enrolled), {}, {}}, language);
  }
  if (hub.connected) return indonesian ? "terhubung" : "connected";
  if (!running) return indonesian ? "tidak terhubung" : "not connected";
  return indonesian ? "belum terhubung; akan mencoba lagi sendiri"
                    : "not connected; it goes on trying by itself";
}

std::string entitled_to(const HubStatus& hub, Language language) {
  const bool indonesian = language == Language::indonesian;
  if (hub.other_history) return other_history_words(language);
  if (!hub.custodian) return indonesian ? "hub belum mengatakan" : "the hub has not said yet";
  if (*hub.custodian) {
    return indonesian ? "semua: kejadian dan perubahan" : "everything: events and changes";
  }
  return indonesian ? "sebagian: hanya perubahan, tanpa jurnal hub"
                    : "a part: changes only, not the hub's journal";
}

}  // namespace

bool other_history(const ReadTxn& part) {
  return meta::get_u64(part, meta::sends_journal) == 0 &&
         meta::held(part, StreamKind::hub_journal).position.offset > 0;
}

std::string other_history_words(Language language) {
  return language == Language::indonesian
             ? "hub kini memegang riwayat lain; yang tersimpan di sini tetap ada"
             : "the hub holds another history now; what is here is kept";
}

DistrictStatus read_status(DistrictNode& node, bool running, const LinkStateOf& link) {
  DistrictStatus status;
  status.running = running;
  status.accepts_new = node.store().usage().accepts_new_work();
  for (const auto& hub : node.hubs()) {
    status.hubs.push_back(read_hub(node, hub, link));
    if (!status.facility.empty()) continue;
    status.facility = hub.certificate ? hub.certificate->facility : hub.invitation.facility;
    status.name = hub.certificate ? hub.certificate->name : hub.invitation.name;
  }
  return status;
}

std::string status_json(const DistrictStatus& status) {
  JsonWriter out;
  out.begin_object();
  out.key("facility").text(status.facility).key("name").text(status.name);
  out.key("running").boolean(status.running).key("acceptsNew").boolean(status.accepts_new);
  out.key("hubs").begin_array();
  for (const auto& hub : status.hubs) print_hub(out, hub);
  out.end_array();
  out.end_object();
  return out.take();
}

std::string hubs_json(const DistrictStatus& status) {
  std::string lines;
  for (const auto& hub : status.hubs) {
    JsonWriter out;
    print_hub(out, hub);
    lines += out.take() + "\n";
  }
  return lines;
}

std::string status_text(const DistrictStatus& status, Language language, TimeMs now) {
  const bool indonesian = language == Language::indonesian;
  if (status.hubs.empty()) return sentence({Code::not_enrolled, {}, {}}, language) + "\n";
  std::string text = status.name + " (" + status.facility + ")\n";
  if (!status.running) {
    text += indonesian
                ? "titip-district tidak berjalan: jalankan 'titip-district run' agar menerima.\n"
                : "titip-district is not running: start 'titip-district run' so that it "
                  "receives.\n";
  }
  const auto line = [&](const char* in_indonesian, const char* in_english, std::string value) {
    std::string label(indonesian ? in_indonesian : in_english);
    label.resize(std::max<std::size_t>(label.size(), 26), ' ');
    text += "  " + label + std::move(value) + "\n";
  };
  for (const auto& hub : status.hubs) {
    text += hub.name.empty() ? hub.endpoint
                             : hub.name + " (" + hub.facility + ", " + hub.endpoint + ")";
    text += ": " + link_sentence(hub, status.running, language) + "\n";
    line("Berhak atas", "Entitled to", entitled_to(hub, language));
    line("Kejadian tersimpan", "Events held", std::to_string(hub.events));
    line("Perubahan", "Changes", std::to_string(hub.changes));
    line("Perlu diputuskan", "To be decided", std::to_string(hub.under_review));
    line("Jawaban terakhir hub", "Last answer of the hub",
         hub.last_sync ? ago(now - *hub.last_sync, language)
                       : std::string(indonesian ? "belum pernah" : "never yet"));
    line("Data terpakai", "Data used",
         std::to_string(hub.bytes_sent) + (indonesian ? " bita terkirim, " : " bytes sent, ") +
             std::to_string(hub.bytes_received) + (indonesian ? " diterima" : " received"));
  }
  if (!status.accepts_new) text += "  " + sentence({Code::disk_full, {}, {}}, language) + "\n";
  return text;
}

}  // namespace titip
