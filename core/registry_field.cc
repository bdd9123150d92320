#include "core/schema_annotations.hh"

#include <cstdint>

#include "core/check.hh"
#include "core/limits.hh"

namespace titip {

namespace {

using WireType = capnp::schema::Type;

bool is_number(FieldKind kind) {
  return kind == FieldKind::integer || kind == FieldKind::enumeration || kind == FieldKind::date ||
         kind == FieldKind::time;
}

// The kind by the wire alone; what else the annotations say comes after.
void read_wire(FieldRules& rules, capnp::Type type) {
  const auto number = [&](bool is_signed, std::uint8_t bits) {
    rules.kind = FieldKind::integer;
    rules.is_signed = is_signed;
    rules.bits = bits;
  };
  switch (type.which()) {
    case WireType::BOOL:
      rules.kind = FieldKind::boolean;
      rules.bits = 1;
      return;
    case WireType::ENUM:
      rules.kind = FieldKind::enumeration;
      rules.bits = 16;
      return;
    case WireType::TEXT: rules.kind = FieldKind::text; return;
    case WireType::INT8: return number(true, 8);
    case WireType::INT16: return number(true, 16);
    case WireType::INT32: return number(true, 32);
    case WireType::INT64: return number(true, 64);
    case WireType::UINT8: return number(false, 8);
    case WireType::UINT16: return number(false, 16);
    case WireType::UINT32: return number(false, 32);
    case WireType::UINT64: return number(false, 64);
    default: check(false, "schema: a field of a type that no event can hold");
  }
}

void read_format(FieldRules& rules, AnnotationList annotations) {
  const auto value = annotation(annotations, AnnotationId::format);
  const auto format = value ? static_cast<schema::Format>(value->getEnum()) : schema::Format::PLAIN;
  const auto text = [&](TextFormat text_format) {
    check(rules.kind == FieldKind::text, "schema: a text format on a field that is no text");
    rules.text_format = text_format;
  };
  switch (format) {
    case schema::Format::PLAIN: return;
    case schema::Format::DATE:
      check(rules.is_signed && rules.bits == 32, "schema: a date is an Int32");
      rules.kind = FieldKind::date;
      return;
    case schema::Format::TIME:
      check(rules.is_signed && rules.bits == 64, "schema: a time is an Int64");
      rules.kind = FieldKind::time;
      return;
    case schema::Format::NIK: return text(TextFormat::nik);
    case schema::Format::AREA: return text(TextFormat::area);
    case schema::Format::FACILITY: return text(TextFormat::facility);
    case schema::Format::PHONE: return text(TextFormat::phone);
  }
  check(false, "schema: a format that core does not know");
}

void read_reference(FieldRules& rules, AnnotationList annotations) {
  rules.refers_to = annotation_text(annotations, AnnotationId::refers_to);
  const bool wide = rules.kind == FieldKind::integer && rules.bits == 64 && !rules.is_signed;
  check(wide != rules.refers_to.empty(), "schema: a UInt64, and nothing else, refers to a record");
  if (wide) rules.kind = FieldKind::record;
}

void read_range(FieldRules& rules, AnnotationList annotations) {
  rules.unit = annotation_text(annotations, AnnotationId::unit);
  const auto value = annotation(annotations, AnnotationId::range);
  if (!value) return;
  check(rules.kind == FieldKind::integer, "schema: a range on a field that is no quantity");
  const auto range = value->getStruct().getAs<schema::RangeRules>();
  rules.range = Range{range.getMin(), range.getMax(), range.getUsualMin(), range.getUsualMax()};
  const auto& held = *rules.range;
  check(held.min < held.max, "schema: an empty range");
  check(!held.has_usual() || (held.min <= held.usual_min && held.usual_min < held.usual_max &&
                              held.usual_max <= held.max),
        "schema: a usual range outside the hard one");
  const unsigned value_bits = rules.bits - (rules.is_signed ? 1U : 0U);
  const std::int64_t top = value_bits >= 63 ? INT64_MAX : (std::int64_t{1} << value_bits) - 1;
  const std::int64_t bottom = rules.is_signed ? -top - 1 : 0;
  check(held.min >= bottom && held.max <= top, "schema: a range wider than its field");
}

void read_merge(FieldRules& rules, AnnotationList annotations) {
  const auto value = annotation(annotations, AnnotationId::merge);
  if (!value) return;
  check(value->getEnum() <= static_cast<std::uint16_t>(MergePolicy::review),
        "schema: a merge policy that core does not know");
  rules.merge = static_cast<MergePolicy>(value->getEnum());
  check(policy_fits(rules.merge, rules.kind), "schema: max and min are for numbers");
}

void read_text_bound(FieldRules& rules, AnnotationList annotations) {
  const auto value = annotation(annotations, AnnotationId::bytes_max);
  check(!value || rules.kind == FieldKind::text, "schema: maxBytes on a field that is no text");
  if (rules.kind != FieldKind::text) return;
  rules.bytes_max = value                                       ? value->getUint16()
                    : rules.text_format == TextFormat::facility ? limits::facility_code_bytes_max
                                                                : limits::text_bytes_default;
}

void read_enumerants(FieldRules& rules, capnp::Type type) {
  if (rules.kind != FieldKind::enumeration) return;
  for (const auto enumerant : type.asEnum().getEnumerants()) {
    const auto proto = enumerant.getProto();
    rules.enumerants.push_back(
        {proto.getName().cStr(), enumerant.getOrdinal(), annotation_label(proto.getAnnotations())});
  }
}

constexpr bool same(MergePolicy ours, schema::MergePolicy written) {
  return static_cast<int>(ours) == static_cast<int>(written);
}
static_assert(same(MergePolicy::later, schema::MergePolicy::LATER));
static_assert(same(MergePolicy::authority, schema::MergePolicy::AUTHORITY));
static_assert(same(MergePolicy::max, schema::MergePolicy::MAX));
static_assert(same(MergePolicy::min, schema::MergePolicy::MIN));
static_assert(same(MergePolicy::review, schema::MergePolicy::REVIEW));

}  // namespace

bool policy_fits(MergePolicy policy, FieldKind kind) {
  return (policy != MergePolicy::max && policy != MergePolicy::min) || is_number(kind);
}

std::optional<capnp::schema::Value::Reader> annotation(AnnotationList annotations,
                                                       AnnotationId id) {
  for (const auto each : annotations) {
    if (each.getId() == static_cast<std::uint64_t>(id)) return each.getValue();
  }
  return std::nullopt;
}

bool has_annotation(AnnotationList annotations, AnnotationId id) {
  return annotation(annotations, id).has_value();
}

std::string annotation_text(AnnotationList annotations, AnnotationId id) {
  const auto value = annotation(annotations, id);
  return value ? value->getText().cStr() : "";
}

Label annotation_label(AnnotationList annotations) {
  const auto value = annotation(annotations, AnnotationId::label);
  if (!value) return {};
  const auto label = value->getStruct().getAs<schema::LabelRules>();
  return {label.getId().cStr(), label.getEn().cStr()};
}

FieldRules field_rules(capnp::StructSchema::Field field) {
  const auto proto = field.getProto();
  check(proto.isSlot(), "schema: a group in a record type");
  check(!proto.getSlot().getHadExplicitDefault(), "schema: a default in a record type");
  const auto annotations = proto.getAnnotations();

  FieldRules rules;
  rules.field = field;
  rules.index = static_cast<std::uint8_t>(field.getIndex());
  rules.name = proto.getName().cStr();
  read_wire(rules, field.getType());
  read_format(rules, annotations);
  read_reference(rules, annotations);
  read_range(rules, annotations);
  read_merge(rules, annotations);
  read_text_bound(rules, annotations);
  read_enumerants(rules, field.getType());
  if (const auto loinc = annotation(annotations, AnnotationId::loinc)) {
    const auto held = loinc->getStruct().getAs<schema::LoincRules>();
    rules.loinc_code = held.getCode().cStr();
    rules.loinc_unit = held.getUnit().cStr();
  }
  rules.dhis2 = annotation_text(annotations, AnnotationId::dhis2);
  rules.label = annotation_label(annotations);
  rules.identifies = has_annotation(annotations, AnnotationId::identifies);
  rules.addressee = has_annotation(annotations, AnnotationId::addressee);
  rules.home = has_annotation(annotations, AnnotationId::home);
  rules.required = has_annotation(annotations, AnnotationId::required);
  check(!rules.addressee || rules.text_format == TextFormat::facility,
        "schema: an addressee that is no facility code");
  check(!rules.home || rules.text_format == TextFormat::facility,
        "schema: a home that is no facility code");
  return rules;
}

}  // namespace titip
