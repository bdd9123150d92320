#pragma once

// Annotations of schema/rules.capnp as a compiled schema holds them. The C++ generator emits no
// names for annotations, so their ids are repeated here.

#include <capnp/schema.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/registry.hh"
#include "schema/rules.capnp.h"

namespace titip {

enum class AnnotationId : std::uint64_t {
  record = 0xc4821cbeedcb7bf5,
  duplicates = 0xb0217296f8e4bd84,
  distinguishes = 0xb3a1c7d2e9f04815,
  range = 0x8d4db43eeaa7f922,
  unit = 0x95827c99fc1e7c5c,
  loinc = 0xb27df9c5b9b583af,
  dhis2 = 0x827930183a230111,
  label = 0xd157073db42fb00f,
  merge = 0xeecae712e6d74d78,
  refers_to = 0xd20b90f8dcab155e,
  identifies = 0xae43e4e5b6bfa8cf,
  addressee = 0xd055da28f6c3915a,
  home = 0xc2c8ca29fcce98d3,
  required = 0x8089915669152720,
  format = 0x951874b454d6e5db,
  bytes_max = 0xceff0ba909562c7a,
};

using AnnotationList = capnp::List<capnp::schema::Annotation>::Reader;

std::optional<capnp::schema::Value::Reader> annotation(AnnotationList annotations, AnnotationId id);
bool has_annotation(AnnotationList annotations, AnnotationId id);
std::string annotation_text(AnnotationList annotations, AnnotationId id);  // empty: absent
Label annotation_label(AnnotationList annotations);

// One field of a record type; check()s that the engine can hold its type and its rules fit it.
FieldRules field_rules(capnp::StructSchema::Field field);

}  // namespace titip
