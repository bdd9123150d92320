#include "agent/agent_node.hh"

#include <ctime>

#include "core/meta.hh"
#include "core/replace_hub.hh"
#include "core/under_review.hh"
#include "io/clock.hh"
#include "io/new_hub.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

Invitation stored_invitation(const ReadTxn& txn, const std::filesystem::path& data) {
  const auto link = txn.get(Table::meta, meta::invitation);
  // A join that was killed before its first commit: it may simply be run again.
  if (!link) throw RefusalError(not_ours(txn, data));
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
  require_node(data);
  AgentNode node;
  node.data_ = data;
  if (access == Access::write) node.lock_ = take_lock(data);
  node.keys_ = load_keys(keys_file(data));
  node.store_ = open_store(data, access, config);
  if (access == Access::write && !counts_under_review(*node.store_->read())) {
    node.store_->write([](WriteTxn& txn) { build_under_review(txn, Registry::ilp()); });
  }
  node.zone_ = config.zone;
  if (!config.zone.empty() && !zone_minutes(config.zone, read_clock().wall)) {
    throw RefusalError({Code::bad_option, "zone", {"Asia/Jayapura"}});
  }
  const auto txn = node.store_->read();
  node.invitation_ = stored_invitation(*txn, data);
  node.certificate_ = stored_certificate(*txn);
  return node;
}

void AgentNode::reload_certificate() { certificate_ = stored_certificate(*store_->read()); }

IntakeContext AgentNode::intake_context(RecordIds& ids) const {
  IntakeContext context{Registry::ilp(),  ids, read_clock(),        0,
                        invitation_.kind, 0,   invitation_.facility};
  if (certificate_) {
    context.node = certificate_->node;
    context.kind = certificate_->kind;
    context.facility = certificate_->facility;
  }
  context.zone_minutes = zone_minutes_at(context.clock.wall);
  return context;
}

std::int16_t AgentNode::zone_minutes_at(TimeMs time) const {
  const auto zone = zone_.empty() && certificate_ ? certificate_->zone : zone_;
  const auto minutes = zone.empty() ? std::nullopt : zone_minutes(zone, time);
  return minutes.value_or(device_zone_minutes());
}

void make_agent(const std::filesystem::path& data, const Invitation& invitation,
                const Config& config) {
  make_data_dir(data);
  const auto lock = take_lock(data);
  const auto link = print_invitation(invitation);
  ensure_keys(keys_file(data));
  const auto store = open_store(data, Access::create, config);
  store->write([&](WriteTxn& txn) {
    if (txn.get(Table::meta, meta::profile) || txn.get(Table::meta, meta::hubs)) {
      throw RefusalError({Code::store_exists, {}, {data.string()}});  // a hub's or a district's
    }
    const auto known = txn.get(Table::meta, meta::invitation);
    if (known && *known == link) return;
    // Until a hub has enrolled it, a device may be given another invitation; what is recorded
    // stays.
    const auto enrolled = known ? stored_certificate(txn) : std::nullopt;
    if (enrolled && stored_invitation(txn, data).hub_key != invitation.hub_key) {
      throw RefusalError({Code::other_hub, {}, {enrolled->hub_name}});
    }
    if (enrolled) throw RefusalError({Code::store_exists, {}, {data.string()}});
    if (!known) {
      begin_incarnation(txn, random_u64());
      build_under_review(txn, Registry::ilp());
    }
    txn.put(Table::meta, meta::invitation, link);
    txn.erase(Table::meta, meta::refused);
  });
}

void give_to_new_hub(const std::filesystem::path& data, const Invitation& invitation,
                     const Config& config) {
  const auto nothing = RefusalError({Code::nothing_to_replace, {}, {data.string()}});
  if (!std::filesystem::exists(keys_file(data))) throw RefusalError(nothing);
  const auto lock = take_lock(data);
  const auto store = open_store(data, Access::write, config);
  store->write([&](WriteTxn& txn) {
    if (!txn.get(Table::meta, meta::invitation)) {
      const auto refusal = not_ours(txn, data);
      if (refusal.code == Code::other_kind) throw RefusalError(refusal);
      throw RefusalError(nothing);
    }
    const auto known = stored_invitation(txn, data);
    const auto step = step_to_new_hub(txn, known, invitation);
    if (!step) throw RefusalError(step.refusal());
    if (*step == NewHubStep::done) return;
    replace_hub(txn, print_invitation(invitation));
  });
}

}  // namespace titip
