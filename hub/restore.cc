#include <sys/stat.h>

#include "core/intake_json.hh"
#include "core/print_json.hh"
#include "core/rebuilding.hh"
#include "hub/backup.hh"
#include "hub/check_store.hh"
#include "hub/hub_keys.hh"
#include "hub/hub_node.hh"
#include "io/backup_file.hh"
#include "io/clock.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace fs = std::filesystem;

namespace {

fs::path unfinished_store(const fs::path& data) { return data / "store.part"; }

void require_no_store(const fs::path& data) {
  if (fs::exists(store_dir(data))) {
    throw RefusalError({Code::store_in_the_way, {}, {store_dir(data).string()}});
  }
}

NodeKeys keys_to_use(const fs::path& data, const std::string& named) {
  if (!named.empty()) return read_keys(named);
  if (!fs::exists(keys_file(data))) throw RefusalError({Code::no_keys, {}, {data.string()}});
  return read_keys(keys_file(data));
}

SoundStore check_contents(Store& store, const fs::path& file) {
  if (!profile(*store.read())) {
    throw RefusalError({Code::bad_backup, {}, {file.string()}});
  }
  return check_hub_store(store);
}

// What must go again unless the restoring succeeds.
class Leftovers {
 public:
  explicit Leftovers(const fs::path& data) : data_(data), made_directory_(!fs::exists(data)) {}
  Leftovers(const Leftovers&) = delete;
  Leftovers& operator=(const Leftovers&) = delete;
  ~Leftovers() {
    if (done_) return;
    std::error_code ignored;
    fs::remove_all(unfinished_store(data_), ignored);
    if (keys_) fs::remove(keys_file(data_), ignored);
    if (made_directory_) {
      fs::remove(data_ / "lock", ignored);
      fs::remove(data_, ignored);  // only when empty
    }
  }

  void keys_written() { keys_ = true; }
  void done() { done_ = true; }

 private:
  fs::path data_;
  bool made_directory_;
  bool keys_ = false;
  bool done_ = false;
};

// The store of the backup under a name that nobody opens, marked as one that must rebuild.
SoundStore unpack(const fs::path& data, const fs::path& file, const Config& config) {
  const auto fresh = unfinished_store(data);
  fs::remove_all(fresh);  // of a restoring that was killed
  make_data_dir(fresh);
  unpack_backup(file, fresh / "data.mdb");
  StoreOptions options;
  if (config.map_bytes) options.map_bytes = static_cast<std::size_t>(*config.map_bytes);
  const auto store = Store::open(fresh, options);
  const auto held = check_contents(*store, file);
  store->write(
      [](WriteTxn& txn) { expect_rebuilding(txn, RebuildReason::restored, read_clock().wall); });
  return held;
}

void say(const CommandContext& command, const Certificate& own, const SoundStore& held,
         TimeMs made_at) {
  const auto events = std::to_string(held.events);
  const auto when = format_time({made_at, own.zone_minutes});
  if (command.json) {
    JsonWriter out;
    out.begin_object().key("facility").text(own.facility).key("name").text(own.name);
    out.key("events").number(held.events).key("offset").number(held.end.offset);
    out.key("madeAt").text(when).key("rebuilding").boolean(true).end_object();
    return print_line(out.take());
  }
  print_line(
      command.language == Language::indonesian
          ? "Hub " + own.name + " dipulihkan di " + command.data.string() + ": " + events +
                " kejadian, dicadangkan " + when +
                ". Jalankan 'titip-hub run': hub mengumpulkan lagi yang lebih baru dari perangkat "
                "dan dinas, dan belum mengirim apa pun ke bawah. Jangan jalankan hub yang lama."
          : "The hub " + own.name + " is restored in " + command.data.string() + ": " + events +
                " events, backed up " + when +
                ". Go on with 'titip-hub run': it gathers what is newer from devices and "
                "districts, and sends nothing down until then. Never run the old hub again.");
}

}  // namespace

int hub_restore(const CommandContext& command, const std::string& file, const std::string& keys) {
  const auto& data = command.data;
  require_no_store(data);
  const auto seal = check_backup(file);
  const auto own_keys = keys_to_use(data, keys);
  const auto keys_named = keys.empty() ? keys_file(data) : fs::path(keys);
  if (own_keys.curve.public_key != seal.hub) {
    throw RefusalError({Code::other_keys, {}, {keys_named.string(), file}});
  }
  const auto own = [&] {
    const auto store = open_backup(file);
    check_contents(*store, file);
    return profile(*store->read()).value();
  }();

  Leftovers leftovers(data);
  make_data_dir(data);
  const auto lock = take_lock(data);
  require_no_store(data);
  const auto held = unpack(data, file, command.config);
  if (place_keys(data, own_keys, keys_named)) leftovers.keys_written();
  rename_new(unfinished_store(data), store_dir(data));
  leftovers.done();
  sync_directory(data);
  say(command, own, held, seal.made_at);
  return 0;
}

}  // namespace titip
