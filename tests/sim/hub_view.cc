#include "tests/sim/hub_view.hh"

#include <algorithm>

#include "core/nodes.hh"
#include "core/payload.hh"
#include "tests/sim/shown_order.hh"

namespace titip {

namespace {

const RecordType& type_of(const RecordKey& key) { return *Registry::ilp().find(key.type); }

bool has_addressee(const RecordType& type) {
  return std::ranges::any_of(type.fields, [](const auto& field) { return field.addressee; });
}

bool has_home(const RecordType& type) {
  return std::ranges::any_of(type.fields, [](const auto& field) { return field.home; });
}

bool lies_in(const std::set<std::string>& areas, const std::string& of) {
  return !of.empty() && std::ranges::any_of(areas, [&](const std::string& area) {
    return area == of || area.starts_with(of + ".");
  });
}

void add_text(std::set<std::string>& to, const FieldValue& value) {
  const auto& text = std::get<std::string>(value);
  if (!text.empty()) to.insert(text);
}

void read_live_values(HubView::Record& record, const RecordType& type) {
  for (const auto& write : record.state.writes) {
    if (!write.facility.empty()) record.authors.insert(write.facility);
    const PayloadView payload(write.payload);
    for (const auto& field : type.fields) {
      if ((write.live & field.bit()) == 0 || (write.cleared & field.bit()) != 0) continue;
      const auto value = read_field(field, payload.get());
      if (field.home) add_text(record.homes, value);
      if (field.addressee) add_text(record.addressees, value);
      if (field.text_format == TextFormat::area) add_text(record.areas, value);
      if (field.refers_to != "Person") continue;
      const auto id = std::get<RecordReference>(value).id;
      if (id != 0) record.persons.insert({Registry::ilp().find("Person")->number, id});
    }
  }
}

}  // namespace

void HubView::refresh(MemoryStore& hub) {
  const auto txn = hub.read();
  const auto written = hub.take_written();
  bool nodes_changed = written.everything;
  const auto look = [&](std::string_view key_bytes, std::string_view value) {
    const auto key = record_of_key(key_bytes, 0);
    const auto& type = type_of(key);
    nodes_changed = nodes_changed || type.system;
    auto& record = records_[key];
    record = {decode_record_state(value), {}, {}, {}, {}, {}};
    read_live_values(record, type);
  };
  if (written.everything) {
    records_.clear();
    txn->scan(Table::records, Key().u16(0), [&](const Entry& entry) {
      look(entry.key, entry.value);
      return true;
    });
  }
  for (const auto& key : written.keys) {
    const auto value = txn->get(Table::records, key);
    if (value) {
      look(key, *value);
    } else {
      records_.erase(record_of_key(key, 0));
    }
  }
  if (!nodes_changed) return;
  enrolled_.clear();
  for (const auto& node : all_nodes(*txn)) {
    if (!node.pending) enrolled_.insert(node.name);
  }
}

std::string HubView::reasons(const RecordKey& key, bool of_subject) const {
  std::string text = " (";
  if (!of_subject) {
    text += "enrolled:";
    for (const auto& name : enrolled_) text += " " + name;
  }
  const auto found = records_.find(key);
  if (found == records_.end()) return text + "; no such record)";
  const auto list = [&](const char* what, const std::set<std::string>& values) {
    if (values.empty()) return;
    text += std::string("; ") + what + ":";
    for (const auto& value : values) text += " " + value;
  };
  list("homes", found->second.homes);
  list("areas", found->second.areas);
  list("addressees", found->second.addressees);
  list("authors", found->second.authors);
  for (const auto& person : found->second.persons) {
    text += "; names " + std::to_string(person.id);
    if (!of_subject && records_.contains(person)) text += reasons(person, true);
  }
  return text + ")";
}

bool HubView::concerns(const CastMember& reader, const RecordKey& key) const {
  const auto found = records_.find(key);
  if (found == records_.end() || !enrolled_.contains(reader.name)) return false;
  if (reader.is_custodian()) return true;
  if (type_of(key).system) return false;
  return reader.is_agent() ? concerns_agent(reader, key, found->second)
                           : in_scope(reader, key, found->second);
}

bool HubView::concerns_agent(const CastMember& agent, const RecordKey& key,
                             const Record& record) const {
  const auto& type = type_of(key);
  const auto& here = agent.facility;
  if (has_addressee(type)) {
    return record.addressees.contains(here) || record.authors.contains(here);
  }
  if (lies_in(record.areas, agent.area)) return true;
  // A person whom an addressed record names.
  if (has_home(type)) {
    for (const auto& [other_key, other] : records_) {
      if (has_addressee(type_of(other_key)) && other.persons.contains(key) &&
          other.addressees.contains(here)) {
        return true;
      }
    }
  }
  if (!record.homes.empty()) return carers(record).contains(here);
  bool follows = false;
  for (const auto& person : record.persons) {
    const auto subject = records_.find(person);
    if (subject == records_.end()) continue;
    follows = true;
    const auto& where = subject->second;
    if (carers(where).contains(here)) return true;
    if (lies_in(where.areas, agent.area)) return true;
  }
  return !follows && record.authors.contains(here);
}

std::set<std::string> HubView::carers(const Record& record) const {
  auto carers = record.homes;
  const bool known = std::ranges::any_of(cast_, [&](const CastMember& member) {
    return member.is_agent() && enrolled_.contains(member.name) &&
           record.homes.contains(member.facility);
  });
  if (!known) carers.insert(record.authors.begin(), record.authors.end());
  return carers;
}

bool HubView::in_scope(const CastMember& district, const RecordKey& key,
                       const Record& record) const {
  const auto& [types, areas, withheld] = district.scope;
  if (!types.empty() && !std::ranges::count(types, key.type)) return false;
  if (areas.empty()) return true;
  const auto places = places_of(record);
  return std::ranges::any_of(areas, [&](const auto& area) { return lies_in(places, area); });
}

std::set<std::string> HubView::places_of(const Record& record) const {
  if (!record.areas.empty()) return record.areas;
  std::set<std::string> places;
  for (const auto& person : record.persons) {
    const auto subject = records_.find(person);
    if (subject != records_.end()) places.merge(std::set(subject->second.areas));
  }
  if (!places.empty()) return places;
  for (const auto& member : cast_) {
    if (record.authors.contains(member.facility) && enrolled_.contains(member.name) &&
        !member.area.empty()) {
      places.insert(member.area);
    }
  }
  return places;
}

namespace {

std::string text_of_value(const FieldRules& field, const Write& write) {
  if ((write.cleared & field.bit()) != 0) return "cleared";
  const PayloadView payload(write.payload);
  const auto value = read_field(field, payload.get());
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* record = std::get_if<RecordReference>(&value)) return std::to_string(record->id);
  return std::to_string(std::get<std::int64_t>(value));
}

// Without the hash, which a subscriber from whom values are withheld does not get.
std::string name_of(const EventId& id) {
  return std::to_string(id.incarnation % 10'000) + (id.lane == Lane::urgent ? "u" : "r") +
         std::to_string(id.seq);
}

}  // namespace

std::string picture_of(const RecordState& state, const RecordType& type, FieldMask hidden) {
  std::string picture = type.name;
  picture += shown_alive(state) ? "" : " retracted";
  picture += state.under_review ? " under review" : "";
  for (const auto& field : type.fields) {
    if ((hidden & field.bit()) != 0) continue;
    const Write* shown = nullptr;
    std::set<std::string> behind;
    for (const auto& write : state.writes) {
      if ((write.live & field.bit()) == 0) continue;
      behind.insert(name_of(write.id));
      if (shown == nullptr || is_shown_before(field, write, *shown)) shown = &write;
    }
    if (shown == nullptr) continue;
    picture += "; " + field.name + "=" + text_of_value(field, *shown);
    for (const auto& id : behind) picture += " " + id;
  }
  picture += "; alive";
  for (const auto& write : state.writes) {
    if (write.alive_live) picture += " " + name_of(write.id);
  }
  return picture;
}

}  // namespace titip
