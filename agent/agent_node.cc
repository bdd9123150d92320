#include "agent/agent_node.hh"

#include <ctime>

#include "core/meta.hh"
#include "io/clock.hh"
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

Invitation stored_invitation(const ReadTxn& txn) {
  const auto link = txn.get(Table::meta, meta::invitation);
  check(link.has_value(), "an agent's store without its invitation");
  auto invitation = parse_invitation(*link);
  check(invitation.ok(), "an agent's store with an invitation that it refused");
  return *invitation;
}

std::optional<Certificate> stored_certificate(const ReadTxn& txn) {
  const auto bytes = txn.get(Table::meta, meta::certificate);
  return bytes ? decode_certificate(*bytes) : std::nullopt;
}

std::int16_t device_zone_minutes() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  constexpr long seconds_per_minute = 60;
  return static_cast<std::int16_t>(local.tm_gmtoff / seconds_per_minute);
}

}  // namespace

AgentNode AgentNode::open(const std::filesystem::path& data, Access access, const Config& config) {
  if (!std::filesystem::exists(keys_file(data))) {
    throw RefusalError({Code::no_store, {}, {data.string()}});
  }
  AgentNode node;
  node.data_ = data;
  if (access == Access::write) node.lock_ = take_lock(data);
  node.keys_ = load_keys(keys_file(data));
  node.store_ = Store::open(store_dir(data), store_options(config, access, false));
  node.zone_ = config.zone;
  const auto txn = node.store_->read();
  node.invitation_ = stored_invitation(*txn);
  node.certificate_ = stored_certificate(*txn);
  return node;
}

void AgentNode::reload_certificate() { certificate_ = stored_certificate(*store_->read()); }

IntakeContext AgentNode::intake_context(RecordIds& ids) const {
  IntakeContext context{Registry::ilp(), ids, read_clock(), 0, invitation_.kind, 0, invitation_.facility};
  std::string zone = zone_;
  if (certificate_) {
    context.node = certificate_->node;
    if (zone.empty()) zone = certificate_->zone;
  }
  const auto minutes = zone.empty() ? std::nullopt : zone_minutes(zone, context.clock.wall);
  context.zone_minutes = minutes.value_or(device_zone_minutes());
  return context;
}

void make_agent(const std::filesystem::path& data, const Invitation& invitation, const Config& config) {
  make_data_dir(data);
  const auto lock = take_lock(data);
  const auto link = print_invitation(invitation);
  if (!std::filesystem::exists(keys_file(data))) {
    NodeKeys keys;
    keys.curve = make_curve_pair();
    keys.signing = make_signing_pair();
    save_keys(keys_file(data), keys);
  }
  const auto store = Store::open(store_dir(data), store_options(config, Access::write, true));
  store->write([&](WriteTxn& txn) {
    const auto known = txn.get(Table::meta, meta::invitation);
    if (known && *known == link) return;
    if (txn.get(Table::meta, meta::certificate)) {
      throw RefusalError({Code::store_exists, {}, {data.string()}});
    }
    if (!known) begin_incarnation(txn, random_u64());
    txn.put(Table::meta, meta::invitation, link);
    txn.erase(Table::meta, meta::refused);
  });
}

}  // namespace titip
