#pragma once

// Writes and histories for the tests of core/record_state.hh: a record type with one field of each
// policy, and writes made by hand.

#include <capnp/dynamic.h>
#include <capnp/message.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/record_state.hh"
#include "core/registry.hh"

namespace titip::test {

// The type Person with other policies: what is tested is the engine, not the schema.
struct OnePolicyEach {
  OnePolicyEach() : type(*Registry::ilp().find("Person")) {
    for (FieldRules& field : type.fields) field.merge = MergePolicy::later;
    const auto give = [&](std::string_view name, MergePolicy policy) -> const FieldRules& {
      auto& field = const_cast<FieldRules&>(*type.field(name));
      field.merge = policy;
      return field;
    };
    later = &give("birthOrder", MergePolicy::later);
    review = &give("childNumber", MergePolicy::review);
    max = &give("birthWeightGrams", MergePolicy::max);
    min = &give("birthLengthMillimetres", MergePolicy::min);
    authority = &give("name", MergePolicy::authority);
  }
  OnePolicyEach(const OnePolicyEach&) = delete;
  OnePolicyEach& operator=(const OnePolicyEach&) = delete;

  RecordType type;
  const FieldRules* later = nullptr;
  const FieldRules* review = nullptr;
  const FieldRules* max = nullptr;
  const FieldRules* min = nullptr;
  const FieldRules* authority = nullptr;
};

using Values = std::vector<std::pair<const FieldRules*, int>>;

inline std::string payload_of(const RecordType& type, const Values& values) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<capnp::DynamicStruct>(type.schema);
  for (const auto& [field, value] : values) {
    if (field->kind == FieldKind::text) {
      root.set(field->field, std::to_string(value).c_str());
    } else {
      root.set(field->field, value);
    }
  }
  const auto words = capnp::AnyStruct::Reader(root.asReader()).canonicalize();
  return {words.asChars().begin(), words.asChars().size()};
}

// Epochs and incarnations with their parents, as a hub knows them.
class Lines : public History {
 public:
  struct Branch {
    std::uint64_t parent;
    std::uint64_t last_shared;
  };
  std::map<std::uint64_t, Branch> epochs;
  std::set<std::uint64_t> half_known;  // epochs of which it is not known what they go on from
  std::map<Incarnation, Branch> incarnations;

  bool covers(const Position& basis, const Position& placement) const override {
    return within(epochs, basis.epoch, basis.offset, placement.epoch, placement.offset);
  }
  bool is_whole(std::uint64_t of_epoch) const override { return !half_known.contains(of_epoch); }
  bool in_line(Incarnation descendant, Incarnation carrier, const EventId& id) const override {
    return within(incarnations, descendant, ~Seq{0}, carrier, id.seq);
  }

 private:
  static bool within(const std::map<std::uint64_t, Branch>& branches, std::uint64_t from,
                     std::uint64_t limit, std::uint64_t name, std::uint64_t at) {
    while (from != name) {
      const auto branch = branches.find(from);
      if (branch == branches.end()) return false;
      limit = std::min(limit, branch->second.last_shared);
      from = branch->second.parent;
    }
    return at <= limit;
  }
};

}  // namespace titip::test
