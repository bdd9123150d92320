@0xa3fd00bcb4f26b1b;
# What a field means to the machine stands beside the field, as one of these annotations. The engine
# reads them by reflection (core/registry.hh), so a new record type needs no new C++.
#
# The C++ generator keeps annotations in the compiled schema but emits no names for them, so each has an
# explicit id, repeated in core/schema_annotations.hh.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::schema");

# ---- on a record type ----

enum RecordKind {
  register @0;     # changes over time, merges field by field
  observation @1;  # append-only: has its own id, is only corrected or retracted
}

struct RecordRules {
  kind @0 :RecordKind;
  number @1 :UInt16;      # names the type on the wire and in stores; never reused
  urgent @2 :Bool;        # all events of the type travel in the urgent lane
  system @3 :Bool;        # written by hubs only, refused at intake
}

annotation record @0xc4821cbeedcb7bf5 (struct) :RecordRules;

annotation duplicates @0xb0217296f8e4bd84 (struct) :Text;
# Names of fields, separated by spaces; one such list or several, separated by semicolons. Two records
# of the type with equal values in all fields of a list may be the same thing, and are put before a
# person.

# ---- on a field ----

annotation distinguishes @0xb3a1c7d2e9f04815 (field) :Void;
# Two records that are alike by a list of several fields and differ in this one are two.

struct RangeRules {
  # Hard limits refuse; outside the usual limits is accepted and flagged. In the field's own unit.
  min @0 :Int64;
  max @1 :Int64;
  usualMin @2 :Int64;
  usualMax @3 :Int64;  # usualMin = usualMax = 0: no usual limits
}

annotation range @0x8d4db43eeaa7f922 (field) :RangeRules;
annotation unit @0x95827c99fc1e7c5c (field) :Text;       # UCUM code of the stored number: g, mm, mm[Hg], mg/dL, /min, {dose}, 1 …

struct LoincRules {
  code @0 :Text;
  unit @1 :Text;                    # UCUM unit that FHIR receives; the exporter converts from `unit`
}

annotation loinc @0xb27df9c5b9b583af (field) :LoincRules;
annotation dhis2 @0x827930183a230111 (field) :Text;      # key of the data element; each district maps it to its own UID

struct LabelRules {
  id @0 :Text;  # Indonesian
  en @1 :Text;  # English
}

annotation label @0xd157073db42fb00f (field, struct, enumerant) :LabelRules;

enum MergePolicy {
  later @0;      # by corrected time
  authority @1;  # highest facility kind first, then later
  max @2;
  min @3;
  review @4;     # as authority, and under review until a person resolves it
}

annotation merge @0xeecae712e6d74d78 (field) :MergePolicy;        # absent: later
annotation refersTo @0xd20b90f8dcab155e (field) :Text;            # the UInt64 is the id of a record of this type
annotation identifies @0xae43e4e5b6bfa8cf (field) :Void;          # identifies a person: withheld from scoped subscribers, never logged
annotation addressee @0xd055da28f6c3915a (field) :Void;           # a facility code: the record is carried to that facility
annotation home @0xc2c8ca29fcce98d3 (field) :Void;                # a facility code: the facility that cares for the record and for what refers to it
annotation required @0x8089915669152720 (field) :Void;            # an event `new` without it is refused

enum Format {
  plain @0;
  date @1;      # Int32, days since 1970-01-01; YYYY-MM-DD in JSON
  time @2;      # Int64, milliseconds since 1970-01-01 UTC; ISO 8601 in JSON
  nik @3;       # Text, 16 digits, checked as docs/protocol.md says
  area @4;      # Text, Kemendagri code PP.KK.CC.VVVV or any prefix of it
  facility @5;  # Text, opaque facility code
  phone @6;     # Text, digits with an optional leading +
}

annotation format @0x951874b454d6e5db (field) :Format;   # absent: plain
annotation maxBytes @0xceff0ba909562c7a (field) :UInt16; # of a Text, in UTF-8; absent: 256
