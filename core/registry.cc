#include "core/registry.hh"

#include <algorithm>

#include "core/chain.hh"
#include "core/check.hh"
#include "core/limits.hh"
#include "core/schema_annotations.hh"

namespace titip {

namespace {

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto to = std::min(text.find(' ', from), text.size());
    if (to > from) words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

// Lists of names, separated by semicolons.
void add_alike_keys(RecordType& type, std::string_view lists) {
  while (!lists.empty()) {
    const auto end = std::min(lists.find(';'), lists.size());
    auto& key = type.alike_keys.emplace_back();
    for (const auto& name : split_words(std::string(lists.substr(0, end)))) {
      const auto* field = type.field(name);
      check(field != nullptr, "schema: $duplicates names no field of its type");
      key.push_back(field->index);
    }
    lists.remove_prefix(std::min(end + 1, lists.size()));
  }
}

RecordType record_type(capnp::StructSchema schema, schema::RecordRules::Reader rules) {
  const auto proto = schema.getProto();
  check(proto.getStruct().getDiscriminantCount() == 0, "schema: a union in a record type");
  check(schema.getFields().size() <= limits::record_fields_max, "schema: more than 64 fields");
  check(rules.getNumber() != 0, "schema: a record type without a number");

  RecordType type;
  type.schema = schema;
  type.number = rules.getNumber();
  // The display name begins with the file's path.
  type.name = proto.getDisplayName().slice(proto.getDisplayNamePrefixLength()).cStr();
  type.observation = rules.getKind() == schema::RecordKind::OBSERVATION;
  type.system = rules.getSystem();
  type.lane = rules.getUrgent() ? Lane::urgent : Lane::routine;
  type.label = annotation_label(proto.getAnnotations());
  for (const auto field : schema.getFields()) {
    auto held = field_rules(field);
    if (held.required) type.required |= held.bit();
    if (held.identifies) type.identifying |= held.bit();
    if (held.home) type.homes |= held.bit();
    if (held.text_format == TextFormat::area) type.areas |= held.bit();
    if (held.addressee) type.addressees |= held.bit();
    if (held.kind == FieldKind::record) type.references |= held.bit();
    if (has_annotation(field.getProto().getAnnotations(), AnnotationId::distinguishes)) {
      type.distinguishing |= held.bit();
    }
    type.fields.push_back(std::move(held));
  }
  add_alike_keys(type, annotation_text(proto.getAnnotations(), AnnotationId::duplicates));
  return type;
}

// Labels, units and ranges may be mended without two nodes ceasing to speak one vocabulary.
std::string vocabulary(std::span<const RecordType> types) {
  std::string text;
  for (const auto& type : types) {
    text += std::to_string(type.number) + ' ' + type.name + '\n';
    for (const auto& field : type.fields) {
      text += std::to_string(field.index) + ' ' + field.name + ' ' +
              std::to_string(static_cast<int>(field.kind)) + ' ' + std::to_string(field.bits) +
              (field.is_signed ? " signed\n" : "\n");
      for (const auto& enumerant : field.enumerants) text += "= " + enumerant.name + '\n';
    }
  }
  return text;
}

}  // namespace

const Enumerant* FieldRules::enumerant(std::string_view wanted) const {
  const auto found = std::ranges::find(enumerants, wanted, &Enumerant::name);
  return found == enumerants.end() ? nullptr : &*found;
}

const FieldRules* RecordType::field(std::string_view wanted) const {
  const auto found = std::ranges::find(fields, wanted, &FieldRules::name);
  return found == fields.end() ? nullptr : &*found;
}

Registry::Registry(std::span<const capnp::StructSchema> schemas) {
  for (const auto& schema : schemas) {
    const auto rules = annotation(schema.getProto().getAnnotations(), AnnotationId::record);
    if (!rules) continue;
    types_.push_back(record_type(schema, rules->getStruct().getAs<schema::RecordRules>()));
  }
  std::ranges::sort(types_, {}, &RecordType::number);
  const auto twice = std::ranges::adjacent_find(types_, {}, &RecordType::number);
  check(twice == types_.end(), "schema: a record type's number is used twice");
  for (auto& type : types_) {
    for (const auto& field : type.fields) {
      if (field.refers_to.empty()) continue;
      const auto* referred = find(field.refers_to);
      check(referred != nullptr, "schema: $refersTo names no record type");
      if (referred->homes != 0) type.subjects |= field.bit();
    }
  }
  fingerprint_ = blake2b("titip vocabulary", vocabulary(types_)).low;
}

Registry Registry::of(capnp::StructSchema vocabulary) {
  std::vector<capnp::StructSchema> schemas;
  for (const auto field : vocabulary.getFields()) schemas.push_back(field.getType().asStruct());
  return Registry(schemas);
}

Registry Registry::with_policy(TypeNumber type, std::uint8_t field, MergePolicy policy) const {
  Registry changed = *this;
  const auto found = std::ranges::find(changed.types_, type, &RecordType::number);
  check(found != changed.types_.end() && field < found->fields.size(), "a policy of no field");
  FieldRules& rules = found->fields[field];
  check(policy_fits(policy, rules.kind), "a policy that does not fit its field");
  rules.merge = policy;
  return changed;
}

const RecordType* Registry::find(TypeNumber number) const {
  const auto found = std::ranges::lower_bound(types_, number, {}, &RecordType::number);
  return found == types_.end() || found->number != number ? nullptr : &*found;
}

const RecordType* Registry::find(std::string_view name) const {
  const auto found = std::ranges::find(types_, name, &RecordType::name);
  return found == types_.end() ? nullptr : &*found;
}

}  // namespace titip
