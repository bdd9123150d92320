#include "hub/status.hh"

#include <algorithm>

#include "core/alike.hh"
#include "core/backup_mark.hh"
#include "core/custody.hh"
#include "core/intake_json.hh"
#include "core/nodes.hh"
#include "core/print_json.hh"
#include "core/rebuilding.hh"
#include "core/review_list.hh"
#include "hub/check_store.hh"
#include "io/clock.hh"

namespace titip {

namespace {

constexpr TimeMs ms_per_second = 1000;

std::string_view kind_word(FacilityKind kind) {
  switch (kind) {
    case FacilityKind::posyandu: return "posyandu";
    case FacilityKind::pustu: return "pustu";
    case FacilityKind::puskesmas: return "puskesmas";
    case FacilityKind::district: return "district";
  }
  return "";
}

Seq reported_head(const NodeState& node) {
  Seq events = 0;
  for (const auto& head : node.reported) events += head.seq;
  return events;
}

void print_time(JsonWriter& out, TimeMs time) {
  if (time == 0) {
    out.null();
  } else {
    out.text(format_time({time, 0}));
  }
}

// Everything that the node had recorded before that time is here, by the hub's clock; 0: unknown.
TimeMs complete_until(const NodeState& node) {
  if (node.last_seen == 0 || events_behind(node) == 0) return node.last_seen;
  return node.last_seen - TimeMs{node.oldest_unsent_seconds} * ms_per_second;
}

void print_scope(JsonWriter& out, const Scope& scope) {
  out.begin_object();
  out.key("types").begin_array();
  for (const auto number : scope.types) {
    const auto* type = Registry::ilp().find(number);
    out.text(type == nullptr ? std::to_string(number) : type->name);
  }
  out.end_array().key("areas").begin_array();
  for (const auto& area : scope.areas) out.text(area);
  out.end_array().key("withholdIdentifying").boolean(scope.withhold_identifying).end_object();
}

// Of a district: what it may have, and how far it has it.
void print_subscription(JsonWriter& out, const NodeState& node) {
  out.key("custodian").boolean(is_custodian(node));
  if (node.scope.everything()) {
    out.key("journalHeld").number(node.journal_held);
  } else {
    print_scope(out.key("scope"), node.scope);
  }
}

void print_node(JsonWriter& out, const NodeState& node, bool connected, TimeMs now) {
  out.begin_object();
  out.key("node").text(format_hex_id(node.id)).key("name").text(node.name);
  out.key("kind").text(kind_word(node.kind)).key("facility").text(node.facility);
  if (!node.area.empty()) out.key("area").text(node.area);
  out.key("connected").boolean(connected);
  print_time(out.key("lastSeen"), connected ? now : node.last_seen);
  out.key("have").number(events_held(node)).key("reportedHead");
  // What came since its last Hello it has recorded too.
  out.number(std::max(reported_head(node), events_held(node)));
  out.key("durableAtDistrict").number(events_safe(node));
  print_time(out.key("completeUntil"), complete_until(node));
  out.key("behindEvents").number(events_behind(node));
  out.key("behindSeconds")
      .number(std::uint64_t{events_behind(node) > 0 ? node.oldest_unsent_seconds : 0});
  out.key("clockOffsetSeconds").number(node.clock_offset_ms / ms_per_second);
  out.key("version").text(node.software);
  out.key("revoked").boolean(node.revoked_at != 0);
  out.key("pending").boolean(node.pending);
  if (node.kind == FacilityKind::district) print_subscription(out, node);
  out.end_object();
}

void pad(std::string& line, std::string_view cell, std::size_t width) {
  line += cell;
  // Facility names are UTF-8; every byte but a continuation starts a column.
  const auto columns = static_cast<std::size_t>(std::count_if(cell.begin(), cell.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
  line.append(columns < width ? width - columns : 1, ' ');
}

void print_backup(JsonWriter& out, const ReadTxn& txn) {
  const auto mark = backup_mark(txn);
  if (!mark) {
    out.null();
    return;
  }
  out.begin_object().key("offset").number(mark->position.offset);
  out.key("at").text(format_time({mark->at, 0})).end_object();
}

}  // namespace

Seq events_held(const NodeState& node) {
  Seq events = 0;
  for (const auto& lane : node.lanes) events += lane.have.seq;
  return events;
}

Seq events_safe(const NodeState& node) {
  Seq events = 0;
  for (const auto& lane : node.lanes) events += lane.safe;
  return events;
}

Seq events_behind(const NodeState& node) {
  const auto reported = reported_head(node);
  const auto held = events_held(node);
  return reported > held ? reported - held : 0;
}

std::string hub_status_json(HubNode& node, bool running, const IsConnected& connected) {
  const auto txn = node.store().read();
  const auto position = journal_position(*txn);
  JsonWriter out;
  out.begin_object();
  out.key("facility").text(node.profile().facility).key("name").text(node.profile().name);
  out.key("running").boolean(running);
  out.key("epoch");
  if (position.epoch == 0) {
    out.null();
  } else {
    out.text(format_hex_id(position.epoch));
  }
  out.key("offset").number(position.offset);
  out.key("records").number(txn->count(Table::records));
  out.key("conflicts").number(open_conflicts(*txn));
  out.key("alike").number(open_alike(*txn));
  out.key("quarantined").number(txn->count(Table::quarantine));
  out.key("acceptsNew").boolean(node.store().usage().accepts_new_work());
  print_backup(out.key("backup"), *txn);
  out.key("rebuilding").boolean(is_rebuilding(*txn));
  if (const auto other = other_copy(*txn)) {
    out.key("otherCopy").begin_object().key("node").text(format_hex_id(other->node));
    out.key("at").text(format_time({other->at, 0})).end_object();
  }
  out.key("nodes").begin_array();
  const auto now = read_clock().wall;
  for (const auto& known : all_nodes(*txn)) print_node(out, known, connected(known.id), now);
  out.end_array();
  out.end_object();
  return out.take();
}

std::string hub_status_text(HubNode& node, bool running, const IsConnected& connected,
                            Language language) {
  const bool indonesian = language == Language::indonesian;
  const auto txn = node.store().read();
  std::string text = node.profile().name + " (" + node.profile().facility + ")\n";
  if (!running) {
    text += indonesian
                ? "titip-hub tidak berjalan: jalankan 'titip-hub run' agar pos dapat mengirim.\n"
                : "titip-hub is not running: start 'titip-hub run' so that posts can send.\n";
  }
  const auto line_of = [&](const char* in_indonesian, const char* in_english,
                           const std::string& value) {
    text += "  ";
    pad(text, indonesian ? in_indonesian : in_english, 26);
    text += value + "\n";
  };
  const auto line = [&](const char* in_indonesian, const char* in_english, std::uint64_t number) {
    line_of(in_indonesian, in_english, std::to_string(number));
  };
  line("Kejadian tersimpan", "Events held", journal_position(*txn).offset);
  line("Catatan", "Records", txn->count(Table::records));
  line("Perlu diputuskan", "To be decided", open_conflicts(*txn));
  line("Mungkin sama", "May be one", open_alike(*txn));
  line("Dikarantina", "In quarantine", txn->count(Table::quarantine));
  if (const auto mark = backup_mark(*txn)) {
    line("Ada di cadangan", "In a backup", mark->position.offset);
    line_of("Dicadangkan", "Backed up", format_time({mark->at, 0}));
  }
  if (const auto gathering = rebuilding(*txn)) {
    line_of("Memulihkan sejak", "Gathers what it lost", format_time({gathering->since, 0}));
  }
  if (other_copy(*txn)) {
    line_of("Salinan lain", "Another copy",
            indonesian ? "hub ini berjalan dua kali" : "is running");
  }
  return text + nodes_text(*txn, connected, read_clock().wall, language);
}

std::string nodes_json(const ReadTxn& txn, const IsConnected& connected, TimeMs now) {
  std::string lines;
  for (const auto& node : all_nodes(txn)) {
    JsonWriter out;
    print_node(out, node, connected(node.id), now);
    lines += out.take() + "\n";
  }
  return lines;
}

std::string nodes_text(const ReadTxn& txn, const IsConnected& connected, TimeMs now,
                       Language language) {
  const bool indonesian = language == Language::indonesian;
  const auto nodes = all_nodes(txn);
  if (nodes.empty()) {
    return indonesian ? "Belum ada perangkat; undang dengan 'titip-hub invite'.\n"
                      : "No devices yet; invite one with 'titip-hub invite'.\n";
  }
  std::string text;
  const auto row = [&](std::initializer_list<std::pair<std::string_view, std::size_t>> cells) {
    for (const auto& [cell, width] : cells) pad(text, cell, width);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += "\n";
  };
  row({{indonesian ? "Perangkat" : "Device", 30},
       {indonesian ? "Fasilitas" : "Facility", 14},
       {indonesian ? "Jenis" : "Kind", 11},
       {indonesian ? "Diterima" : "Held", 9},
       {indonesian ? "Di dinas" : "Safe", 9},
       {indonesian ? "Kurang" : "Behind", 8},
       {indonesian ? "Terakhir terlihat" : "Last seen", 20}});
  for (const auto& node : nodes) {
    std::string seen = indonesian ? "belum pernah" : "never";
    if (connected(node.id)) {
      seen = indonesian ? "terhubung" : "connected";
    } else if (node.last_seen != 0) {
      const auto minutes = std::to_string((now - node.last_seen) / (60 * ms_per_second));
      seen = minutes + (indonesian ? " menit lalu" : " minutes ago");
    }
    if (node.pending) {
      seen = indonesian ? "menunggu 'titip-hub confirm'" : "waits for 'titip-hub confirm'";
    }
    if (node.revoked_at != 0) seen = indonesian ? "dicabut" : "revoked";
    row({{node.name, 30},
         {node.facility, 14},
         {kind_word(node.kind), 11},
         {std::to_string(events_held(node)), 9},
         {std::to_string(events_safe(node)), 9},
         {std::to_string(events_behind(node)), 8},
         {seen, 20}});
  }
  return text;
}

}  // namespace titip
