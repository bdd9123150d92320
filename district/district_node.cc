#include "district/district_node.hh"

#include <algorithm>

#include "core/intake_json.hh"
#include "core/meta.hh"
#include "core/replace_hub.hh"
#include "core/under_review.hh"
#include "io/new_hub.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace {

JoinedHub read_hub(const ReadTxn& part, HubId id) {
  const auto link = part.get(Table::meta, meta::invitation);
  check(link.has_value(), "a hub that was joined without an invitation");
  auto invitation = parse_invitation(*link);
  check(invitation.ok(), "a district's store with an invitation that it refused");
  JoinedHub hub{id, hub_prefix(id), *invitation, std::nullopt};
  if (const auto bytes = part.get(Table::meta, meta::certificate)) {
    hub.certificate = decode_certificate(*bytes);
  }
  return hub;
}

// One that has taken the place of another is kept under that one's id.
HubId id_of(const ReadTxn& whole, const Invitation& invitation) {
  for (const auto id : known_hubs(whole)) {
    const auto link = whole.get(Table::meta, hub_prefix(id) + std::string(meta::invitation));
    const auto known = link ? parse_invitation(*link) : Refusal{Code::bad_invitation, {}, {}};
    if (known.ok() && known->hub_key == invitation.hub_key) return id;
  }
  return hub_id(
      {reinterpret_cast<const char*>(invitation.hub_key.data()), invitation.hub_key.size()});
}

}  // namespace

DistrictNode DistrictNode::open(const std::filesystem::path& data, Access access,
                                const Config& config) {
  require_node(data);
  DistrictNode node;
  node.data_ = data;
  if (access == Access::write) node.lock_ = take_lock(data);
  node.keys_ = load_keys(keys_file(data));
  node.store_ = open_store(data, access, config);
  if (!node.store_->read()->get(Table::meta, meta::hubs)) {
    throw RefusalError(not_ours(*node.store_->read(), data));
  }
  if (access == Access::write) node.count_under_review();
  node.reload();
  return node;
}

void DistrictNode::count_under_review() {
  for (const auto id : known_hubs(*store_->read())) {
    if (counts_under_review(PrefixedRead(store_->read(), hub_prefix(id)))) continue;
    store_->write([&](WriteTxn& whole) {
      PrefixedWrite part(whole, hub_prefix(id));
      build_under_review(part, Registry::ilp());
    });
  }
}

Result<JoinedHub> DistrictNode::hub_named(std::string_view name) const {
  const auto id = parse_hex_id(name);
  const auto enrolled = [](const JoinedHub& hub) { return hub.certificate.has_value(); };
  // A hub that has refused its invitation, or not answered yet, is not the one that is meant.
  const bool enrolled_only = name.empty() && std::ranges::any_of(hubs_, enrolled);
  const JoinedHub* found = nullptr;
  for (const auto& hub : hubs_) {
    if (enrolled_only && !enrolled(hub)) continue;
    if (!name.empty() && hub.facility() != name && id != hub.id) continue;
    if (found != nullptr) return Refusal{Code::several_hubs, {}, {}};
    found = &hub;
  }
  if (found == nullptr) return Refusal{Code::no_such_hub, {}, {}};
  return *found;
}

void DistrictNode::reload() {
  hubs_.clear();
  for (const auto id : known_hubs(*store_->read())) {
    hubs_.push_back(read_hub(PrefixedRead(store_->read(), hub_prefix(id)), id));
  }
}

RecordReader reader_of(const std::string& hub_facility) {
  return {Registry::ilp(), {}, false, hub_facility};
}

void make_district(const std::filesystem::path& data, const Config& config) {
  make_data_dir(data);
  const auto lock = take_lock(data);
  ensure_keys(keys_file(data));
  const auto store = open_store(data, Access::create, config);
  const auto txn = store->read();
  if (txn->get(Table::meta, meta::profile) || txn->get(Table::meta, meta::incarnation)) {
    throw RefusalError({Code::store_exists, {}, {data.string()}});  // a hub's, or an agent's
  }
  if (txn->get(Table::meta, meta::hubs)) return;
  store->write([](WriteTxn& whole) { whole.put(Table::meta, meta::hubs, {}); });
}

Result<Accepted> accept_invitation(WriteTxn& whole, const Invitation& invitation,
                                   Incarnation incarnation) {
  const auto id = id_of(whole, invitation);
  PrefixedWrite part(whole, hub_prefix(id));
  const bool enrolled = part.get(Table::meta, meta::certificate).has_value();
  const auto refused = part.get(Table::meta, meta::refused);
  if (enrolled && refused == code_name(Code::revoked)) return Refusal{Code::revoked, {}, {}};
  const auto link = print_invitation(invitation);
  const bool changed = part.get(Table::meta, meta::invitation) != std::string_view(link);
  add_hub(whole, id);
  if (!meta::get_u64(part, meta::incarnation)) {
    begin_incarnation(part, incarnation);
    build_under_review(part, Registry::ilp());
  }
  part.put(Table::meta, meta::invitation, link);
  if (!enrolled) part.erase(Table::meta, meta::refused);
  return Accepted{id, changed, {}};
}

Result<Accepted> replace_former_hub(WriteTxn& whole, HubId former, const Invitation& invitation) {
  PrefixedWrite part(whole, hub_prefix(former));
  const auto known = read_hub(part, former).invitation;
  const auto step = step_to_new_hub(part, known, invitation);
  if (!step) return step.refusal();
  Accepted accepted{former, false, {}};
  if (*step == NewHubStep::done) return accepted;
  const auto apart = id_of(whole, invitation);
  if (apart != former && forget_hub(whole, apart)) accepted.gone.push_back(apart);
  replace_hub(part, print_invitation(invitation));
  accepted.changed = true;
  return accepted;
}

}  // namespace titip
