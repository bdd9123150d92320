#include "tests/sim/people.hh"

#include <algorithm>

#include "core/registry.hh"
#include "tests/sim/cast.hh"

namespace titip {

namespace {

constexpr std::int64_t a_day = 20'011;  // 2024-10-15
constexpr std::size_t texts_with_marker_min = 16;

bool may_be_typed(const FieldRules& field) {
  return !field.identifies || field.bytes_max >= texts_with_marker_min ||
         field.text_format != TextFormat::plain;
}

bool says(const EventDraft& draft, const FieldRules& field) {
  return (draft.cleared & field.bit()) != 0 ||
         std::ranges::any_of(draft.set, [&](const auto& set) { return set.first == &field; });
}

}  // namespace

// What a place holds hardly changes between two drafts, and reading it is most of the work.
People::Records People::records_of(const ReadTxn& store, const Place& place) {
  auto& known = known_[place.node];
  Records records;
  store.scan(Table::records, Key().u16(0), [&](const Entry& entry) {
    const auto key = record_of_key(entry.key, 0);
    if (Registry::ilp().find(key.type)->system) return true;
    auto found = known.find(entry.key);
    if (found == known.end()) found = known.emplace(entry.key, Known{}).first;
    if (found->second.bytes != entry.value) {
      found->second = {std::string(entry.value), decode_record_state(entry.value)};
    }
    records.emplace_back(key, &found->second.state);
    return true;
  });
  return records;
}

People::Typed People::next(const ReadTxn& store, const Place& place) {
  const auto records = records_of(store, place);
  auto& screen = screens_[place.node];
  if (!records.empty() && random_.chance(300)) {  // somebody opens a page, to save it later
    const auto& [key, state] = records[choose(records)];
    screen[key] = {{state->as_of, place.own_seq(Registry::ilp().find(key.type)->lane)},
                   sight_of(*state)};
  }
  EventDraft draft;
  Sight sight;
  if (records.size() < 3 || random_.chance(400)) {
    draft = create(store, place);
  } else {
    const auto& [key, state] = records[choose(records)];
    draft = change(store, place, key, *state);
    const auto seen = screen.find(key);
    sight = sight_of(*state);
    if (seen != screen.end() && random_.chance(600)) {
      draft.version = seen->second.version;
      sight = seen->second.sight;
    }
  }
  draft.by = marked("kader-", text_marker, 0);
  return {std::move(draft), std::move(sight)};
}

std::size_t People::choose(const Records& records) {
  if (!talked_of_.empty() && random_.chance(500)) {
    const auto& wanted = talked_of_[random_.below(talked_of_.size())];
    const auto found =
        std::ranges::find(records, wanted, [](const auto& each) { return each.first; });
    if (found != records.end()) return static_cast<std::size_t>(found - records.begin());
  }
  const auto chosen = random_.below(records.size());
  talked_of_.push_back(records[chosen].first);
  if (talked_of_.size() > 4) talked_of_.erase(talked_of_.begin());
  return chosen;
}

EventDraft People::create(const ReadTxn& store, const Place& place) {
  static const std::vector<std::string> types{
      "Person",    "Person",    "Person",     "GrowthMeasurement", "Immunization",
      "Referral",  "Referral",  "DangerSign", "Immunization",      "Message",
      "Enrolment", "Pregnancy", "Delivery",   "StockMovement"};
  EventDraft draft;
  draft.type = Registry::ilp().find(types[random_.below(types.size())]);
  for (const auto& field : draft.type->fields) {
    const bool wanted = field.home                              ? random_.chance(850)
                        : field.text_format == TextFormat::area ? random_.chance(350)
                        : field.refers_to == "Person"           ? random_.chance(300)
                                                                : random_.chance(120);
    if (field.required || (wanted && may_be_typed(field))) fill(draft, store, place, field);
  }
  return draft;
}

EventDraft People::change(const ReadTxn& store, const Place& place, const RecordKey& record,
                          const RecordState& state) {
  EventDraft draft;
  draft.type = Registry::ilp().find(record.type);
  draft.op = Op::set;
  draft.record.id = record.id;
  if (random_.chance(40)) {
    draft.op = Op::retract;
    return draft;
  }
  if ((state.under_review || !shown_alive(state)) && random_.chance(500)) {
    resolve(draft, state);
    if (random_.chance(500)) return draft;
  }
  const auto fields = random_.between(1, 2);
  for (int i = 0; i < fields; ++i) {
    // Some fields are edited more than others.
    const auto count = draft.type->fields.size();
    const auto& field = draft.type->fields[random_.below(1 + random_.below(count))];
    if (!may_be_typed(field) || says(draft, field)) continue;
    if (!field.required && random_.chance(80)) {
      draft.cleared |= field.bit();
    } else {
      fill(draft, store, place, field);
    }
  }
  for (const auto& field : draft.type->fields) {
    const bool likely = field.home || field.addressee || field.name == "status";
    if (likely && !says(draft, field) && random_.chance(200)) fill(draft, store, place, field);
  }
  if (draft.set.empty() && draft.cleared == 0 && draft.op == Op::set) {
    fill(draft, store, place, draft.type->fields[draft.type->name == "Person" ? 1 : 0]);
  }
  return draft;
}

void People::resolve(EventDraft& draft, const RecordState& state) {
  draft.op = Op::resolve;
  for (const auto& write : state.writes) {
    if ((write.live != 0 || write.alive_live) && random_.chance(700)) {
      draft.settles.push_back(write.id);
    }
  }
}

void People::fill(EventDraft& draft, const ReadTxn& store, const Place& place,
                  const FieldRules& field) {
  draft.set.emplace_back(&field, value_for(field, store, place));
}

FieldValue People::value_for(const FieldRules& field, const ReadTxn& store, const Place& place) {
  switch (field.kind) {
    case FieldKind::boolean: return random_.chance(500);
    case FieldKind::integer:
      return field.range ? field.range->min +
                               static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(
                                   field.range->max - field.range->min + 1)))
                         : std::int64_t{random_.between(0, 100)};
    case FieldKind::enumeration:
      return static_cast<std::int64_t>(random_.below(field.enumerants.size()));
    case FieldKind::date: return a_day - random_.between(0, 2'000);
    case FieldKind::time: return world_begins - random_.between(0, 1'000'000'000);
    case FieldKind::text: return text_for(field, place);
    case FieldKind::record: break;
  }
  std::vector<RecordId> held;
  const auto number = Registry::ilp().find(field.refers_to)->number;
  for (const auto& [key, state] : records_of(store, place)) {
    if (key.type == number) held.push_back(key.id);
  }
  // Now and then somebody whom this place knows of, but does not hold.
  if (held.empty() || random_.chance(30))
    return RecordReference{RecordId{7'000} + random_.below(3), {}};
  return RecordReference{held[random_.below(held.size())], {}};
}

std::string People::text_for(const FieldRules& field, const Place& place) {
  switch (field.text_format) {
    case TextFormat::nik: return marked("", digit_marker, 16);
    case TextFormat::phone: return marked("", digit_marker, 13);
    case TextFormat::area: return known_areas()[random_.below(known_areas().size())];
    case TextFormat::facility:
      if (field.home && random_.chance(600)) return place.facility;
      if (field.addressee && random_.chance(600)) return "PST-1";
      return known_facilities()[random_.below(known_facilities().size())];
    case TextFormat::plain: break;
  }
  if (field.identifies) return marked("", text_marker, 0);
  return "t" + std::to_string(random_.below(100));
}

std::string People::marked(const std::string& before, const char* marker, std::size_t digits) {
  auto number = std::to_string(++typed_);
  const std::string middle(marker);
  if (digits > middle.size() + number.size()) {
    number.insert(0, digits - middle.size() - number.size(), '0');
  }
  identifying_.push_back(before + middle + number);
  return identifying_.back();
}

}  // namespace titip
