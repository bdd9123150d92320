#pragma once

// The record types and what the schema's annotations say of them, read once by reflection
// (schema/rules.capnp). A new record type in schema/ilp.capnp appears here without any new C++.

#include <capnp/schema.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/types.hh"

namespace titip {

enum class FieldKind : std::uint8_t { boolean, integer, enumeration, text, date, time, record };
enum class TextFormat : std::uint8_t { plain, nik, area, facility, phone };
enum class MergePolicy : std::uint8_t { later, authority, max, min, review };
// Whether a field of that kind can have it: `max` and `min` compare numbers.
bool policy_fits(MergePolicy policy, FieldKind kind);

struct Label {
  std::string id;
  std::string en;
};

struct Range {  // both ends included, in the field's own unit
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::int64_t usual_min = 0;
  std::int64_t usual_max = 0;
  bool has_usual() const { return usual_min != 0 || usual_max != 0; }
};

struct Enumerant {
  std::string name;
  std::uint16_t ordinal = 0;
  Label label;
};

struct FieldRules {
  std::uint8_t index = 0;  // Field::getIndex(); its bit in a FieldMask
  std::string name;
  FieldKind kind = FieldKind::integer;
  TextFormat text_format = TextFormat::plain;
  bool is_signed = false;
  std::uint8_t bits = 0;  // of the number on the wire: 1, 8, 16, 32, 64; 0 for text
  std::optional<Range> range;
  std::string unit;  // UCUM; empty: none
  std::string loinc_code, loinc_unit;
  std::string dhis2;
  Label label;
  MergePolicy merge = MergePolicy::later;
  std::string refers_to;  // record type's name; empty: not a reference
  bool identifies = false;
  bool addressee = false;
  bool home = false;
  bool required = false;
  std::size_t bytes_max = 0;          // of a text
  std::vector<Enumerant> enumerants;  // of an enumeration, by ordinal
  capnp::StructSchema::Field field;

  FieldMask bit() const { return FieldMask{1} << index; }
  const Enumerant* enumerant(std::string_view name) const;
};

struct RecordType {
  TypeNumber number = 0;
  std::string name;
  bool observation = false;  // else a register
  bool system = false;       // refused at intake
  Lane lane = Lane::routine;
  Label label;
  std::vector<std::vector<std::uint8_t>> alike_keys;  // fields by index: core/alike.hh
  FieldMask distinguishing = 0;                       // of those, what parts two
  std::vector<FieldRules> fields;                     // by index
  FieldMask required = 0;
  FieldMask identifying = 0;
  // Who is concerned with a record of the type (core/concern.hh).
  FieldMask homes = 0;
  FieldMask areas = 0;
  FieldMask addressees = 0;
  FieldMask references = 0;  // to records of any type
  FieldMask subjects = 0;    // of those, the ones to a type that has a home
  capnp::StructSchema schema;

  const FieldRules* field(std::string_view name) const;
};

class Registry {
 public:
  // Every struct of `schemas` annotated as a record. check()s what only a programmer can get
  // wrong: a number used twice, a group or union, more than 64 fields, an unknown refersTo.
  explicit Registry(std::span<const capnp::StructSchema> schemas);

  // Of the struct types of a vocabulary's fields.
  static Registry of(capnp::StructSchema vocabulary);

  // The types of schema/ilp.capnp, built once (core/registry_ilp.cc).
  static const Registry& ilp();

  // The same vocabulary, one field of it merging by another policy that fits it.
  Registry with_policy(TypeNumber type, std::uint8_t field, MergePolicy policy) const;

  const RecordType* find(TypeNumber number) const;
  const RecordType* find(std::string_view name) const;
  std::span<const RecordType> types() const { return types_; }  // by number

  // Names this vocabulary in a Hello: a hash over type numbers, field indexes, names and wire
  // kinds.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  std::vector<RecordType> types_;
  std::uint64_t fingerprint_ = 0;
};

}  // namespace titip
