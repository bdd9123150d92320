#include "hub/hub_node.hh"

#include "core/alike.hh"
#include "core/carried.hh"
#include "core/limits.hh"
#include "core/meta.hh"
#include "core/parked.hh"
#include "core/rebuilding.hh"
#include "core/review_list.hh"
#include "core/text_check.hh"
#include "hub/hub_keys.hh"
#include "io/clock.hh"
#include "io/endpoint.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

// What init was told about the network stays true for run and invite.
void write_config(const std::filesystem::path& file, const Config& config) {
  std::string text = "# Settings of this hub; docs/operations.md lists them all.\n";
  if (!config.listen.empty()) text.append("listen = \"").append(config.listen).append("\"\n");
  if (!config.public_endpoint.empty()) {
    text.append("public = \"").append(config.public_endpoint).append("\"\n");
  }
  write_new_file(file, text);
}

void check_setup(const HubSetup& setup, const Config& config) {
  const auto require = [](bool holds, const char* option) {
    if (!holds) throw RefusalError({Code::bad_option, option, {}});
  };
  require(plain_name(setup.facility, limits::facility_code_bytes_max), "--facility");
  require(plain_name(setup.name, limits::name_bytes_max), "--name");
  require(setup.area.empty() || valid_area(setup.area), "--area");
  require(config.listen.empty() || valid_listen_endpoint(config.listen), "--listen");
  require(config.public_endpoint.empty() || valid_dial_endpoint(config.public_endpoint),
          "--public");
  require(zone_minutes(setup.zone, read_clock().wall).has_value(), "--zone");
}

}  // namespace

HubNode HubNode::open(const std::filesystem::path& data, Access access, const Config& config) {
  require_node(data);
  HubNode node;
  node.data_ = data;
  if (access == Access::write) {
    node.lock_ = take_lock(data);
    node.epoch_ = random_u64();
  }
  node.keys_ = load_keys(keys_file(data));
  node.store_ = open_store(data, access, config);
  const auto own = titip::profile(*node.store_->read());
  if (!own) throw RefusalError(not_ours(*node.store_->read(), data));
  node.profile_ = *own;
  if (access == Access::write && !meta::get_u64(*node.store_->read(), meta::open_conflicts)) {
    node.store_->write(
        [](WriteTxn& txn) { build_review_list(txn, Registry::ilp(), read_clock().wall); });
  }
  if (access == Access::write && !meta::get_u64(*node.store_->read(), meta::carried_built)) {
    node.store_->write([](WriteTxn& txn) {
      build_carried(txn);
      meta::put_u64(txn, meta::carried_built, 1);
    });
  }
  if (access == Access::write) {
    node.look_for_alike();
    node.apply_parked_events();
  }
  return node;
}

void HubNode::look_for_alike() {
  if (has_alike(*store_->read())) return;
  const auto secret = Key().u64(random_u64()).u64(random_u64()).u64(random_u64()).u64(random_u64());
  try {
    store_->write(
        [&](WriteTxn& txn) { build_alike(txn, Registry::ilp(), secret, read_clock().wall); });
  } catch (const StoreFull&) {
    // Nothing is looked for until an opening finds room; what a full hub still does must go on.
  }
}

void HubNode::apply_parked_events() {
  if (!parked_may_apply(*store_->read(), Registry::ilp())) return;
  const auto now = context();
  ParkedWork work;
  try {
    while (!work.done) {
      auto next = work;
      store_->write([&](WriteTxn& txn) { apply_parked(txn, now, next); });
      work = next;
    }
  } catch (const StoreFull&) {
    // They stay parked until an opening finds room; what a full hub still does must go on.
  }
  parked_applied_ = work.applied;
}

HubContext HubNode::context() const {
  return {Registry::ilp(), epoch_, read_clock().wall, profile_.facility};
}

IntakeContext HubNode::intake_context(RecordIds& ids) const {
  const auto clock = read_clock();
  const auto zone = zone_minutes(profile_.zone, clock.wall).value_or(profile_.zone_minutes);
  return {Registry::ilp(), ids, clock, zone, profile_.kind, 0, profile_.facility};
}

bool make_hub(const std::filesystem::path& data, const HubSetup& setup, const Config& config,
              const std::optional<OldKeys>& old) {
  check_setup(setup, config);
  make_data_dir(data);
  const auto lock = take_lock(data);
  const bool has_keys = std::filesystem::exists(keys_file(data));
  if (old && has_keys) place_keys(data, old->keys, old->file);  // only compares them
  // Keys without a store are those of a lost hub, put here by hand; an init that was killed leaves
  // both.
  const bool anew = setup.rebuild || old || (has_keys && !std::filesystem::exists(store_dir(data)));
  const auto store = open_store(data, Access::create, config);
  const auto holds_a_node = [](const ReadTxn& txn) {
    // A hub's, an agent's or a district's.
    return titip::profile(txn) || meta::get_u64(txn, meta::incarnation) ||
           txn.get(Table::meta, meta::hubs);
  };
  if (holds_a_node(*store->read())) {
    throw RefusalError({Code::store_exists, {}, {data.string()}});
  }
  if (anew) {
    // Before the keys are here, so that an init that is killed and run again cannot forget it.
    store->write(
        [](WriteTxn& txn) { expect_rebuilding(txn, RebuildReason::made_anew, read_clock().wall); });
  }
  if (old) place_keys(data, old->keys, old->file);
  ensure_keys(keys_file(data));
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
  store->write([&](WriteTxn& txn) { put_profile(txn, own); });
  return is_rebuilding(*store->read());
}

}  // namespace titip
