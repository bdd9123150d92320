#include "hub/backup.hh"

#include <sys/stat.h>

#include "core/intake_json.hh"
#include "core/print_json.hh"
#include "hub/ask_daemon.hh"
#include "hub/check_store.hh"
#include "hub/hub_node.hh"
#include "io/backup_file.hh"
#include "io/clock.hh"
#include "io/refusal_error.hh"
#include "io/wait_for_lock.hh"

namespace titip {

namespace {

constexpr int patience_ms = 10'000;  // while a `put` or a daemon that starts holds the lock

struct Made {
  SoundStore held;
  std::uint64_t bytes = 0;
  TimeMs at = 0;
  bool off_machine = false;
  bool same_disk = false;
};

std::string position_text(const Position& position) {
  return (position.epoch == 0 ? "0" : format_hex_id(position.epoch)) + ":" +
         std::to_string(position.offset);
}

bool same_disk(const std::filesystem::path& file, const std::filesystem::path& data) {
  struct stat one {};
  struct stat other {};
  return ::stat(file.c_str(), &one) == 0 && ::stat(data.c_str(), &other) == 0 &&
         one.st_dev == other.st_dev;
}

// By the daemon if one runs, else as the one that writes.
void note(const CommandContext& command, const Position& position) {
  const auto target = "/local/backup" + form(command) + "&epoch=" + format_hex_id(position.epoch) +
                      "&offset=" + std::to_string(position.offset);
  wait_for_lock(patience_ms, [&] {
    if (ask_daemon(command, "POST", target)) return;
    auto node = HubNode::open(command.data, Access::write, command.config);
    std::optional<Result<BackupMark>> noted;
    node.store().write(
        [&](WriteTxn& txn) { noted = note_backup_at(txn, position, read_clock().wall); });
    if (!*noted) throw RefusalError(noted->refusal());
  });
}

std::string made_json(const Made& made) {
  JsonWriter out;
  out.begin_object();
  // Not the file's name: it is whatever was typed.
  out.key("events").number(made.held.events).key("epoch");
  if (made.held.end.epoch == 0) {
    out.null();
  } else {
    out.text(format_hex_id(made.held.end.epoch));
  }
  out.key("offset").number(made.held.end.offset).key("values").number(made.held.values);
  out.key("bytes").number(made.bytes).key("at").text(format_time({made.at, 0}));
  out.key("offMachine").boolean(made.off_machine);
  if (made.same_disk) out.key("sameDisk").boolean(true);
  out.end_object();
  return out.take();
}

std::string made_text(const Made& made, Language language) {
  const bool indonesian = language == Language::indonesian;
  const auto events = std::to_string(made.held.events);
  const auto end = position_text(made.held.end);
  const auto bytes = std::to_string(made.bytes);
  std::string text =
      indonesian
          ? "Cadangan ini utuh: " + events + " kejadian sampai " + end + ", " + bytes + " byte."
          : "The backup is sound: " + events + " events up to " + end + ", " + bytes + " bytes.";
  if (!made.off_machine) {
    text += indonesian ? " Pindahkan ke luar komputer ini; kunci hub tidak ada di dalamnya."
                       : " Take it off this machine; the hub's keys are not in it.";
  } else {
    text += indonesian ? " Tercatat sebagai cadangan di luar komputer ini."
                       : " It is noted as a backup off this machine.";
  }
  if (made.same_disk) {
    text += indonesian
                ? "\nPERHATIAN: berkas itu ada di disk yang sama dengan data hub; simpan di media "
                  "lain, sebab perangkat boleh menghapus apa yang ada di cadangan."
                : "\nWARNING: that file is on the same disk as the hub's data; keep it on another "
                  "medium, for devices may let go of what the backup holds.";
  }
  return text;
}

}  // namespace

Result<BackupMark> note_backup_at(WriteTxn& txn, const Position& position, TimeMs now) {
  const BackupMark mark{position, now};
  const auto before = backup_mark(txn);
  if (before && before->position.offset > position.offset) return *before;
  note_backup(txn, mark);
  if (position.offset == 0 || !backup_mark(txn)) {
    if (before) note_backup(txn, *before);
    return Refusal{Code::bad_backup, {}, {}};
  }
  return mark;
}

std::string backup_mark_json(const BackupMark& mark) {
  JsonWriter out;
  out.begin_object().key("offset").number(mark.position.offset);
  out.key("at").text(format_time({mark.at, 0})).end_object();
  return out.take();
}

int hub_backup(const CommandContext& command, const std::string& file, bool off_machine) {
  Made made{{}, 0, read_clock().wall, off_machine, false};
  {
    auto node = HubNode::open(command.data, Access::read, command.config);
    write_backup(node.store(), file, made.at, node.keys().curve.public_key,
                 [&](Store& copy) { made.held = check_hub_store(copy); });
    made.bytes = std::filesystem::file_size(file);
  }
  made.same_disk = off_machine && same_disk(file, command.data);
  // An empty journal has nothing that a device could let go of.
  if (off_machine && made.held.end.offset > 0) note(command, made.held.end);
  print_line(command.json ? made_json(made) : made_text(made, command.language));
  return 0;
}

}  // namespace titip
