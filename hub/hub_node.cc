#include "hub/hub_node.hh"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "core/limits.hh"
#include "core/text_check.hh"
#include "io/clock.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

StoreOptions store_options(const Config& config, Access access, bool create) {
  StoreOptions options;
  if (config.map_bytes) options.map_bytes = static_cast<std::size_t>(*config.map_bytes);
  options.read_only = access == Access::read;
  options.create = create;
  return options;
}

WriterLock take_lock(const std::filesystem::path& data) {
  auto lock = WriterLock::try_take(data);
  if (!lock) throw RefusalError({Code::locked, {}, {data.string()}});
  return std::move(*lock);
}

// What init was told about the network stays true for run and invite.
void write_config(const std::filesystem::path& file, const Config& config) {
  std::ofstream out(file);
  out << "# Settings of this hub; docs/operations.md lists them all.\n";
  if (!config.listen.empty()) out << "listen = \"" << config.listen << "\"\n";
  if (!config.public_endpoint.empty()) out << "public = \"" << config.public_endpoint << "\"\n";
  out.flush();
  if (!out) throw OsError("write", file.string(), errno);
}

void check_setup(const HubSetup& setup) {
  if (setup.facility.empty() || setup.facility.size() > limits::facility_code_bytes_max ||
      !valid_utf8(setup.facility)) {
    throw RefusalError({Code::bad_option, "--facility", {}});
  }
  if (setup.name.empty() || setup.name.size() > limits::name_bytes_max || !valid_utf8(setup.name)) {
    throw RefusalError({Code::bad_option, "--name", {}});
  }
  if (!zone_minutes(setup.zone, read_clock().wall)) {
    throw RefusalError({Code::bad_option, "--zone", {}});
  }
}

}  // namespace

HubNode HubNode::open(const std::filesystem::path& data, Access access, const Config& config) {
  if (!std::filesystem::exists(keys_file(data))) {
    throw RefusalError({Code::no_store, {}, {data.string()}});
  }
  HubNode node;
  node.data_ = data;
  if (access == Access::write) {
    node.lock_ = take_lock(data);
    node.epoch_ = random_u64();
  }
  node.keys_ = load_keys(keys_file(data));
  node.store_ = Store::open(store_dir(data), store_options(config, access, false));
  const auto own = titip::profile(*node.store_->read());
  if (!own) throw RefusalError({Code::no_store, {}, {data.string()}});
  node.profile_ = *own;
  return node;
}

HubContext HubNode::context() const {
  return {Registry::ilp(), epoch_, read_clock().wall, profile_.facility};
}

void make_hub(const std::filesystem::path& data, const HubSetup& setup, const Config& config) {
  check_setup(setup);
  make_data_dir(data);
  const auto lock = take_lock(data);
  if (std::filesystem::exists(store_dir(data))) {
    const auto store = Store::open(store_dir(data), store_options(config, Access::write, true));
    if (titip::profile(*store->read())) throw RefusalError({Code::store_exists, {}, {data.string()}});
  }
  if (!std::filesystem::exists(keys_file(data))) {
    NodeKeys keys;
    keys.curve = make_curve_pair();
    keys.signing = make_signing_pair();
    save_keys(keys_file(data), keys);
  }
  if (!std::filesystem::exists(config_file(data))) write_config(config_file(data), config);
  Certificate own;
  own.kind = FacilityKind::puskesmas;
  own.issued = read_clock().wall;
  own.zone = setup.zone;
  own.zone_minutes = zone_minutes(setup.zone, own.issued).value_or(0);
  own.facility = own.hub_facility = setup.facility;
  own.name = own.hub_name = setup.name;
  own.area = setup.area;
  // The profile is written last: without it the directory is not a hub, and init may be run again.
  const auto store = Store::open(store_dir(data), store_options(config, Access::write, true));
  store->write([&](WriteTxn& txn) { put_profile(txn, own); });
}

}  // namespace titip
