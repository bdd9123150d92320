#include "core/whereabouts.hh"

#include <bit>
#include <utility>
#include <variant>

#include "core/payload.hh"

namespace titip {

namespace {

// Each live value of the fields, with its field.
template <typename Visit>
void each_live_value(const RecordState& state, const RecordType& type, FieldMask fields,
                     Visit visit) {
  for (const Write& write : state.writes) {
    FieldMask set = write.live & ~write.cleared & fields;
    if (set == 0) continue;
    const PayloadView payload(write.payload);
    for (; set != 0; set &= set - 1) {
      const auto& field = type.fields[static_cast<std::size_t>(std::countr_zero(set))];
      visit(field, read_field(field, payload.get()));
    }
  }
}

std::vector<std::string> authors_of_state(const RecordState& state) {
  std::vector<std::string> facilities;
  for (const Write& write : state.writes) {
    if (!write.facility.empty()) add_once(facilities, write.facility);
  }
  return facilities;
}

}  // namespace

bool area_lies_in(std::string_view area, std::string_view of) {
  return !of.empty() && area.starts_with(of) &&
         (area.size() == of.size() || area[of.size()] == '.');
}

std::vector<std::string> live_texts(const RecordState& state, const RecordType& type,
                                    FieldMask fields) {
  std::vector<std::string> texts;
  each_live_value(state, type, fields, [&](const FieldRules&, FieldValue value) {
    auto& text = std::get<std::string>(value);
    if (!text.empty()) add_once(texts, std::move(text));
  });
  return texts;
}

std::vector<RecordKey> live_references(const RecordState& state, const RecordType& type,
                                       FieldMask fields, const Registry& registry) {
  std::vector<RecordKey> records;
  each_live_value(state, type, fields, [&](const FieldRules& field, const FieldValue& value) {
    const auto id = std::get<RecordReference>(value).id;
    if (id != 0) add_once(records, {registry.find(field.refers_to)->number, id});
  });
  return records;
}

Whereabouts whereabouts(const RecordState& state, const RecordType& type) {
  Whereabouts where;
  where.held = !state.writes.empty() && !only_linked(state);
  where.homes = live_texts(state, type, type.homes);
  where.areas = live_texts(state, type, type.areas);
  where.authors = authors_of_state(state);
  return where;
}

void add(Whereabouts& to, Whereabouts more) {
  to.held = to.held || more.held;
  for (auto& home : more.homes) add_once(to.homes, std::move(home));
  for (auto& area : more.areas) add_once(to.areas, std::move(area));
  for (auto& author : more.authors) add_once(to.authors, std::move(author));
}

}  // namespace titip
