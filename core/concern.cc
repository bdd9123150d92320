#include "core/concern.hh"

#include <algorithm>

#include "core/custody.hh"
#include "core/record_group.hh"

namespace titip {

namespace {

bool any_lies_in(const std::vector<std::string>& areas, std::string_view of) {
  return std::any_of(areas.begin(), areas.end(),
                     [&](const std::string& area) { return area_lies_in(area, of); });
}

bool has_type(const Scope& scope, TypeNumber type) {
  return scope.types.empty() ||
         std::find(scope.types.begin(), scope.types.end(), type) != scope.types.end();
}

}  // namespace

bool Concern::cared_for(const Whereabouts& where) const {
  return std::any_of(where.homes.begin(), where.homes.end(),
                     [&](const auto& facility) { return by_facility_.contains(facility); });
}

bool Concern::differ(const Whereabouts& one, const Whereabouts& other) const {
  return one.held != other.held || !same_set(one.homes, other.homes) ||
         !same_set(one.areas, other.areas) ||
         (!cared_for(one) && !same_set(one.authors, other.authors));
}

Concern::Concern(const ReadTxn& txn, const Registry& registry) : txn_(txn), registry_(registry) {
  for (const auto& node : all_nodes(txn)) add_node(node);
}

void Concern::add_node(const NodeState& node) {
  // Where a facility lies outlives its devices; of who is pending nothing counts yet.
  if (!node.area.empty() && !node.pending) add_once(facility_areas_[node.facility], node.area);
  if (node.revoked_at != 0 || node.pending) return;
  if (!node.anchors.empty()) {
    incarnations_[node.id] = node.anchors.front().incarnation;
  } else if (!node.lanes.empty()) {
    incarnations_[node.id] = node.lanes.back().incarnation;
  }
  const auto other = [&](const LaneState& lane) {
    return lane.incarnation != node.lanes.front().incarnation;
  };
  // One that has only said Hello is a life, too.
  const auto said_hello = [&](const ClockAnchor& anchor) {
    return !node.lanes.empty() && anchor.incarnation != node.lanes.front().incarnation;
  };
  if (std::any_of(node.lanes.begin(), node.lanes.end(), other) ||
      std::any_of(node.anchors.begin(), node.anchors.end(), said_hello)) {
    several_lives_.insert(node.id);
  }
  if (node.kind != FacilityKind::district) {
    by_facility_[node.facility].push_back(node.id);
    agents_.push_back(node.id);
    if (!node.area.empty()) with_area_.push_back({node.id, node.area, {}});
  } else if (is_custodian(node)) {
    custodians_.push_back(node.id);
  } else {
    districts_.push_back({node.id, node.area, node.scope});
  }
}

std::vector<NodeId> Concern::of(const RecordKey& record, const RecordState& state) {
  std::vector<NodeId> nodes;
  const auto* type = registry_.find(record.type);
  if (type == nullptr || type->system || state.writes.empty()) return nodes;
  const auto own = bearings(record, state, *type);
  if (type->addressees != 0) {
    for (const auto& facility : own.addressees) add_facility(facility, nodes);
    for (const auto& facility : own.where.authors) add_facility(facility, nodes);
  } else if (own.where.at_home()) {
    add_place(own.where, nodes);
  } else {
    add_followers(own, nodes);
  }
  if (type->homes != 0) {
    for (const auto id : group(record, state)) add_correspondents({record.type, id}, nodes);
  }
  if (!districts_.empty()) add_districts(type->number, own, nodes);
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

std::vector<NodeId> Concern::authors_of(const RecordKey& record, const RecordState& state) {
  std::vector<NodeId> nodes;
  const auto* type = registry_.find(record.type);
  if (type == nullptr || type->system) return nodes;
  const auto own = bearings(record, state, *type);
  for (const auto& facility : own.where.authors) add_facility(facility, nodes);
  for (const auto& subject : own.subjects) {
    for (const auto& facility : where_is(subject).authors) add_facility(facility, nodes);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

void Concern::suppose(std::span<const ChangedRecord> records, Moment moment) {
  supposed_ = records;
  supposed_moment_ = moment;
}

void Concern::suppose_nothing() {
  for (auto& known : known_) {
    if (supposed(known.record) != nullptr) known = {};
  }
  supposed_ = {};
}

const RecordState* Concern::supposed(const RecordKey& record) const {
  for (const auto& each : supposed_) {
    if (each.record == record) {
      return supposed_moment_ == Moment::before ? &each.before : &each.after;
    }
  }
  return nullptr;
}

std::optional<RecordState> Concern::state_of(const RecordKey& record) const {
  if (const auto* state = supposed(record)) {
    return state->writes.empty() ? std::nullopt : std::optional(*state);
  }
  const auto value = txn_.get(Table::records, record_key(record));
  return value ? std::optional(decode_record_state(*value)) : std::nullopt;
}

std::vector<RecordId> Concern::group(const RecordKey& record, const RecordState& state) const {
  if (!has_pairs(state)) return {record.id};
  return group_of([this](const RecordKey& each) { return state_of(each); }, record);
}

template <typename Visit>
void Concern::each_member(const RecordKey& record, const RecordState& state, Visit visit) const {
  visit(state);
  if (!has_pairs(state)) return;
  for (const auto id : group(record, state)) {
    const auto member = id == record.id ? std::nullopt : state_of({record.type, id});
    if (member) visit(*member);
  }
}

Whereabouts Concern::where(const RecordKey& record, const RecordState& state,
                           const RecordType& type) const {
  Whereabouts all;
  each_member(record, state,
              [&](const RecordState& member) { add(all, whereabouts(member, type)); });
  return all;
}

Bearings Concern::bearings(const RecordKey& record, const RecordState& state,
                           const RecordType& type) const {
  Bearings all;
  each_member(record, state, [&](const RecordState& member) {
    add(all.where, whereabouts(member, type));
    for (const auto& subject : live_references(member, type, type.subjects, registry_)) {
      add_once(all.subjects, subject);
    }
    for (auto& facility : live_texts(member, type, type.addressees)) {
      add_once(all.addressees, std::move(facility));
    }
  });
  return all;
}

bool Concern::has_feed(NodeId node) const {
  return std::binary_search(agents_.begin(), agents_.end(), node);
}

Incarnation Concern::incarnation(NodeId node) const {
  const auto found = incarnations_.find(node);
  return found == incarnations_.end() ? 0 : found->second;
}

void Concern::set_incarnation(NodeId node, Incarnation incarnation) {
  incarnations_[node] = incarnation;
}

void Concern::add_facility(const std::string& facility, std::vector<NodeId>& to) const {
  const auto found = by_facility_.find(facility);
  if (found != by_facility_.end()) to.insert(to.end(), found->second.begin(), found->second.end());
}

void Concern::add_place(const Whereabouts& where, std::vector<NodeId>& to) const {
  for (const auto& facility : where.homes) add_facility(facility, to);
  // A home without a device here, or with its code mistyped, would leave the record to nobody.
  if (!cared_for(where)) {
    for (const auto& facility : where.authors) add_facility(facility, to);
  }
  add_area(where.areas, to);
}

void Concern::add_area(const std::vector<std::string>& areas, std::vector<NodeId>& to) const {
  if (areas.empty()) return;
  for (const auto& reader : with_area_) {
    if (any_lies_in(areas, reader.area)) to.push_back(reader.id);
  }
}

// A record without a home goes where its subjects do, and to the area that it names.
void Concern::add_followers(const Bearings& own, std::vector<NodeId>& to) {
  bool followed = false;
  for (const auto& subject : own.subjects) {
    const auto where = where_is(subject);
    if (!where.held) continue;
    followed = true;
    add_place(where, to);
  }
  if (followed) {
    add_area(own.where.areas, to);
  } else {
    add_place(own.where, to);
  }
}

// The patient of a referral goes with it.
void Concern::add_correspondents(const RecordKey& subject, std::vector<NodeId>& to) const {
  for (const auto& type : registry_.types()) {
    if (type.addressees == 0 || type.subjects == 0) continue;
    const std::string first{record_key(subject).u16(type.number)};
    txn_.scan(Table::referrers, first, [&](const Entry& entry) {
      if (!entry.key.starts_with(first)) return false;
      const auto referring = record_of_key(entry.key, 10);
      const auto state = state_of(referring);
      if (!state) return true;
      // Who refers to a record stays listed when the reference has gone.
      const auto named = live_references(*state, type, type.subjects, registry_);
      if (std::find(named.begin(), named.end(), subject) == named.end()) return true;
      for (const auto& facility : bearings(referring, *state, type).addressees) {
        add_facility(facility, to);
      }
      return true;
    });
  }
}

void Concern::add_districts(TypeNumber type, const Bearings& own, std::vector<NodeId>& to) {
  std::optional<std::vector<std::string>> areas;  // of the record; looked up when first asked for
  for (const auto& district : districts_) {
    if (!has_type(district.scope, type)) continue;
    const auto& wanted = district.scope.areas;
    if (!wanted.empty() && !areas) areas = areas_of(own);
    if (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& area) {
          return any_lies_in(*areas, area);
        })) {
      to.push_back(district.id);
    }
  }
}

// Where the record is, for a district: as it says, else as its subject says, else where its author
// is.
std::vector<std::string> Concern::areas_of(const Bearings& own) {
  if (!own.where.areas.empty()) return own.where.areas;
  std::vector<std::string> areas;
  for (const auto& subject : own.subjects) {
    for (auto& area : where_is(subject).areas) add_once(areas, std::move(area));
  }
  if (!areas.empty()) return areas;
  for (const auto& facility : own.where.authors) {
    const auto found = facility_areas_.find(facility);
    if (found == facility_areas_.end()) continue;
    for (const auto& area : found->second) add_once(areas, area);
  }
  return areas;
}

Whereabouts Concern::where_is(const RecordKey& subject) {
  const auto* type = registry_.find(subject.type);
  if (const auto* state = supposed(subject)) return where(subject, *state, *type);
  for (const auto& known : known_) {
    if (known.record == subject) return known.where;
  }
  const auto state = state_of(subject);
  auto& known = known_[next_known_++ % known_.size()];
  known = {subject, state ? where(subject, *state, *type) : Whereabouts{}};
  return known.where;
}

}  // namespace titip
